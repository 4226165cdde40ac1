"""SOAP envelopes: reads any, writes those of Axis 1.4 (login) and CXF (registry)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from ..http import Response
from .faults import LoginRefused, RegistryRefused

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
_AXIS = "http://xml.apache.org/axis/"
_SCHEMA = "http://www.w3.org/2001/XMLSchema"
_EXCEPTION = "gov.afip.desein.dvadac.sua.view.wsaa.LoginFault"
_HOST = "wsaaext0.homo.afip.gov.ar"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(frozen=True)
class Call:
    """One operation asked for; ``version`` is the envelope's namespace."""

    version: str
    operation: str
    namespace: str | None
    element: etree._Element

    def texts(self, name: str) -> list[str]:
        """Texts of the parameters of a name, whatever their namespace."""
        return [
            (child.text or "").strip()
            for child in self.element
            if isinstance(child.tag, str) and etree.QName(child).localname == name
        ]

    def text(self, name: str) -> str | None:
        """Text of the first parameter of a name."""
        found = self.texts(name)
        return found[0] if found else None


def parse(data: bytes) -> etree._Element:
    """The root of an XML document, without looking outside of it.

    :raises ValueError: when it is not well formed
    """
    try:
        return etree.fromstring(
            data, etree.XMLParser(resolve_entities=False, no_network=True)
        )
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error


def read_call(body: bytes) -> Call:
    """The operation in an envelope.

    :raises ValueError: when it is not an envelope with an operation
    """
    root = parse(body)
    name = etree.QName(root)
    if name.localname != "Envelope" or name.namespace not in (SOAP_11, SOAP_12):
        raise ValueError("not an envelope")
    content = root.find(f"{{{name.namespace}}}Body")
    element = None if content is None else next(content.iterchildren("*"), None)
    if element is None:
        raise ValueError("the envelope is empty")
    operation = etree.QName(element)
    return Call(name.namespace, operation.localname, operation.namespace, element)


def ascii_only(text: str) -> str:
    """Escaped text with every other character as a reference, as Axis writes it."""
    escaped = escape(text, {'"': "&quot;"})
    return "".join(c if ord(c) < 128 else f"&#x{ord(c):X};" for c in escaped)


def _axis(version: str, content: str, status: int = 200) -> Response:
    text = (
        f'{_HEAD}<soapenv:Envelope xmlns:soapenv="{version}" xmlns:xsd="{_SCHEMA}" '
        f'xmlns:xsi="{_SCHEMA}-instance"><soapenv:Body>{content}</soapenv:Body>'
        "</soapenv:Envelope>"
    )
    kind = "application/soap+xml" if version == SOAP_12 else "text/xml"
    return Response(status, text.encode(), f"{kind};charset=utf-8")


def login_answer(call: Call, ticket: str) -> Response:
    """The answer to a login; its wrapper has the namespace of the question."""
    return _axis(
        call.version,
        f'<loginCmsResponse xmlns="{ascii_only(call.namespace or "")}">'
        f"<loginCmsReturn>{ascii_only(ticket)}</loginCmsReturn></loginCmsResponse>",
    )


def login_fault(refused: LoginRefused, version: str = SOAP_11) -> Response:
    """A fault of the login service itself."""
    return axis_fault(f"ns1:{refused.code}", refused.text, version, _EXCEPTION)


def axis_fault(
    code: str, text: str, version: str = SOAP_11, exception: str | None = None
) -> Response:
    """A fault of Axis; without ``exception`` none of the login service."""
    detail = f'<ns3:hostname xmlns:ns3="{_AXIS}">{_HOST}</ns3:hostname>'
    if exception:
        name = f'<ns2:exceptionName xmlns:ns2="{_AXIS}">{exception}</ns2:exceptionName>'
        detail = name + detail
    text = ascii_only(text)
    if version == SOAP_12:
        content = (
            f'<soapenv:Code xmlns:ns1="{_AXIS}"><soapenv:Value>{code}</soapenv:Value>'
            f'</soapenv:Code><soapenv:Reason><soapenv:Text xml:lang="en">{text}'
            f"</soapenv:Text></soapenv:Reason><soapenv:Detail>{detail}"
            "</soapenv:Detail>"
        )
    else:
        content = (
            f'<faultcode xmlns:ns1="{_AXIS}">{code}</faultcode>'
            f"<faultstring>{text}</faultstring><detail>{detail}</detail>"
        )
    return _axis(version, f"<soapenv:Fault>{content}</soapenv:Fault>", 500)


def _cxf(content: str, status: int = 200) -> Response:
    text = (
        f'<soap:Envelope xmlns:soap="{SOAP_11}"><soap:Body>{content}</soap:Body>'
        "</soap:Envelope>"
    )
    return Response(status, text.encode(), "text/xml;charset=UTF-8")


def registry_answer(namespace: str, operation: str, tag: str, value: Any) -> Response:
    """The answer of the registry to an operation."""
    name = f"ns2:{operation}Response"
    return _cxf(f'<{name} xmlns:ns2="{namespace}">{render(tag, value)}</{name}>')


def registry_fault(refused: RegistryRefused, namespace: str) -> Response:
    """A fault of the registry."""
    detail = ""
    if refused.validation:
        name = "SRValidationException"
        detail = f'<detail><ns2:{name} xmlns:ns2="{namespace}"/></detail>'
    return _cxf(
        f"<soap:Fault><faultcode>{refused.code}</faultcode>"
        f"<faultstring>{escape(refused.text)}</faultstring>{detail}</soap:Fault>",
        500,
    )


def render(tag: str, value: Any) -> str:
    """An element: objects with their keys in alphabetical order, lists repeated.

    What is None is left out.
    """
    if value is None:
        return ""
    if isinstance(value, list):
        return "".join(render(tag, item) for item in value)
    if isinstance(value, dict):
        inner = "".join(render(key, value[key]) for key in sorted(value))
        return f"<{tag}>{inner}</{tag}>"
    return f"<{tag}>{escape(str(value))}</{tag}>"

"""Between the bytes of a message and what it says."""

from __future__ import annotations

import json
from typing import Any, Protocol

from lxml import etree

from odoo.addons.remote_transport.lib.xml import Element, XmlError, XmlTooLarge, parse

from .errors import Rejected


class Codec(Protocol):
    """How a service writes its messages.

    :ivar name: of the format, for people
    :ivar content_type: of what is sent
    :ivar accept: what is asked for
    """

    name: str
    content_type: str
    accept: str

    def encode(self, body: Any) -> bytes:
        """A body as it is sent."""

    def decode(self, content: bytes, charset: str = "") -> Any:
        """What an answer says.

        :param charset: the header's, untrusted; "" when it says none
        :raises ValueError: it cannot be read
        :raises Rejected: ``response_too_large``
        """


class JsonCodec:
    """JSON: dicts, lists, text and numbers."""

    name = "JSON"
    content_type = accept = "application/json"

    def encode(self, body: Any) -> bytes:
        return json.dumps(body, allow_nan=False).encode()

    def decode(self, content: bytes, charset: str = "") -> Any:
        # Always Unicode (RFC 8259 §8.1), whatever a header says.
        try:
            return json.loads(content)
        except RecursionError:
            raise ValueError("nested too deeply") from None


class XmlCodec:
    """XML: elements of lxml; look into them with ``remote_transport.lib.xml``.

    :param content_type: some services insist on ``text/xml``
    """

    name = "XML"

    def __init__(self, content_type: str = "application/xml"):
        self.content_type = f"{content_type}; charset=utf-8"
        self.accept = "application/xml, text/xml"

    def encode(self, body: Element) -> bytes:
        content: bytes = etree.tostring(body, xml_declaration=True, encoding="UTF-8")
        return content

    def decode(self, content: bytes, charset: str = "") -> Element:
        try:
            return parse(content, max_bytes=len(content), charset=charset)
        except XmlTooLarge as error:
            raise Rejected("response_too_large", limit=error.limit) from None
        except XmlError as error:
            raise ValueError(str(error)) from None

"""Ticket requests (TRA), access tickets (TA) and the tokens inside them.

Source: WSAA developer's manual and technical specification.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from .certificates import Rights
from .faults import LoginRefused, RegistryRefused
from .keys import seeded_key
from .soap import parse

BUENOS_AIRES = timezone(timedelta(hours=-3))
LIFETIME = timedelta(hours=12)
WSAA = "CN=wsaahomo, O=AFIP, C=AR, SERIALNUMBER=CUIT 33693450239"
_DAY = timedelta(hours=24)
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_HEADER = ("uniqueId", "generationTime", "expirationTime")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True)
class TicketRequest:
    """What a ticket request says."""

    generation: datetime
    expiration: datetime
    service: str
    source: str | None
    destination: str | None


def read_request(content: bytes) -> TicketRequest:
    """Read a ticket request against its schema.

    :raises LoginRefused: ``xml.bad`` or ``xml.version.notSupported``
    """
    try:
        return _read_request(parse(content))
    except ValueError as error:
        raise LoginRefused("xml.bad") from error


def _read_request(root: etree._Element) -> TicketRequest:
    children = list(root.iterchildren("*"))
    tags = [child.tag for child in children]
    if root.tag != "loginTicketRequest" or tags != ["header", "service"]:
        raise ValueError("not a ticket request")
    version = root.get("version")
    if version is None:
        raise ValueError("no version")
    if version != "1.0":
        raise LoginRefused("xml.version.notSupported")
    header = list(children[0].iterchildren("*"))
    texts = {child.tag: (child.text or "").strip() for child in header}
    optional = [name for name in ("source", "destination") if name in texts]
    if [child.tag for child in header] != [*optional, *_HEADER]:
        raise ValueError("the header has other elements")
    number = texts["uniqueId"]
    if not re.fullmatch(r"\+?\d+", number, re.ASCII) or int(number) >= 2**32:
        raise ValueError("uniqueId is an unsigned number of 32 bits")
    service = (children[1].text or "").strip()
    if not 3 <= len(service) <= 32:
        raise ValueError("service has 3 to 32 characters")
    return TicketRequest(
        _moment(texts["generationTime"]),
        _moment(texts["expirationTime"]),
        service,
        texts.get("source"),
        texts.get("destination"),
    )


def _moment(text: str) -> datetime:
    """An ``xsd:dateTime``; without an offset it is the time of Buenos Aires."""
    found = _MOMENT.fullmatch(text)
    if not found:
        raise ValueError(f"not a moment: {text}")
    offset = "+00:00" if found[3] == "Z" else found[3] or "-03:00"
    return datetime.fromisoformat(found[1] + offset)


def _parts(name: str) -> list[str]:
    return sorted(part.strip().lower() for part in name.split(","))


def check_request(request: TicketRequest, subject: str, now: datetime) -> None:
    """Check names and times of a request signed by ``subject``.

    :raises LoginRefused: with the code of the first rule that it breaks
    """
    if request.source is not None and _parts(request.source) != _parts(subject):
        raise LoginRefused("xml.source.invalid")
    if request.destination is not None and _parts(request.destination) != _parts(WSAA):
        raise LoginRefused("xml.destination.invalid")
    if request.generation > now or request.generation < now - _DAY:
        raise LoginRefused("xml.generationTime.invalid")
    if request.expiration <= now:
        raise LoginRefused("xml.expirationTime.expired")
    if request.expiration > now + _DAY:
        raise LoginRefused("xml.expirationTime.invalid")


def stamp(moment: datetime) -> str:
    """A moment with thousandths and the offset of Buenos Aires."""
    return moment.astimezone(BUENOS_AIRES).isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class Token:
    """What a token says: for whom, which service, until when (epoch seconds)."""

    service: str
    represented: frozenset[str]
    expires: int


class Mint:
    """Makes access tickets and recognises its own tokens."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return seeded_key(f"arca tokens {self._seed}")

    def ticket(self, service: str, rights: Rights, now: datetime) -> str:
        """An access ticket, valid for twelve hours."""
        expires = now + LIFETIME
        token = base64.b64encode(_token(service, rights, now, expires).encode())
        sign = base64.b64encode(
            self._key.sign(token, padding.PKCS1v15(), hashes.SHA256())
        )
        root = etree.Element("loginTicketResponse", version="1")
        header = etree.SubElement(root, "header")
        for name, text in (
            ("source", WSAA),
            ("destination", rights.subject),
            ("uniqueId", str(secrets.randbits(32))),
            ("generationTime", stamp(now)),
            ("expirationTime", stamp(expires)),
        ):
            etree.SubElement(header, name).text = text
        credentials = etree.SubElement(root, "credentials")
        etree.SubElement(credentials, "token").text = token.decode()
        etree.SubElement(credentials, "sign").text = sign.decode()
        return _written(root)

    def open(self, token: str | None, sign: str | None, now: datetime) -> Token:
        """What a token says, when the signature is its own and it has not expired.

        :raises RegistryRefused: otherwise
        """
        if not token or not sign:
            raise RegistryRefused("Falta token y/o sign.", validation=True)
        try:
            found = _read_token(base64.b64decode(token, validate=True))
        except (ValueError, KeyError, TypeError) as error:
            raise RegistryRefused("Token malformado") from error
        try:
            self._key.public_key().verify(
                base64.b64decode(sign, validate=True),
                token.encode(),
                padding.PKCS1v15(),
                hashes.SHA256(),
            )
        except (ValueError, InvalidSignature) as error:
            text = (
                "No se pudo verificar que <sign> contenga una firma valida de <token>"
            )
            raise RegistryRefused(text) from error
        if now.timestamp() >= found.expires:
            raise RegistryRefused("El token ha expirado")
        return found


def _written(root: etree._Element) -> str:
    etree.indent(root, "    ")
    return _HEAD + etree.tostring(root, encoding="unicode") + "\n"


def _token(service: str, rights: Rights, now: datetime, expires: datetime) -> str:
    """The login that was granted; it begins a minute early, as captured ones do."""
    root = etree.Element("sso", version="2.0")
    etree.SubElement(
        root,
        "id",
        src=WSAA,
        dst=f"CN={service}, O=AFIP, C=AR",
        unique_id=str(secrets.randbits(32)),
        gen_time=str(int(now.timestamp()) - 60),
        exp_time=str(int(expires.timestamp())),
    )
    operation = etree.SubElement(root, "operation", type="login", value="granted")
    login = etree.SubElement(
        operation,
        "login",
        entity="33693450239",
        service=service,
        uid=rights.subject,
        authmethod="cms",
        regmethod="22",
    )
    relations = etree.SubElement(login, "relations")
    for cuit in rights.represented:
        etree.SubElement(relations, "relation", key=cuit, reltype="4")
    return _written(root)


def _read_token(content: bytes) -> Token:
    root = parse(content)
    times, login = root.find("id"), root.find("operation/login")
    if root.tag != "sso" or times is None or login is None:
        raise ValueError("not a token")
    return Token(
        login.attrib["service"],
        frozenset(relation.attrib["key"] for relation in login.iter("relation")),
        int(times.attrib["exp_time"]),
    )

"""Reading XML from outside: no entities, no network, limited in size.

The one reader of all addons. What is known is looked up by its local name: services
add elements without notice, and the same element comes in several namespaces.
"""

from __future__ import annotations

import re

from lxml import etree

MAX_BYTES = 32 * 1024 * 1024
#: Tags and attributes. A document of so many takes about 100 MB in memory.
MAX_NODES = 1_000_000
# Where "<" and "=" are these bytes, whatever else differs.
_ENCODINGS = re.compile(
    rb"(?i)(?:utf-?8|us-ascii|ascii|(?:iso-?)?(?:8859|latin)-?\d{1,2}|windows-125\d"
    rb"|cp125\d)"
)
_DECLARATION = re.compile(rb"<\?xml\s[^>]*\?>")
_DECLARED = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")
_BOM = b"\xef\xbb\xbf"

Element = etree._Element


class XmlError(ValueError):
    """A document that cannot, or must not, be read."""


class XmlTooLarge(XmlError):
    """A document larger than any that is expected.

    :param limit: how large it may be
    """

    def __init__(self, limit: int, what: str):
        super().__init__(f"more than {limit} {what}")
        self.limit = limit


def parse(
    content: bytes,
    *,
    max_bytes: int = MAX_BYTES,
    max_nodes: int = MAX_NODES,
    charset: str = "",
) -> Element:
    """The root of a document.

    :param charset: of the header that it came with, if that names one: it wins over
        the document's own declaration (RFC 7303 §3), but not over a byte order mark
    :param max_nodes: tags and attributes, closing tags included
    :raises XmlTooLarge: it is larger than that
    :raises XmlError: it is not well-formed, has a DOCTYPE, is nested more than the
        parser's limit (256 or 2048 levels, by version), or is in an unusual encoding
    """
    if len(content) > max_bytes:
        raise XmlTooLarge(max_bytes, "bytes")
    encoding = _get_encoding(content, charset)
    # Before anything is built: a node takes many times its bytes.
    if content.count(b"<") + content.count(b"=") > max_nodes:
        raise XmlTooLarge(max_nodes, "nodes")
    try:
        parser = _make_parser(encoding)
    except LookupError:
        raise XmlError(f"encoding {encoding}") from None
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlError(str(error)[:300]) from error
    if root.getroottree().docinfo.doctype:
        raise XmlError("DOCTYPE")
    return root


def _make_parser(encoding: str | None) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
    )


def _get_encoding(content: bytes, charset: str) -> str | None:
    """What to read the document in; None for what it says itself.

    :raises XmlError: markup cannot be told from its bytes
    """
    head = content[:400].removeprefix(_BOM)
    if not head.lstrip().startswith(b"<") or b"\0" in head:
        raise XmlError("not XML" if head.strip() else "empty")
    if charset and not _ENCODINGS.fullmatch(charset.encode("ascii", "replace")):
        raise XmlError(f"encoding {charset[:40]}")
    if content.startswith(_BOM):
        charset = "utf-8"
    if not re.match(rb"<\?xml\s", head):
        return charset or None
    declaration = _DECLARATION.match(head)
    if not declaration:
        raise XmlError("the declaration does not end")
    declared = _DECLARED.search(declaration[0])
    if not charset and declared and not _ENCODINGS.fullmatch(declared[1]):
        raise XmlError(f"encoding {declared[1].decode('ascii', 'replace')}")
    return charset or None


def local_name(element: Element) -> str:
    """The name of an element without its namespace; "" for comments."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element | None, name: str) -> list[Element]:
    """The children of that local name, in their order."""
    if element is None:
        return []
    return [child for child in element if local_name(child) == name]


def child(element: Element | None, name: str) -> Element | None:
    """The first child of that local name."""
    found = children(element, name)
    return found[0] if found else None


def find(element: Element, name: str) -> Element | None:
    """The first descendant of that local name, the element itself included."""
    return next((item for item in element.iter() if local_name(item) == name), None)

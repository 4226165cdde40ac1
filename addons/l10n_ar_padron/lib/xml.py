"""Reading XML from outside: no entities, no network, names without namespaces.

ARCA adds elements without notice, and the same element comes in several namespaces.
So nothing here depends on a schema: what is known is looked up by its local name, and
what is not known is left alone.
"""

from __future__ import annotations

import html
import re

from lxml import etree

from .errors import Choked

#: 250 taxpayers with all their activities are about 3 MB.
MAX_BYTES = 32 * 1024 * 1024
MAX_TEXT = 500
_ENTITY = re.compile(r"&(#\d+|#x[0-9a-fA-F]+|[A-Za-z]+);")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")

Element = etree._Element


def parse(content: bytes) -> Element:
    """The root of a document.

    :raises Choked: ``answer_unreadable``
    """
    if len(content) > MAX_BYTES:
        raise Choked("answer_unreadable", "too large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Choked("answer_unreadable", str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise Choked("answer_unreadable", "DOCTYPE")
    return root


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


def text(element: Element | None, name: str = "") -> str:
    """The text of an element, or of its child; "" when there is none.

    Some texts come with entities that were escaped twice (``&amp;#209;``).
    """
    if name:
        element = child(element, name)
    if element is None:
        return ""
    value = "".join(str(part) for part in element.itertext())
    if _ENTITY.search(value):
        value = html.unescape(value)
    return " ".join(_CONTROL.sub(" ", value).split())[:MAX_TEXT]

"""Reading ARCA's answers.

ARCA adds elements without notice, so nothing here depends on a schema: what is not
known is left alone.
"""

from __future__ import annotations

import html
import re

from odoo.addons.remote_transport.lib import xml
from odoo.addons.remote_transport.lib.xml import Element, child

from .errors import Choked

#: Ten times the longest answer there is, a list of 250 taxpayers.
MAX_BYTES = 32 * 1024 * 1024
MAX_TEXT = 500
_ENTITY = re.compile(r"&(#\d+|#x[0-9a-fA-F]+|[A-Za-z]+);")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def parse(content: bytes) -> Element:
    """The root of a document.

    :raises Choked: ``answer_unreadable``
    """
    try:
        return xml.parse(content, max_bytes=MAX_BYTES)
    except xml.XmlError as error:
        raise Choked("answer_unreadable", str(error)) from error


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

"""Descriptions as channels take them. No Odoo in it."""

from __future__ import annotations

import re
import unicodedata
from html import escape

from lxml import etree
from lxml import html as lxml_html

LIMIT = 100_000
# Kept, without any attribute: no style, address, image or handler reaches a channel.
TAGS = frozenset(
    "p br ul ol li b strong i em u s h1 h2 h3 h4 h5 h6 blockquote pre"
    " table thead tbody tfoot tr td th".split()
)
VOID = frozenset({"br"})
# Of other elements the text stays, of these nothing.
DROPPED = frozenset(
    "script style head title iframe frame frameset object embed applet form input"
    " button textarea select option svg math template noscript video audio canvas"
    " link meta base".split()
)
# Where a line of plain text begins and ends
_BEGINNINGS = {"li": "\n- ", "tr": "\n"}
_ENDINGS = {
    **dict.fromkeys("p h1 h2 h3 h4 h5 h6 blockquote pre table ul ol".split(), "\n\n"),
    **dict.fromkeys("td th".split(), " "),
    "br": "\n",
}
_BLANKS = re.compile(r"\n{3,}")


def clean_html(text: str | None) -> str:
    """HTML with a few elements that only structure it; empty without any word.

    Scripts, styles, links' addresses, pictures, comments and control characters are
    gone; letters are composed (NFC); elements are closed.
    """
    plain = _printable(text or "")[:LIMIT]
    if not plain.strip():
        return ""
    try:
        root = lxml_html.fragment_fromstring(plain, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return text_to_html(plain)
    parts: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else None
        if event == "start":
            if tag in DROPPED:
                walk.skip_subtree()
                continue
            parts.append(f"<{tag}>" if tag in TAGS else "")
            parts.append(escape(element.text or "", quote=False))
            continue
        if tag in TAGS and tag not in VOID:
            parts.append(f"</{tag}>")
        if element is not root:
            parts.append(escape(element.tail or "", quote=False))
    found = "".join(parts).strip()
    return found if _has_words(root) else ""


def html_to_text(text: str | None) -> str:
    """The plain text of a description: paragraphs, rows and items of lists are lines.

    :param text: of :func:`clean_html`; other HTML is cleaned first
    """
    cleaned = clean_html(text)
    if not cleaned:
        return ""
    root = lxml_html.fragment_fromstring(cleaned, create_parent="div")
    parts: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            parts.append(_BEGINNINGS.get(element.tag, ""))
            parts.append((element.text or "").replace("\n", " "))
            continue
        parts.append(_ENDINGS.get(element.tag, ""))
        if element is not root:
            parts.append((element.tail or "").replace("\n", " "))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()


def text_to_html(text: str | None) -> str:
    """Paragraphs of a plain text."""
    plain = _printable(text or "")[:LIMIT]
    blocks = ("\n".join(plain.splitlines())).split("\n\n")
    return "".join(
        f"<p>{'<br>'.join(escape(block.strip(), quote=False).splitlines())}</p>"
        for block in blocks
        if block.strip()
    )


def _printable(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        c
        for c in composed
        if c in "\n\t\r\u200d" or unicodedata.category(c) not in ("Cc", "Cs", "Cn")
    )


def _has_words(root: etree._Element) -> bool:
    """Whether there is text outside of what is dropped."""
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event == "start" and element.tag in DROPPED:
            walk.skip_subtree()
            continue
        text = element.text if event == "start" else element.tail
        if (text or "").strip():
            return True
    return False

"""Answers as they come when the service has grown: elements nobody knows."""

from __future__ import annotations

from lxml import etree

from .soap import parse

_NAME = "datoIncorporado"


def add_unknown(body: bytes) -> bytes:
    """Put an unknown element, in its alphabetical place, into every element that has
    children below the answer's wrapper; faults and other texts stay as they are.
    """
    try:
        root = parse(body)
    except ValueError:
        return body
    wrapper = root.find("{*}Body/*")
    if wrapper is None or not etree.QName(wrapper).localname.endswith("Response"):
        return body
    parents = [element for element in wrapper.iter("*") if len(element)]
    for parent in parents:
        after = [child for child in parent if child.tag < _NAME]
        block = etree.Element(_NAME)
        etree.SubElement(block, "detalle").text = "INFORMACION NUEVA"
        parent.insert(len(after), block)
    return etree.tostring(root, encoding="utf-8")

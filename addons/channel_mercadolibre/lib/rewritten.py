"""What the service makes of values: it rewrites some, and leaves others out. That is
nobody's change, and putting them once more would not help.

Source: developers.mercadolibre.com, "Attributes", "Validations".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .body import is_same_value, read_content

Block = Mapping[str, Any]
Content = Mapping[str, Any]

# Values with parts, of which the service may rewrite some or leave them out
_IN_PARTS = ("attributes", "sale_terms", "shipping")


def find_rewritten(content: Content, item: Block) -> dict[str, Any] | None:
    """What the service made of parts of a content, as it answered: key → part → pair
    of what was put and what it has, None for nothing. None if it did not tell.

    :param item: as it was answered
    """
    if not isinstance(item.get("attributes"), list):
        return None
    there, found = read_content(item), {}
    for key in _IN_PARTS:
        parts = {
            name: [value, there[key].get(name)]
            for name, value in (content.get(key) or {}).items()
            if not _is_same_part(value, there[key].get(name))
        }
        if parts:
            found[key] = parts
    return found


def put_back(there: Content, taken: Content | None, rewritten: Block) -> Content:
    """What an item has, with what was put where it has still what the service made of
    it.

    :param rewritten: of :func:`find_rewritten`
    """
    restored = dict(there)
    for key, parts in rewritten.items():
        before = (taken or {}).get(key) or {}
        has = restored.get(key) or {}
        own = {
            name: put
            for name, (put, made) in parts.items()
            if before.get(name) == put and _is_same_part(made, has.get(name))
        }
        restored[key] = {**has, **own}
    return restored


def _is_same_part(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return is_same_value(one, other)
    return bool(one == other)

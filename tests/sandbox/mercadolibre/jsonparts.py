"""Bodies with parts left out, as answered with status 206."""

from __future__ import annotations

from typing import Any


def without_parts(order: dict[str, Any], missing: str) -> dict[str, Any]:
    """The order without the listed fields (comma list).

    A missing buyer keeps its id and nothing else; other fields become null.
    """
    partial = dict(order)
    for name in (part.strip() for part in missing.split(",")):
        value = order.get(name)
        if name == "buyer" and isinstance(value, dict):
            partial[name] = {"id": value.get("id")}
        else:
            partial[name] = None
    return partial

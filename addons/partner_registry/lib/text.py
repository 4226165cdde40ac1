"""Comparing what a contact has with what a registry wrote."""

from __future__ import annotations

import unicodedata
from typing import Any


def is_same(ours: Any, theirs: Any) -> bool:
    """Whether two values say the same; case and accents do not count."""
    if isinstance(theirs, str):
        return _fold(ours or "") == _fold(theirs)
    return (ours or False) == (theirs or False)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in plain if c.isalnum() or c.isspace())
    return " ".join(kept.casefold().split())

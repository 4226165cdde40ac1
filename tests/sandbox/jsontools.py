"""JSON helpers shared by the fakes."""

from __future__ import annotations

import json
from typing import Any


def encode(value: Any) -> bytes:
    """Compact UTF-8 JSON, key order as given."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def merge_patch(target: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7396) and return the result.

    ``target`` is not modified. A ``null`` in the patch removes the key; to store a
    real null use :data:`NULL_MARK` as the value.
    """
    if patch == NULL_MARK:
        return None
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


#: Value that :func:`merge_patch` stores as a JSON null instead of removing the key.
NULL_MARK = "\x00null"

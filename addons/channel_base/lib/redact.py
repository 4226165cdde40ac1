"""Keeping secrets out of logs, errors and stored answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "[REDACTED]"

# Names are followed by a value in JSON (also JSON inside JSON, or cut in the middle),
# in the text of a dict, in a header, in a query or in a quoted query.
_PAIRS = re.compile(
    r"""(?isx)
    (\\{0,9}["']?\b(?:[\w-]{0,40}?(?:token|secret|password|api[_-]?key)
       |code_verifier|authorization|sign|code)\b\\{0,9}["']?\s{0,99}(?:[:=]|%3[ad])\s*)
    ("(?:[^"\\]|\\.)*\\?(?:"|\Z)|'(?:[^'\\]|\\.)*\\?(?:'|\Z)
     |\\+["'][^"']*["']?|bearer\s+[^\s,&"'}]+|[^\s,&"'}]+)
    """
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}")
_MERCADOLIBRE = re.compile(r"\b(?:APP_USR|TG|TEST)-[A-Za-z0-9._-]{6,}")


def redact(text: str, secrets: Iterable[str | None] = ()) -> str:
    """The text without anything that looks like a secret.

    :param secrets: values known to be secret, removed wherever they occur
    """
    for secret in secrets:
        if secret and len(secret) > 3:
            for form in _forms(secret):
                text = text.replace(form, HIDDEN)
    text = _BEARER.sub(lambda m: f"{m[1]} {HIDDEN}", text)
    text = _MERCADOLIBRE.sub(HIDDEN, text)
    return _PAIRS.sub(lambda m: f"{m[1]}{HIDDEN}", text)


def _forms(secret: str) -> list[str]:
    """A secret as it is and as it looks in JSON and in addresses, longest first."""
    forms = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
    forms |= {json.dumps(secret, ensure_ascii=plain)[1:-1] for plain in (True, False)}
    return sorted(forms, key=len, reverse=True)

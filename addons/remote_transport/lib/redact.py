"""Keeping secrets out of logs, errors and stored answers."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Iterable
from html import escape
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
# An element of XML
_ELEMENTS = re.compile(
    r"""(?ix)
    (<(?:[\w.-]{1,40}:)?[\w.-]{0,40}?(?:token|secret|password|api[_-]?key
       |code_verifier|authorization|sign|code)\b[^<>]{0,200}>)
    ([^<]+)
    """
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}")


def redact(
    text: str,
    secrets: Iterable[str | None] = (),
    patterns: Iterable[re.Pattern[str]] = (),
) -> str:
    """The text without anything that looks like a secret.

    :param secrets: values known to be secret, removed wherever they occur
    :param patterns: what tokens of the service look like; each has to take linear time
    """
    for secret in secrets:
        if secret and len(secret) > 3:
            for form in _forms(secret):
                text = text.replace(form, HIDDEN)
    text = _BEARER.sub(lambda m: f"{m[1]} {HIDDEN}", text)
    for pattern in patterns:
        text = pattern.sub(HIDDEN, text)
    text = _ELEMENTS.sub(lambda m: f"{m[1]}{HIDDEN}", text)
    return _PAIRS.sub(lambda m: f"{m[1]}{HIDDEN}", text)


class Redactor:
    """:func:`redact` with the secrets of one account; usable from several threads.

    :param secrets: values known to be secret
    :param patterns: see :func:`redact`
    """

    def __init__(
        self,
        secrets: Iterable[str | None] = (),
        patterns: Iterable[re.Pattern[str]] = (),
    ):
        self._secrets = tuple(secrets)
        self._patterns = tuple(patterns)
        # Tokens come and go; those in the air are few.
        self._learnt: deque[str] = deque(maxlen=16)
        self._lock = threading.Lock()

    def learn(self, secrets: Iterable[str]) -> None:
        """Hide these from now on as well; the oldest ones are forgotten."""
        with self._lock:
            self._learnt.extend(s for s in secrets if s not in self._learnt)

    def __call__(self, text: str) -> str:
        with self._lock:
            known = (*self._secrets, *self._learnt)
        return redact(text, known, self._patterns)


def _forms(secret: str) -> list[str]:
    """A secret as it is and as it looks in JSON, XML and addresses, longest first."""
    forms = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
    forms |= {json.dumps(secret, ensure_ascii=plain)[1:-1] for plain in (True, False)}
    forms |= {escape(secret, quote=False), escape(secret)}
    return sorted(forms, key=len, reverse=True)

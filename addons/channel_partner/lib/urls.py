"""Links whose parts come from outside."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_web_page(url: str | None) -> bool:
    """Whether a link is safe to open: never ``javascript:``, a file or a broken one."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)

"""Where buyers find a listing. No Odoo in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable


def choose_visibility(wanted: str, known: Collection[str]) -> str:
    """The state of a channel that comes nearest.

    :param wanted: one of ``traits.VISIBILITIES``
    :param known: those that the channel can tell apart
    """
    if wanted == "hidden" or wanted in known:
        return wanted
    return "visible"


def join_visibilities(found: Iterable[str]) -> str:
    """That of a product with several variants: what one shows is shown."""
    shown = set(found) - {"hidden"}
    if not shown:
        return "hidden"
    return shown.pop() if len(shown) == 1 else "visible"

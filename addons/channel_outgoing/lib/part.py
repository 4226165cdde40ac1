"""What a full run plans in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

# Of the phases of a run that compare a kind; its parts may have a kind's name.
COMPARE = "compare:"


@dataclass(frozen=True)
class Part:
    """Kinds that are planned together.

    :param name: which is kept in the position of a run
    :param kinds: their codes; those of a part with pages have the same model
    :param page: most records planned in one transaction; None to plan all at once
    """

    name: str
    kinds: tuple[str, ...]
    page: int | None = None

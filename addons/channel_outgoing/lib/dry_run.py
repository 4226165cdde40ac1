"""What would be sent, as people read it. No Odoo in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .kind import Content, Kind, Operation, plain

Action = Literal["create", "change", "hide", "unavailable", "remove", "skip"]
# Name of a field → what it was and what it becomes
Changes = dict[str, tuple[Any, Any]]
# Why something is skipped, besides what is wrong with it
AWAITS = "outgoing_awaits"
BY_HAND = "outgoing_by_hand"
LEFT = "outgoing_left"
UNTRIED = "not_in_trial"


@dataclass(frozen=True)
class Told:
    """A row: what the channel was told of a record.

    :param state: of the row, such as ``pending``
    :param content: what the channel took the last time, in its own ids
    :param error: code of what is wrong with the row
    """

    operation: Operation
    state: str
    name: str = ""
    external_id: str | None = None
    content: Content | None = None
    error: str | None = None
    params: Mapping[str, Any] | None = None

    @property
    def is_there(self) -> bool:
        """Whether the channel has the record, as far as is known."""
        return self.external_id is not None or self.content is not None


@dataclass(frozen=True)
class Line:
    """What would become of one record.

    :param record: its id in Odoo
    :param reason: code of why it is skipped
    """

    kind: str
    record: int
    name: str
    action: Action
    changes: Changes = field(default_factory=dict)
    external_id: str | None = None
    reason: str | None = None
    params: Mapping[str, Any] | None = None


def choose_action(
    kind: Kind, operation: Operation, *, there: bool, served: bool, awaits: bool
) -> tuple[Action | None, str | None]:
    """What would become of something that is to be sent.

    :param there: whether the channel has it
    :param served: whether the provider has a service for the kind
    :param awaits: whether it names what is not going to be there
    :return: the action, None when nothing would happen, and why it is skipped
    """
    if operation == "forget":
        return "skip", LEFT
    if operation == "delete" and not there:
        return None, None
    if not served:
        return "skip", BY_HAND
    if operation == "delete":
        return "remove", None
    if awaits:
        return "skip", AWAITS
    return "change" if there or not kind.created else "create", None


def find_differences(kind: Kind, before: Content | None, after: Content) -> Changes:
    """Field by field, what a record has and what it gets.

    What is not in the new content is not sent, and stays.

    :param before: None for nothing
    """
    had = before or {}
    after = kind.normalise(after)
    return {
        name: (had.get(name), plain(value) if kind.columns else value)
        for name, value in after.items()
        if plain(had.get(name)) != plain(value)
    }

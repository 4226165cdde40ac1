"""What a provider supplies so that something can go out. No Odoo in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from odoo.addons.channel_base.lib.errors import ChannelError

from .kind import Content


@dataclass(frozen=True)
class Target:
    """A record on the channel.

    :param reference: our own name of it, which the channel keeps with the record, so
        that one whose creation was not recorded is found again. A record that was
        there before us is found by its external id alone
    :param external_id: the channel's id; None before it is known
    """

    reference: str
    external_id: str | None


@dataclass(frozen=True)
class Found:
    """A record as the channel has it.

    :param details: what else the channel calls it, in words of the family
    """

    external_id: str
    content: Content
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """A record that was created or changed; a provider that has no details answers the
    external id alone.

    :param details: see :class:`Found`
    """

    external_id: str
    details: Mapping[str, str] = field(default_factory=dict)


Answer = str | Written | ChannelError


class Writer(Protocol):
    """Writes records of one account. Called without a transaction.

    Each method is called with one batch of records of one kind, at most as many as the
    flow's ``FlowSpec.max_batch``. ``kind`` is the code of a :class:`.kind.Kind`.
    """

    def find(self, kind: str, targets: Sequence[Target]) -> Mapping[str, Found]:
        """What the channel has, by reference; records that it lacks are absent.

        :raises ChannelError: see :mod:`channel_base.lib.errors`
        """

    def put(
        self, kind: str, records: Sequence[tuple[Target, Content]]
    ) -> Mapping[str, Answer]:
        """Create or change records; one without external id is created.

        :return: by reference the external id (with details: :class:`Written`), or why
            this one was not accepted
        :raises ChannelError: none was accepted; a batch that is ``Rejected`` comes
            again in halves
        """

    def delete(
        self, kind: str, targets: Sequence[Target]
    ) -> Mapping[str, ChannelError]:
        """Delete records, never those of a kind that is emptied instead.

        :return: by reference why a record was not deleted; deleted ones are absent
        :raises ChannelError: none was deleted
        """

    def take_calls(self) -> int:
        """API calls made since this was last asked."""

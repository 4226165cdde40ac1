"""What a provider supplies so that something can go out. No Odoo in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.parallel import gather

from .kind import Content

# A detail of what is found: it is there, and cannot be read now.
UNREAD = "unread"


@dataclass(frozen=True)
class Target:
    """A record on the channel.

    :param reference: our own name of it, which the channel keeps with the record, so
        that one whose creation was not recorded is found again. A record that was
        there before us is found by its external id alone
    :param external_id: the channel's id; None before it is known
    :param taken: what the channel took of it the last time; None if nothing, or if the
        content is in columns
    :param taken_at: when that was, naive in UTC; None if it is not known
    :param rewritten: see :class:`Written`
    """

    reference: str
    external_id: str | None
    taken: Content | None = field(default=None, compare=False)
    taken_at: datetime | None = field(default=None, compare=False)
    rewritten: Mapping[str, Any] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Found:
    """A record as the channel has it.

    :param content: compared with what was taken and with what is wanted, so it is told
        in their words: of a channel that keeps values in a form of its own, a value
        that is still what it took (``Target.taken``) is given back as it was put
    :param details: what else the channel calls it, in words of the family; with
        :data:`UNREAD` the content says nothing, and the record is left as it was
    """

    external_id: str
    content: Content
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """A record that was created or changed; a provider that has no details answers the
    external id alone.

    :param details: see :class:`Found`
    :param taken: what of it the channel took, if that is not all: the record is there,
        and what lacks is sent again soon
    :param rewritten: what the channel made of values that it does not keep as they were
        put, in the provider's own form: that is nobody's change. None: as before
    """

    external_id: str
    details: Mapping[str, str] = field(default_factory=dict)
    taken: Content | None = None
    rewritten: Mapping[str, Any] | None = None


class NotTaken(Rejected):
    """What was asked was not done as it was asked, and repeating it changes nothing.

    ========= ==============================================================
    state     what becomes of the row
    ========= ==============================================================
    ``error`` a person looks at it
    ``kept``  settled: the channel's own counts, as the reason says
    ``asks``  a person answers a question, and until then nothing is written
    ========= ==============================================================

    Rows that are ``kept`` or ``asks`` are looked at again by the next full run.

    :param found: what the channel has; None if nobody looked
    :param until: when to look again before, naive in UTC; never within minutes, also
        when it is past
    """

    def __init__(
        self,
        code: str,
        found: Content | None = None,
        state: Literal["error", "kept", "asks"] = "error",
        until: datetime | None = None,
        **params: object,
    ):
        super().__init__(code, **params)
        self.found = found
        self.state = state
        self.until = until


# What is no ChannelError is unexpected, and this record's alone.
Answer = str | Written | Exception
Record = tuple[Target, Content]


def each(
    records: Sequence[Record],
    put: Callable[[Target, Content], Answer],
    workers: int = 1,
) -> dict[str, Answer]:
    """An answer per record, for a channel that takes one at a time.

    :param put: what :meth:`Writer.put` is for one record; it may raise its answer. It
        is called from so many threads at once, see :func:`.gather`
    :return: by reference, in the order of the records
    """
    answers = gather(records, lambda record: put(*record), workers)
    pairs = zip(records, answers, strict=True)
    return {target.reference: answer for (target, _content), answer in pairs}


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

    def delete(self, kind: str, targets: Sequence[Target]) -> Mapping[str, Exception]:
        """Delete records, never those of a kind that is emptied instead.

        :return: by reference why a record was not deleted; deleted ones are absent
        :raises ChannelError: none was deleted
        """

    def take_calls(self) -> int:
        """API calls made since this was last asked."""

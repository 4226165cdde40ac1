"""Sending a batch: the channel is read before it is written to."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from odoo.addons.channel_base.lib.bisect import bisect
from odoo.addons.channel_base.lib.errors import ChannelError, Rejected

from .kind import Content, Kind
from .writer import Answer, Found, Target, Writer, Written

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """A record to send.

    :param content: None to delete it
    :param sent_hash: of what the channel took the last time, if it did
    :param taken_over: fields of the content in which a change that somebody made on
        the channel counts
    """

    target: Target
    content: Content | None
    sent_hash: str | None
    taken_over: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of an entry.

    :param before: what the channel had, None if nothing
    :param differed: it was neither what it took the last time nor what is wanted, so
        somebody changed it there
    :param details: what else the channel calls it, see ``writer.Found``
    :param taken_over: fields in which the channel's value counts, and that value; it
        has them, whatever was wanted
    :param taken: what of it the channel took, if that is not all
    :param rewritten: see ``writer.Written``
    """

    external_id: str | None
    before: Content | None
    differed: bool
    details: Mapping[str, str] = field(default_factory=dict)
    taken_over: Mapping[str, Any] = field(default_factory=dict)
    taken: Content | None = None
    rewritten: Mapping[str, Any] | None = None


Results = dict[str, Outcome | Exception]


def differs(kind: Kind, found: Found | None, sent_hash: str | None) -> bool:
    """Whether the channel has something else than what it took the last time."""
    if found is None:
        return sent_hash is not None
    if sent_hash is None:
        # A record that we made and did not record is ours; one that was there is not.
        return not kind.created and found.content != kind.emptied
    return kind.sign(found.content) != sent_hash


def find_taken_over(
    names: Iterable[str],
    taken: Content | None,
    there: Content | None,
    wanted: Content | None,
) -> dict[str, Any]:
    """Fields in which somebody changed a record on the channel and Odoo has not since:
    name → the channel's value.

    :param names: those in which such a change counts
    :param taken: what the channel took the last time
    """
    if taken is None or there is None or wanted is None:
        return {}
    return {
        name: there[name]
        for name in names
        if name in taken
        and name in there
        and there[name] != taken[name]
        and wanted.get(name) == taken[name]
    }


def send(writer: Writer, kind: Kind, entries: Sequence[Entry]) -> Results:
    """Make the channel's records what they shall be.

    What is right already is not written, so that an entry whose process died between
    the call and its record is not repeated; absolute values may be, of a record whose
    id is known: one that we made and did not record is found by its reference. A batch
    that is refused as a whole is bisected.

    :return: by reference
    """

    def work(some: Sequence[Entry]) -> Results:
        how = _write if _is_blind(kind, some[0]) else _compare
        try:
            return how(writer, kind, some)
        except Rejected:
            raise
        except ChannelError as error:
            return {entry.target.reference: error for entry in some}
        except Exception as error:
            # The batch's problem, not the flow's.
            _logger.exception("%s of an outgoing batch", kind.code)
            return {entry.target.reference: error for entry in some}

    def refuse(one: Sequence[Entry], error: Exception) -> Results:
        return {one[0].target.reference: error}

    results: Results = {}
    for blind in (True, False):
        some = [entry for entry in entries if _is_blind(kind, entry) is blind]
        for part in bisect(some, work, refuse, errors=Rejected):
            results.update(part)
    return results


def _is_blind(kind: Kind, entry: Entry) -> bool:
    """Whether the record can be written without being read."""
    known = entry.target.external_id is not None or not kind.created
    return kind.absolute and known


def _write(writer: Writer, kind: Kind, entries: Sequence[Entry]) -> Results:
    """Write without reading."""
    results: Results = {
        entry.target.reference: Outcome(None, None, False) for entry in entries
    }
    puts = [(e.target, e.content) for e in entries if e.content is not None]
    deletes = [entry.target for entry in entries if entry.content is None]
    _apply(writer, kind, puts, deletes, results)
    return results


def _compare(writer: Writer, kind: Kind, entries: Sequence[Entry]) -> Results:
    """Read, then write what is not right."""
    results: Results = {}
    found = writer.find(kind.code, [entry.target for entry in entries])
    puts, deletes = [], []
    for entry in entries:
        there = found.get(entry.target.reference)
        if taken_over := _find_taken_over(entry, there):
            entry = replace(entry, content={**(entry.content or {}), **taken_over})
        outcome = _outcome(kind, entry, there, taken_over)
        results[entry.target.reference] = outcome
        if entry.content is None:
            if there:
                deletes.append(Target(entry.target.reference, there.external_id))
        elif there is None or there.content != entry.content:
            known = there.external_id if there else None
            puts.append((_target(kind, entry, known), entry.content))
    _apply(writer, kind, puts, deletes, results)
    return results


def _find_taken_over(entry: Entry, there: Found | None) -> dict[str, Any]:
    content = there.content if there else None
    return find_taken_over(entry.taken_over, entry.target.taken, content, entry.content)


def _apply(
    writer: Writer,
    kind: Kind,
    puts: Sequence[tuple[Target, Content]],
    deletes: Sequence[Target],
    results: Results,
) -> None:
    if puts:
        _note_puts(results, puts, writer.put(kind.code, puts))
    if deletes:
        results.update(writer.delete(kind.code, deletes))


def _target(kind: Kind, entry: Entry, known: str | None) -> Target:
    """What is gone is created anew, unless it is not ours to create."""
    if not kind.created:
        return entry.target
    return replace(entry.target, external_id=known)


def _outcome(
    kind: Kind, entry: Entry, there: Found | None, taken_over: Mapping[str, Any]
) -> Outcome:
    right = there is None if entry.content is None else False
    if there is not None and entry.content is not None:
        right = there.content == entry.content
    return Outcome(
        there.external_id if there and entry.content is not None else None,
        there.content if there else None,
        not right and differs(kind, _leave(entry, there, taken_over), entry.sent_hash),
        there.details if there else {},
        taken_over,
    )


def _leave(
    entry: Entry, there: Found | None, taken_over: Mapping[str, Any]
) -> Found | None:
    """A record without the changes that are taken over: these are told apart."""
    if there is None or not taken_over:
        return there
    former = {name: (entry.target.taken or {})[name] for name in taken_over}
    return replace(there, content={**there.content, **former})


def _note_puts(
    results: Results,
    puts: Sequence[tuple[Target, Content]],
    answers: Mapping[str, Answer],
) -> None:
    for target, _content in puts:
        reference = target.reference
        answer = answers.get(reference, Rejected("outgoing_unanswered"))
        before = results[reference]
        if isinstance(answer, Exception):
            results[reference] = answer
        elif isinstance(before, Outcome):
            if isinstance(answer, str):
                answer = Written(answer)
            results[reference] = replace(
                before,
                external_id=answer.external_id,
                details={**before.details, **answer.details},
                taken=answer.taken,
                rewritten=answer.rewritten,
            )

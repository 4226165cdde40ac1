"""Comparing what is wanted with what is noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .kind import Content, Family, Kind, Operation

# Code of the kind, id of the record in Odoo
Key = tuple[str, int]


@dataclass(frozen=True)
class Wanted:
    """What the channel shall have of one record.

    :param content: with ids of Odoo in place of the channel's where it names records
    :param external_id: the channel's id, if Odoo knows it from elsewhere
    """

    name: str
    content: Content
    external_id: str | None = None


@dataclass(frozen=True)
class Refused:
    """A record that would go out, were there not something wrong with it in Odoo.

    Nothing is sent of it, the channel keeps what it has, and the row says why.

    :param code: of the reason, see ``sale.channel.text``
    :param params: of the reason, all text
    """

    name: str
    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Noted:
    """What is known of one record.

    :param wanted_hash: of what was wanted the last time, in ids of Odoo; None if it
        could not be planned
    :param sent_hash: of what the channel took the last time, in its own ids
    :param settled: nothing is under way
    :param reason: why it could not be planned: code and parameters
    :param untold: nothing of it was ever sent, nor can be
    """

    operation: Operation
    wanted_hash: str | None
    sent_hash: str | None
    settled: bool
    name: str = ""
    reason: tuple[str, Mapping[str, str]] | None = None
    untold: bool = False


@dataclass(frozen=True)
class Change:
    """Something to send.

    :param refused: why nothing can be sent, of an operation that says so
    """

    kind: str
    record: int
    operation: Operation
    name: str
    content: Content
    wanted_hash: str
    external_id: str | None = None
    refused: Refused | None = None


class Translator:
    """Puts the channel's ids in the place of Odoo's.

    :param external_ids: the channel's ids of the records that others name
    """

    def __init__(self, external_ids: Mapping[Key, str]):
        self.external_ids = external_ids

    def translate(self, kind: Kind, content: Content) -> Content | None:
        """The content as it is sent; None while a record it names is not there."""
        if not kind.names:
            return content
        found = dict(kind.normalise(content))
        for name, named in kind.names.items():
            if found.get(name) is None:
                continue
            external_id = self.external_ids.get((named, found[name]))
            if external_id is None:
                return None
            found[name] = external_id
        return found


def find_changes(
    family: Family,
    wanted: Mapping[Key, Wanted | Refused],
    noted: Mapping[Key, Noted],
    translator: Translator,
) -> Iterator[Change]:
    """What differs from what the channel took, or is under way to it.

    What is not wanted any more is emptied, deleted or left as it is, as its kind says.
    """
    signatures = _Signatures(translator)
    for key, item in wanted.items():
        code, record = key
        row = noted.get(key)
        if isinstance(item, Refused):
            if change := _refuse(key, item, row):
                yield change
            continue
        wanted_hash, sent_hash = signatures.get(family[code], item.content)
        if (
            row
            and row.operation == "put"
            and row.wanted_hash == wanted_hash
            and (not row.settled or row.sent_hash == sent_hash)
        ):
            continue
        yield Change(
            code,
            record,
            "put",
            item.name,
            item.content,
            wanted_hash,
            item.external_id,
        )
    for key, row in noted.items():
        if key not in wanted and (change := _withdraw(family[key[0]], key[1], row)):
            yield change


def _refuse(key: Key, item: Refused, row: Noted | None) -> Change | None:
    """What to note of a record that cannot go out, unless just this is noted."""
    known = row and row.wanted_hash is None and row.reason
    if known == (item.code, item.params):
        return None
    return Change(*key, "refuse", item.name, {}, "", refused=item)


def _withdraw(kind: Kind, record: int, row: Noted) -> Change | None:
    """What to send for a record that the channel shall not have any more."""
    if kind.left or row.untold:
        return Change(kind.code, record, "forget", row.name, {}, "")
    if kind.emptied is None:
        if row.operation == "delete":
            return None
        return Change(kind.code, record, "delete", row.name, {}, kind.sign({}))
    emptied = kind.sign(kind.emptied)
    if row.wanted_hash == emptied:
        return None
    return Change(kind.code, record, "put", row.name, kind.emptied, emptied)


class _Signatures:
    """Of contents, computed once for equal ones: many records have the same."""

    def __init__(self, translator: Translator):
        self.translator = translator
        self.known: dict[tuple[object, ...], tuple[str, str | None]] = {}

    def get(self, kind: Kind, content: Content) -> tuple[str, str | None]:
        """Of the content in ids of Odoo, and as it is sent if it can be."""
        if not kind.names:
            signature = kind.sign(content)
            return signature, signature
        key = (kind.code, *content.items())
        try:
            found = self.known.get(key)
        except TypeError:
            # A content of several levels, which no two records have in common
            return self._compute(kind, content)
        if found is None:
            found = self.known[key] = self._compute(kind, content)
        return found

    def _compute(self, kind: Kind, content: Content) -> tuple[str, str | None]:
        sent = self.translator.translate(kind, content)
        return kind.sign(content), None if sent is None else kind.sign(sent)

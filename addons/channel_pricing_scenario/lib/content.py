"""Comparing contents, and what is wanted with what is noted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from .writer import Content, Kind

Operation = Literal["put", "delete"]
Key = tuple[Kind, int]

NO_GROUP: Content = {"group": None}


def fingerprint(content: Content) -> str:
    """A text that is equal for equal contents only."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Wanted:
    """What the channel shall have of one record.

    :param content: with ids of Odoo in place of the channel's for group and list
    """

    name: str
    content: Content
    external_id: str | None = None


@dataclass(frozen=True)
class Noted:
    """What is known of one record.

    :param wanted_hash: of what was wanted the last time, in ids of Odoo
    :param sent_hash: of what the channel took the last time, in its own ids
    :param settled: nothing is under way
    """

    operation: Operation
    wanted_hash: str
    sent_hash: str | None
    settled: bool
    name: str = ""


@dataclass(frozen=True)
class Change:
    """Something to send."""

    kind: Kind
    record: int
    operation: Operation
    name: str
    content: Content
    wanted_hash: str
    external_id: str | None = None


class Translator:
    """Puts the channel's ids in the place of Odoo's.

    :param external_ids: the channel's ids of groups and lists
    """

    def __init__(self, external_ids: Mapping[Key, str]):
        self.external_ids = external_ids

    def translate(self, kind: Kind, content: Content) -> Content | None:
        """The content as it is sent; None while a record it names is not there."""
        if kind not in ("contract", "customer"):
            return content
        found = dict(content)
        named: tuple[Kind, ...] = ("group", "list")
        for name in named:
            if found.get(name) is None:
                continue
            external_id = self.external_ids.get((name, found[name]))
            if external_id is None:
                return None
            found[name] = external_id
        return found


def find_changes(
    wanted: Mapping[Key, Wanted], noted: Mapping[Key, Noted], translator: Translator
) -> Iterator[Change]:
    """What differs from what the channel took, or is under way to it.

    A customer who is not wanted any more loses its group; other records are deleted.
    """
    hashes = _Hashes(translator)
    for (kind, record), item in wanted.items():
        wanted_hash, sent_hash = hashes.get(kind, item.content)
        row = noted.get((kind, record))
        if (
            row
            and row.operation == "put"
            and row.wanted_hash == wanted_hash
            and (not row.settled or row.sent_hash == sent_hash)
        ):
            continue
        yield Change(
            kind,
            record,
            "put",
            item.name,
            item.content,
            wanted_hash,
            item.external_id,
        )
    no_group = fingerprint(NO_GROUP)
    for (kind, record), row in noted.items():
        if (kind, record) in wanted:
            continue
        if kind == "customer":
            if row.wanted_hash != no_group:
                yield Change(kind, record, "put", row.name, NO_GROUP, no_group)
        elif row.operation == "put":
            yield Change(kind, record, "delete", row.name, {}, fingerprint({}))


class _Hashes:
    """Fingerprints of contents, computed once for customers of the same group."""

    def __init__(self, translator: Translator):
        self.translator = translator
        self.of_group: dict[int, tuple[str, str | None]] = {}

    def get(self, kind: Kind, content: Content) -> tuple[str, str | None]:
        """Of the content in ids of Odoo, and as it is sent if it can be."""
        if kind != "customer":
            return self._compute(kind, content)
        group = content["group"]
        if group not in self.of_group:
            self.of_group[group] = self._compute(kind, content)
        return self.of_group[group]

    def _compute(self, kind: Kind, content: Content) -> tuple[str, str | None]:
        sent = self.translator.translate(kind, content)
        return fingerprint(content), None if sent is None else fingerprint(sent)

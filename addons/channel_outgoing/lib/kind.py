"""Kinds of records that go out, and the families that share a table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

Content = Mapping[str, Any]
Operation = Literal["put", "delete"]


def fingerprint(content: Content) -> str:
    """A text that is equal for equal contents only."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Kind:
    """What a channel has of one kind of record.

    :param code: value of the table's selection
    :param model: Odoo's model of the records
    :param names: fields of the content that name a record of another kind, which is
        made before; in Odoo they hold its id, on the channel the channel's id
    :param emptied: what the channel is sent when it shall have nothing; None if the
        record is deleted there
    :param created: the channel's record is ours; False for one that was there before,
        which is found by its external id alone
    :param absolute: its values are written without reading first; only the full run
        reads what the channel has
    :param columns: the content is kept in columns of these names and types, not as
        JSON, because the rows are many
    """

    code: str
    model: str
    names: Mapping[str, str] = field(default_factory=dict)
    emptied: Content | None = None
    created: bool = True
    absolute: bool = False
    columns: tuple[str, ...] = ()

    def sign(self, content: Content) -> str:
        """A text that is equal for equal contents only; of columns their values."""
        if not self.columns:
            return fingerprint(content)
        values = [_plain(content.get(column)) for column in self.columns]
        return json.dumps(values, separators=(",", ":"))

    def parse(self, signature: str | None) -> Content | None:
        """The content of a signature of columns."""
        if not self.columns or not signature:
            return None
        return dict(zip(self.columns, json.loads(signature), strict=True))


def _plain(value: Any) -> Any:
    """The database gives 5.0 for the 5 that was stored."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


class Family:
    """Kinds of one table, each one after those that it names."""

    def __init__(self, *kinds: Kind):
        self.kinds = {kind.code: kind for kind in kinds}
        known: set[str] = set()
        for kind in kinds:
            if not known.issuperset(kind.names.values()):
                raise ValueError(f"{kind.code} comes before a kind that it names")
            known.add(kind.code)

    def __getitem__(self, code: str) -> Kind:
        return self.kinds[code]

    def __iter__(self) -> Iterator[Kind]:
        return iter(self.kinds.values())

    @cached_property
    def named(self) -> frozenset[str]:
        """Codes of the kinds that others name."""
        return frozenset(code for kind in self for code in kind.names.values())

    @cached_property
    def order(self) -> tuple[tuple[Operation, Kind], ...]:
        """In which order to send: records after those they name, removals in the
        opposite order, when nothing names them any more."""
        removed = [kind for kind in self if kind.emptied is None]
        return (
            *(("put", kind) for kind in self),
            *(("delete", kind) for kind in reversed(removed)),
        )

"""Kinds of records that go out, and the families that share a table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

Content = Mapping[str, Any]
# Nothing is sent: "forget" removes the row, "refuse" says in it why
Operation = Literal["put", "delete", "forget", "refuse"]
# The fields that the table of every family has
BASE_COLUMNS = frozenset(
    {
        "attempts",
        "blocked_mapping_id",
        "channel_id",
        "company_id",
        "content_hash",
        "create_date",
        "create_uid",
        "display_name",
        "error_code",
        "error_detail",
        "error_message",
        "error_params",
        "external_id",
        "id",
        "kind",
        "last_synced_at",
        "name",
        "next_attempt_at",
        "operation",
        "reference",
        "res_id",
        "res_model",
        "rewritten",
        "seen",
        "seen_text",
        "sync_state",
        "waiting_since",
        "wanted",
        "wanted_hash",
        "wanted_text",
        "write_date",
        "write_uid",
    }
)


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
    :param left: what is not wanted any more stays on the channel as it is
    :param created: the channel's record is ours; False for one that was there before,
        which is found by its external id alone
    :param absolute: its values are written without reading first; only the full run
        reads what the channel has
    :param columns: the content is kept in columns of these names and types, not as
        JSON, because the rows are many. Nothing is NULL there, whether a planner says
        None or False
    :raises ValueError: a column is one of every table, or lacks for a name
    """

    code: str
    model: str
    names: Mapping[str, str] = field(default_factory=dict)
    emptied: Content | None = None
    left: bool = False
    created: bool = True
    absolute: bool = False
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if taken := BASE_COLUMNS.intersection(self.columns):
            raise ValueError(f"{self.code} has columns of every table: {taken}")
        if self.columns and not set(self.names).issubset(self.columns):
            raise ValueError(f"{self.code} names records outside of its columns")

    def get_named(self, content: Content) -> set[tuple[str, int]]:
        """What a content in ids of Odoo names: pairs of a kind's code and an id."""
        return {
            (code, content[name])
            for name, code in self.names.items()
            if content.get(name)
        }

    def normalise(self, content: Content) -> Content:
        """The content with None where it names nothing."""
        empty = {n: None for n in self.names if n in content and not content[n]}
        return {**content, **empty} if empty else content

    def sign(self, content: Content) -> str:
        """A text that is equal for equal contents only; of columns their values.

        In columns False is nothing, like None.
        """
        if not self.columns:
            return fingerprint(self.normalise(content))
        values = [plain(content.get(column)) for column in self.columns]
        return json.dumps(values, separators=(",", ":"))

    def parse(self, signature: str | None) -> Content | None:
        """The content of a signature of columns."""
        if not self.columns or not signature:
            return None
        return dict(zip(self.columns, json.loads(signature), strict=True))


def plain(value: Any) -> Any:
    """A value as it is compared: the database gives 5.0 for the 5 that was stored, and
    NULL for nothing."""
    if value is False:
        return None
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
        removed = [kind for kind in self if kind.emptied is None and not kind.left]
        return (
            *(("put", kind) for kind in self),
            *(("delete", kind) for kind in reversed(removed)),
        )

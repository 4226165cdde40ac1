"""Stock of the fake channel, in memory. No Odoo in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from odoo.addons.channel_base.lib.errors import ChannelError, Rejected
from odoo.addons.channel_outgoing.lib.kind import Content
from odoo.addons.channel_outgoing.lib.writer import Found, Target


class FakeStock:
    """What the fake channel holds, and how it misbehaves.

    :param kinds: what it has services for
    """

    def __init__(self, kinds: tuple[str, ...] = ("shelf", "stock")) -> None:
        self.kinds = kinds
        # By kind and external id: our reference and the content
        self.records: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {
            "shelf": {},
            "stock": {},
        }
        self.log: list[tuple[str, str, int]] = []
        self.faults: list[tuple[str, ChannelError]] = []
        # Refuses each batch that has one of these quantities or names
        self.poison: set[Any] = set()
        self.watch: Callable[[str, str], None] = lambda _method, _kind: None
        self.calls = 0

    def writes(self) -> list[tuple[str, str, int]]:
        """Calls that wrote, since last asked."""
        found = [call for call in self.log if call[0] != "find"]
        self.log.clear()
        return found

    def quantities(self) -> list[int]:
        """What it has in stock."""
        return sorted(c["quantity"] for _ref, c in self.records["stock"].values())


class FakeStockWriter:
    """The writer of the fake channel's stock."""

    def __init__(self, remote: FakeStock):
        self.remote = remote

    def _call(self, method: str, kind: str, count: int) -> None:
        self.remote.calls += 1
        self.remote.log.append((method, kind, count))
        self.remote.watch(method, kind)
        if self.remote.faults and self.remote.faults[0][0] == method:
            raise self.remote.faults.pop(0)[1]

    def take_calls(self) -> int:
        calls, self.remote.calls = self.remote.calls, 0
        return calls

    def find(self, kind: str, targets: Sequence[Target]) -> Mapping[str, Found]:
        self._call("find", kind, len(targets))
        wanted = {target.reference for target in targets}
        return {
            reference: Found(external_id, dict(content))
            for external_id, (reference, content) in self.remote.records[kind].items()
            if reference in wanted
        }

    def put(
        self, kind: str, records: Sequence[tuple[Target, Content]]
    ) -> Mapping[str, str | ChannelError]:
        self._call("put", kind, len(records))
        values = [value for _target, content in records for value in content.values()]
        if self.remote.poison.intersection(values):
            raise Rejected("http_422", status=422)
        table, answers = self.remote.records[kind], {}
        for target, content in records:
            external_id = target.external_id or f"{kind[:2]}{len(table) + 1}"
            table[external_id] = (target.reference, dict(content))
            answers[target.reference] = external_id
        # The answer of a call that went through can be lost.
        if self.remote.faults and self.remote.faults[0][0] == "answer":
            raise self.remote.faults.pop(0)[1]
        return answers

    def delete(
        self, kind: str, targets: Sequence[Target]
    ) -> Mapping[str, ChannelError]:
        self._call("delete", kind, len(targets))
        for target in targets:
            self.remote.records[kind].pop(target.external_id, None)
        return {}

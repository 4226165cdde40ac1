"""Prices by group of the fake channel, in memory. No Odoo in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from odoo.addons.channel_base.lib.errors import ChannelError, Rejected
from odoo.addons.channel_outgoing.lib.kind import Content
from odoo.addons.channel_outgoing.lib.writer import Found, Target
from odoo.addons.channel_pricing_scenario.lib.family import KINDS

ORIGINS = [("matriz", "Matriz RS"), ("filial", "Filial SP")]


class FakePricing:
    """What the fake channel holds of prices, and how it misbehaves.

    :param kinds: what it has services for
    """

    def __init__(self, kinds: tuple[str, ...] = KINDS) -> None:
        self.kinds = kinds
        # By kind and external id: our reference and the content
        self.records: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {
            kind: {} for kind in KINDS
        }
        self.log: list[tuple[str, str, int]] = []
        self.faults: list[tuple[str, ChannelError]] = []
        self.refused: dict[str, ChannelError] = {}
        self.watch: Callable[[str], None] = lambda _method: None
        self.calls = 0
        self.serial = 0

    def contents(self, kind: str) -> list[dict[str, Any]]:
        """What it has of a kind."""
        return [content for _reference, content in self.records[kind].values()]

    def writes(self) -> list[tuple[str, str, int]]:
        """Methods that wrote, their kind and how many records, since last asked."""
        found = [call for call in self.log if call[0] != "find"]
        self.log.clear()
        return found

    def customer_group(self, external_id: str) -> str | None:
        """Name of the group that a customer is in."""
        _reference, content = self.records["customer"].get(external_id, ("", {}))
        group = content.get("group")
        return self.records["group"][group][1]["name"] if group else None


class FakePricingWriter:
    """The writer of the fake channel."""

    def __init__(self, remote: FakePricing):
        self.remote = remote

    def _call(self, method: str, kind: str, count: int) -> None:
        self.remote.calls += 1
        self.remote.log.append((method, kind, count))
        self.remote.watch(method)
        if self.remote.faults and self.remote.faults[0][0] == method:
            raise self.remote.faults.pop(0)[1]

    def take_calls(self) -> int:
        calls, self.remote.calls = self.remote.calls, 0
        return calls

    def _find(self, kind: str, target: Target) -> str | None:
        table = self.remote.records[kind]
        if target.external_id in table:
            return target.external_id
        for external_id, (reference, _content) in table.items():
            if reference == target.reference:
                return external_id
        return None

    def find(self, kind: str, targets: Sequence[Target]) -> Mapping[str, Found]:
        self._call("find", kind, len(targets))
        found = {}
        for target in targets:
            external_id = self._find(kind, target)
            if external_id is not None:
                content = self.remote.records[kind][external_id][1]
                found[target.reference] = Found(external_id, deepcopy(content))
        return found

    def put(
        self, kind: str, records: Sequence[tuple[Target, Content]]
    ) -> Mapping[str, str | ChannelError]:
        self._call("put", kind, len(records))
        answers: dict[str, str | ChannelError] = {}
        for target, content in records:
            name = content.get("name", target.external_id)
            if name in self.remote.refused:
                answers[target.reference] = self.remote.refused[name]
                continue
            external_id = target.external_id or self._new_id(kind)
            record = (target.reference, deepcopy(dict(content)))
            self.remote.records[kind][external_id] = record
            answers[target.reference] = external_id
        # The answer of a call that went through can be lost.
        if self.remote.faults and self.remote.faults[0][0] == "answer":
            raise self.remote.faults.pop(0)[1]
        return answers

    def _new_id(self, kind: str) -> str:
        self.remote.serial += 1
        return f"{kind[0].upper()}{self.remote.serial}"

    def delete(
        self, kind: str, targets: Sequence[Target]
    ) -> Mapping[str, ChannelError]:
        self._call("delete", kind, len(targets))
        answers: dict[str, ChannelError] = {}
        for target in targets:
            if kind == "group" and self._is_used(target.external_id):
                answers[target.reference] = Rejected("http_409", status=409)
            elif target.external_id:
                self.remote.records[kind].pop(target.external_id, None)
        return answers

    def _is_used(self, group: str | None) -> bool:
        used = self.remote.contents("customer") + self.remote.contents("contract")
        return group in [content["group"] for content in used]

"""What has to change so that stored rows are the wanted ones."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A stored row: ``values`` hold at least what the wanted ones may name."""

    id: int
    active: bool
    values: Values


@dataclass
class Plan:
    """Differences by the key of the row; rows that are right appear nowhere."""

    create: dict[Hashable, Values] = field(default_factory=dict)
    change: dict[Hashable, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    archive: dict[Hashable, int] = field(default_factory=dict)
    revive: dict[Hashable, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.create or self.change or self.archive or self.revive)


def make_plan(
    wanted: Mapping[Hashable, Values], present: Mapping[Hashable, Row]
) -> Plan:
    """Compare in memory; a row that is archived and wanted is revived."""
    plan = Plan()
    for key, values in wanted.items():
        row = present.get(key)
        if row is None:
            plan.create[key] = values
            continue
        if not row.active:
            plan.revive[key] = row.id
        changed = {name: v for name, v in values.items() if row.values[name] != v}
        if changed:
            plan.change[key] = (row.id, changed)
    for key, row in present.items():
        if row.active and key not in wanted:
            plan.archive[key] = row.id
    return plan

"""``./dev bench NAME``: run ``tests/bench/NAME.py`` in Odoo against a sandbox.

A benchmark prints JSON lines ``{"name", "value", "unit", "floor"}``. ``floor`` is what
the machine could do at best for the same work; the ratio of the two is what counts.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from . import testkit
from .errors import DevError
from .paths import ROOT, TESTS
from .sandbox import Sandbox
from .workspace import Workspace

FOLDER = TESTS / "bench"
# One seller with many clean orders
SANDBOX_OPTIONS = ("--scenario", "bench")
# Fewer orders than the sandbox's own 1000, while a benchmark is written
SIZE_VARIABLE = "BENCH_ORDERS"


@dataclass(frozen=True)
class Measure:
    """One number, and how it compares to its floor."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None

    @classmethod
    def parse(cls, line: str) -> "Measure | None":
        """A measure from a line of output; None for any other line."""
        if not line.startswith("{"):
            return None
        try:
            content = json.loads(line)
            name, value = str(content["name"]), float(content["value"])
        except (ValueError, KeyError, TypeError):
            return None
        floor, ratio = content.get("floor"), content.get("ratio")
        if ratio is None and floor:
            ratio = value / float(floor)
        return cls(name, value, str(content.get("unit", "")), floor, ratio)


def available() -> list[str]:
    files = sorted(FOLDER.glob("[a-z]*.py"))
    return [path.stem for path in files if path.stem != "support"]


def table(measures: Iterable[Measure]) -> list[str]:
    """Lines for people."""
    lines = [f"{'measure':<44}{'value':>14} {'unit':<12}{'floor':>12}{'ratio':>8}"]
    for m in measures:
        floor = "" if m.floor is None else f"{m.floor:,.2f}"
        ratio = "" if m.ratio is None else f"{m.ratio:.2f}"
        lines.append(f"{m.name:<44}{m.value:>14,.2f} {m.unit:<12}{floor:>12}{ratio:>8}")
    return lines


def run(workspace: Workspace, name: str, *, as_json: bool) -> list[str]:
    """Run one benchmark in a fresh database; the lines to print."""
    path = FOLDER / f"{name}.py"
    if not path.exists():
        known = ", ".join(available()) or "none yet"
        raise DevError(f"No benchmark {name!r}; there are: {known}.")
    template = workspace.templates.addons()
    size = os.environ.get(SIZE_VARIABLE)
    sandbox = Sandbox.start(
        workspace.python,
        workspace.supervisor,
        arguments=("--scenario", "bench", *(("--orders", size) if size else ())),
    )
    env = {
        **testkit.environment(workspace),
        "SANDBOX_URL": sandbox.url,
        "PYTHONPATH": f"{ROOT}:{TESTS}",
    }
    with workspace.databases.temporary("bench", template) as database:
        with workspace.progress.step(f"Measuring {name}"):
            code, log, output = workspace.odoo.script(
                f"bench-{name}", database, path, env
            )
    found = [Measure.parse(line) for line in output.splitlines()]
    measures = [measure for measure in found if measure]
    if code or not measures:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        shown = "\n".join([*table(measures), tail] if measures else [tail])
        raise DevError(f"The benchmark failed (exit {code}, log {log}):\n{shown}")
    if as_json:
        return [json.dumps(asdict(measure)) for measure in measures]
    return table(measures)

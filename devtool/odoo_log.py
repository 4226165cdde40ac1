"""Read Odoo's log: tests, problems and progress."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

HEADER = re.compile(
    r"^(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) \d+ "
    r"(?P<level>[A-Z]+) (?P<database>\S+) (?P<logger>[^:\s]+): (?P<text>.*)$"
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LOADING = re.compile(r"^Loading module (?P<module>\S+) \((?P<at>\d+)/(?P<of>\d+)\)")
TRACEBACK = "Traceback (most recent call last)"

# Lines of a sound run that are errors by level only. Each one with its reason.
EXPECTED = tuple(
    (re.compile(pattern), reason)
    for pattern, reason in (
        (
            r'^bad query: b?[\'"]?\s*CREATE EXTENSION IF NOT EXISTS '
            r"(pg_trgm|unaccent)\b",
            "PostgreSQL from the wheel has no contrib extensions; Odoo does without",
        ),
        (
            r"^Running as user 'root' is a security risk\.$",
            "a private server on a developer's machine",
        ),
    )
)


@dataclass
class Record:
    """One entry of the log with the lines that follow it."""

    level: str
    logger: str
    text: str
    more: list[str] = field(default_factory=list)

    @property
    def has_traceback(self) -> bool:
        return any(line.startswith(TRACEBACK) for line in self.more)

    @property
    def is_problem(self) -> bool:
        return self.level in ("ERROR", "CRITICAL") or self.has_traceback

    @property
    def is_expected(self) -> bool:
        return any(pattern.search(self.text) for pattern, _reason in EXPECTED)

    def short(self, lines: int = 12) -> str:
        """The entry with the end of its traceback."""
        more = self.more if len(self.more) <= lines else ["…", *self.more[-lines:]]
        return "\n".join([f"{self.level} {self.logger}: {self.text}", *more])


def records(lines: Iterable[str]) -> Iterator[Record]:
    """Entries of a log; what precedes the first one belongs to none."""
    current: Record | None = None
    for raw in lines:
        line = COLOUR.sub("", raw.rstrip("\n"))
        match = HEADER.match(line)
        if match:
            if current:
                yield current
            text = match["text"].rstrip()
            current = Record(match["level"], match["logger"], text)
        elif current is None:
            current = Record("", "", line)
        else:
            current.more.append(line)
    if current:
        yield current


def problems(entries: Iterable[Record]) -> list[Record]:
    """Errors and tracebacks nobody expects, except the reports of failed tests."""
    return [
        entry
        for entry in entries
        if entry.is_problem and not entry.is_expected and not is_test_report(entry)
    ]


def warnings(entries: Iterable[Record]) -> list[str]:
    """Distinct warnings, in order."""
    found: dict[str, None] = {}
    for entry in entries:
        if entry.level == "WARNING" and not entry.is_expected and not entry.is_problem:
            found[f"{entry.logger}: {entry.text}"] = None
    return list(found)


TEST_LOGGER = re.compile(r"^odoo\.addons\.[^.]+\.tests\b")
STARTING = re.compile(r"^Starting (?P<test>\S+) \.\.\.$")
SKIPPED = re.compile(r"^skipped (?P<test>\S+) : (?P<reason>.*)$")
FAILED = re.compile(r"^(FAIL|ERROR): (?P<test>.*)$")
TOTAL = re.compile(
    r"^(?P<failed>\d+) failed, (?P<errors>\d+) error\(s\) of (?P<run>\d+) tests"
)
SUMMARY = re.compile(
    r"^(At least one test failed|Module \S+: \d+ failures, \d+ errors of)"
)
# A skip for one of these reasons hides a broken machine, not an optional feature.
BROKEN_SKIPS = ("Chrome executable not found", "devtools", "websocket")


def is_test_report(entry: Record) -> bool:
    """Whether an error is how Odoo reports a failed test, which is counted as such."""
    if entry.logger == "odoo.tests.result" and TOTAL.match(entry.text):
        return True
    if entry.logger == "odoo.modules.loading" and SUMMARY.match(entry.text):
        return True
    return bool(FAILED.match(entry.text)) and (
        TEST_LOGGER.match(entry.logger) is not None
        or entry.logger.startswith("odoo.tests")
    )


@dataclass
class TestCounts:
    """Outcome of a run of Odoo's tests."""

    started: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    total_seen: bool = False

    @property
    def passed(self) -> int:
        bad = {name.split(" ")[0] for name in self.failed}
        return sum(
            name not in bad and name not in self.skipped for name in self.started
        )


def count_tests(entries: Iterable[Record]) -> TestCounts:
    """Count tests from the log of ``odoo --test-tags``."""
    counts = TestCounts()
    for entry in entries:
        started = STARTING.match(entry.text)
        skipped = SKIPPED.match(entry.text)
        failed = FAILED.match(entry.text)
        if started:
            counts.started.append(f"{entry.logger}:{started['test']}")
        elif skipped:
            name = f"{entry.logger}:{skipped['test']}"
            broken = any(word in skipped["reason"] for word in BROKEN_SKIPS)
            target = counts.failed if broken else counts.skipped
            target[name] = skipped["reason"]
        elif failed and entry.level == "ERROR" and is_test_report(entry):
            name = failed["test"].removeprefix("Subtest ")
            counts.failed[f"{entry.logger}:{name}"] = entry.short()
        elif entry.logger == "odoo.tests.result" and TOTAL.match(entry.text):
            counts.total_seen = True
    return counts

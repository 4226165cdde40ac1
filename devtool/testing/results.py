"""Outcome of a suite and the summary at the end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

# A suite with fewer tests than this did not really run: it fails.
MINIMUM_TESTS = {"lint": 10, "pure": 500, "odoo": 200, "e2e": 30, "shop": 20}
SUITES = tuple(MINIMUM_TESTS)


@dataclass
class SuiteResult:
    """Counts of one suite, and what is wrong in words."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)

    @property
    def ran(self) -> int:
        return self.passed + self.failed

    def add(self, test: str, ok: bool, details: str = "") -> None:
        """Count one test and keep the details of a failure."""
        if ok:
            self.passed += 1
            return
        self.failed += 1
        self.failures.append(f"{test}\n{details}".strip())

    def require_minimum(self, minimum: int) -> None:
        """Too few tests are a failure: a suite that runs nothing proves nothing."""
        if self.ran < minimum:
            self.add("enough tests", False, f"{self.ran} ran, at least {minimum} must")


def table(results: Sequence[SuiteResult]) -> list[str]:
    """Lines of the summary."""
    lines = [f"{'suite':<8}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}"]
    lines += [
        f"{r.name:<8}{r.passed:>8}{r.failed:>8}{r.skipped:>9}{r.seconds:>9.0f}"
        for r in results
    ]
    return lines


def last_line(results: Sequence[SuiteResult]) -> str:
    """The one line that says it all."""
    passed = sum(result.passed for result in results)
    failed = sum(result.failed for result in results)
    skipped = sum(result.skipped for result in results)
    return f"{passed} passed, {failed} failed" + (
        f", {skipped} skipped" if skipped else ""
    )


def report(results: Sequence[SuiteResult], say: Callable[[str], None]) -> int:
    """Print failures, table and last line; the exit code."""
    for result in results:
        for failure in result.failures:
            say("")
            say(f"FAILED [{result.name}] {failure}")
    say("")
    for line in table(results):
        say(line)
    say("")
    say(last_line(results))
    return 1 if any(result.failed for result in results) else 0

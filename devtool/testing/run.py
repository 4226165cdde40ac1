"""``./dev test``: the suites, two at a time where they do not disturb each other."""

import contextlib
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence

from .. import lint, testkit
from ..errors import DevError
from ..paths import LOGS, TESTS
from ..processes import Supervisor
from ..progress import Progress
from ..python_env import PythonEnv
from ..system import ensure_browser
from ..workspace import Workspace, ensure_python, open_workspace
from . import odoo_suite, pytest_suite
from .results import MINIMUM_TESTS, SUITES, SuiteResult, report

# These need Odoo and the processor: one after the other. The others run beside them.
HEAVY = ("odoo", "e2e")
Say = Callable[[str], None]


class TestRun:
    """One run of some suites."""

    def __init__(
        self, expression: str | None, progress: Progress, supervisor: Supervisor
    ):
        self.expression = expression
        self.progress = progress
        self.supervisor = supervisor
        self.results: dict[str, SuiteResult] = {}

    def run(self, suites: Sequence[str]) -> int:
        """Run the suites and print the summary; the exit code."""
        started = time.monotonic()
        chosen = self._choose(suites)
        _source, python = ensure_python(self.progress)
        light = [name for name in chosen if name not in HEAVY]
        heavy = [name for name in chosen if name in HEAVY]
        beside = threading.Thread(target=self._run_light, args=(light, python))
        beside.start()
        try:
            if heavy:
                self._run_heavy(heavy)
        except BaseException:
            self.supervisor.close()
            raise
        finally:
            while beside.is_alive():  # a join without limit would not see Ctrl-C
                beside.join(timeout=0.5)
        ordered = [self.results[name] for name in chosen]
        self._require_tests(ordered)
        seconds = time.monotonic() - started
        self.progress.line(f"\nFull logs in {LOGS}; {seconds:.0f} s in all")
        return report(ordered, self.progress.line)

    def _choose(self, suites: Sequence[str]) -> list[str]:
        if suites:
            return [name for name in SUITES if name in suites]
        return [name for name in SUITES if name != "lint" or not self.expression]

    def _require_tests(self, results: list[SuiteResult]) -> None:
        if not self.expression:
            for result in results:
                result.require_minimum(MINIMUM_TESTS[result.name])
        elif not any(result.ran for result in results):
            reason = f"nothing matches {self.expression!r}"
            results[-1].add("some test", False, reason)

    def _run_light(self, names: list[str], python: PythonEnv) -> None:
        if "lint" in names:
            with self._suite("lint") as (result, say):
                lint.run(result, python, self.supervisor, say)
        if "pure" in names:
            with self._suite("pure") as (result, say):
                self._pytest(result, python, say)

    def _run_heavy(self, names: list[str]) -> None:
        ensure_browser(self.progress)
        with open_workspace(self.progress, self.supervisor, addons=False) as workspace:
            if "odoo" in names:
                with self._suite("odoo") as (result, say):
                    odoo_suite.run(result, workspace, say, self.expression)
            if "e2e" in names:
                with self._suite("e2e") as (result, say):
                    self._e2e(result, workspace, say)

    def _e2e(self, result: SuiteResult, workspace: Workspace, say: Say) -> None:
        if list((TESTS / "e2e").glob("**/test_*.py")):
            workspace.templates.addons()
            env = testkit.environment(workspace)
            self._pytest(result, workspace.python, say, env)

    def _pytest(
        self,
        result: SuiteResult,
        python: PythonEnv,
        say: Say,
        env: dict[str, str] | None = None,
    ) -> None:
        pytest_suite.run(
            result,
            TESTS / result.name,
            python=python,
            supervisor=self.supervisor,
            say=say,
            env=env or python.environment(),
            expression=self.expression,
        )

    @contextlib.contextmanager
    def _suite(self, name: str) -> Iterator[tuple[SuiteResult, Say]]:
        """A suite; whatever stops it is a failure of this suite."""

        def say(text: str) -> None:
            self.progress.line(f"[{name}] {text}")

        self.results[name] = result = SuiteResult(name)
        started = time.monotonic()
        try:
            yield result, say
        except DevError as error:
            result.add("setup", False, str(error))
        except Exception:  # noqa: BLE001 - reported as a failed test with its traceback
            result.add("test runner", False, traceback.format_exc())
        result.seconds = time.monotonic() - started

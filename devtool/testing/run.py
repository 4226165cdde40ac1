"""``./dev test``: all suites at the same time, each in processes of its own."""

import contextlib
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .. import lint, testkit
from ..errors import DevError
from ..paths import LOGS, TESTS
from ..processes import Supervisor
from ..progress import Progress
from ..python_env import PythonEnv
from ..shop import install as shop_install
from ..shop import template as shop_template
from ..shop.install import Installation
from ..system import ensure_browser
from ..workspace import Workspace, ensure_python, open_workspace
from . import odoo_suite, pytest_suite
from .results import MINIMUM_TESTS, SUITES, SuiteResult, last_line, report

# These need Odoo and a database; the others begin before there is one.
HEAVY = ("odoo", "e2e", "shop")
# Files of end-to-end tests at the same time, each with servers of its own
E2E_WORKERS = 2
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
        self.shop = Beside(lambda: None)
        self.company = ""

    def run(self, suites: Sequence[str]) -> int:
        """Run the suites and print the summary; the exit code."""
        started = time.monotonic()
        chosen = self._choose(suites)
        light = [name for name in chosen if name not in HEAVY]
        heavy = [name for name in chosen if name in HEAVY]
        browser = Beside(lambda: ensure_browser(self.progress))
        if heavy:
            browser.start()
        _source, python = ensure_python(self.progress)
        self.shop = Beside(lambda: shop_install.ensure(lambda: python, self.progress))
        if "shop" in chosen:
            self.shop.start()
        beside = threading.Thread(target=self._run_light, args=(light, python))
        beside.start()
        try:
            if heavy:
                self._run_heavy(heavy, browser)
            _wait(beside)
        except BaseException:
            self.supervisor.close()
            raise
        finally:
            _wait(beside)
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

    def _run_heavy(self, names: list[str], browser: "Beside") -> None:
        try:
            with open_workspace(self.progress, self.supervisor) as workspace:
                browser.finish()
                self._run_beside(names, workspace)
        except DevError as error:
            for name in names:
                if name not in self.results:
                    self.results[name] = SuiteResult(name)
                    self.results[name].add("setup", False, str(error))

    def _run_beside(self, names: list[str], workspace: Workspace) -> None:
        """Suites that share a workspace, at the same time."""
        runs = {"odoo": self._odoo, "e2e": self._e2e, "shop": self._shop}
        threads = [
            threading.Thread(target=runs[name], args=(workspace,)) for name in names
        ]
        with self._company(names, workspace):
            for thread in threads:
                thread.start()
            try:
                _wait(*threads)
            except BaseException:
                self.supervisor.close()  # ends what the threads wait for
                raise
            finally:
                _wait(*threads)

    @contextlib.contextmanager
    def _company(self, names: list[str], workspace: Workspace) -> Iterator[None]:
        """A database for the company of those suites that share one.

        The first process that needs the company makes it there.
        """
        if not {"e2e", "shop"}.intersection(names):
            yield
            return
        template = workspace.templates.addons()
        with workspace.databases.temporary("e2e_company", template) as self.company:
            yield

    def _odoo(self, workspace: Workspace) -> None:
        with self._suite("odoo") as (result, say):
            odoo_suite.run(result, workspace, say, self.expression)

    def _e2e(self, workspace: Workspace) -> None:
        with self._suite("e2e") as (result, say):
            workers = 1 if self.expression else E2E_WORKERS
            env = self._environment(workspace)
            self._pytest(result, workspace.python, say, env, workers)

    def _shop(self, workspace: Workspace) -> None:
        with self._suite("shop") as (result, say):
            installation: Installation = self.shop.finish()
            shop_template.ensure(installation, workspace.databases, self.progress)
            env = self._environment(workspace)
            self._pytest(result, workspace.python, say, env)

    def _environment(self, workspace: Workspace) -> dict[str, str]:
        return {**testkit.environment(workspace), "DEV_COMPANY_DB": self.company}

    def _pytest(
        self,
        result: SuiteResult,
        python: PythonEnv,
        say: Say,
        env: dict[str, str] | None = None,
        workers: int = 1,
    ) -> None:
        pytest_suite.run(
            result,
            TESTS / result.name,
            python=python,
            supervisor=self.supervisor,
            say=say,
            env=env or python.environment(),
            expression=self.expression,
            workers=workers,
        )

    @contextlib.contextmanager
    def _suite(self, name: str) -> Iterator[tuple[SuiteResult, Say]]:
        """A suite; whatever stops it is a failure of this suite."""

        def say(text: str) -> None:
            self.progress.line(f"[{name}] {text}")

        self.results[name] = result = SuiteResult(name)
        started = time.monotonic()
        say("begins")
        try:
            yield result, say
        except DevError as error:
            result.add("setup", False, str(error))
        except Exception:  # noqa: BLE001 - reported as a failed test with its traceback
            result.add("test runner", False, traceback.format_exc())
        result.seconds = time.monotonic() - started
        counts = last_line([result])
        say(f"ends after {result.seconds:.0f} s: {counts}")


class Beside(threading.Thread):
    """Something that is done beside the rest, and may fail there."""

    def __init__(self, work: Callable[[], Any]):
        super().__init__(daemon=True)
        self.work = work
        self.found: Any = None
        self.error: DevError | None = None

    def run(self) -> None:
        try:
            self.found = self.work()
        except DevError as error:
            self.error = error

    def finish(self) -> Any:
        """Wait for its end; what it found. Raises what it could not do."""
        _wait(self)
        if self.error:
            raise self.error
        return self.found


def _wait(*threads: threading.Thread) -> None:
    """Until they have ended; a join without limit would not see Ctrl-C."""
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(timeout=0.5)

"""The ``odoo`` suite: our addons' tests, in several Odoos with a database each."""

import ast
import contextlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .. import odoo_log
from ..i18n import check_translations
from ..paths import ADDONS, DEVTOOL, LOGS, RUNTIME, TESTS, addon_names
from ..ports import any_free
from ..workspace import Workspace
from .results import SuiteResult

LAUNCHER = DEVTOOL / "odoo_scripts" / "share_tests.py"
MOST_PROCESSES = 4
Say = Callable[[str], None]


def run(
    result: SuiteResult,
    workspace: Workspace,
    say: Say,
    expression: str | None = None,
) -> None:
    """All addons, with browser; the classes of tests are shared between processes.

    Tests run in processes that find the addons installed, as in production: one that
    installs them loads them last, so that their overrides come before Odoo's own.
    """
    tags = test_tags(addon_names(), expression)
    if not tags:
        return
    template = workspace.templates.tests()
    result.add("the addons install", True)
    processes = 1 if expression else min(os.cpu_count() or 1, MOST_PROCESSES)
    with contextlib.ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="tests-", dir=RUNTIME)
        shared = Path(stack.enter_context(temporary))
        copies = [
            stack.enter_context(workspace.databases.temporary(purpose, template))
            for purpose in [f"test{n}" for n in range(1, processes + 1)]
        ]
        pool = stack.enter_context(ThreadPoolExecutor(processes + 1))
        runs = [
            pool.submit(_run_tests, workspace, f"odoo-{n}", database, tags, shared, say)
            for n, database in enumerate(copies, 1)
        ]
        terms = None if expression else pool.submit(_translations, workspace)
        started: list[str] = []
        for future in runs:
            entries, code, log = future.result()
            started += judge(entries, code, result, log).started
            for warning in odoo_log.warnings(entries):
                say(f"WARNING {warning[:300]}")
        check_shares(result, started, sorted(shared.glob("*.json")))
        for addon, problems in terms.result().items() if terms else ():
            say(f"translations of {addon}: {'FAILED' if problems else 'ok'}")
            result.add(f"translations of {addon}", not problems, "\n".join(problems))


def _translations(workspace: Workspace) -> dict[str, list[str]]:
    # Without the addons for tests: a mixin's terms name each of its heirs.
    template = workspace.templates.addons()
    with workspace.databases.temporary("terms", template) as database:
        return check_translations(workspace, database)


def _run_tests(
    workspace: Workspace,
    name: str,
    database: str,
    tags: list[str],
    shared: Path,
    say: Say,
) -> tuple[list[odoo_log.Record], int, Path]:
    """One of the processes, to its end: its log's entries, exit code, log."""
    arguments = ["-d", database, "--stop-after-init", f"--http-port={any_free()}"]
    arguments += [f"--test-tags={','.join(tags)}"]
    arguments += [f"--screenshots={LOGS / 'browser'}"]
    at = ""

    def on_record(entry: odoo_log.Record) -> None:
        nonlocal at
        started = odoo_log.STARTING.match(entry.text)
        if started:
            module = entry.logger.removeprefix("odoo.addons.").partition(".")[0]
            case = f"{module} {started['test'].partition('.')[0]}"
            if case != at:
                say(case)
            at = case
        elif entry.level in ("ERROR", "CRITICAL") and not entry.is_expected:
            say(f"{entry.level} {entry.text[:200]}")

    code, log, _output = workspace.odoo.run(
        name,
        arguments,
        # Providers are tested against the sandbox, which is no addon.
        env={"TESTS_SHARED_IN": str(shared), "PYTHONPATH": str(TESTS)},
        launcher=LAUNCHER,
        on_record=on_record,
    )
    with log.open(errors="replace") as lines:
        return list(odoo_log.records(lines)), code, log


def check_shares(
    result: SuiteResult, started: Iterable[str], plans: Iterable[Path]
) -> None:
    """Every test that some process knows of ran once, in whichever process."""
    planned = {name for path in plans for name in json.loads(path.read_text())}
    counts = Counter(started)
    wrong = [f"not run: {name}" for name in sorted(planned - set(counts))]
    wrong += [f"run {n} times: {name}" for name, n in counts.items() if n > 1]
    result.add("every test ran once", not wrong, "\n".join(wrong[:20]))


def judge(
    entries: list[odoo_log.Record], code: int, result: SuiteResult, log: Path
) -> odoo_log.TestCounts:
    """Turn the log of a process into counted tests."""
    counts = odoo_log.count_tests(entries)
    result.passed += counts.passed
    result.skipped += len(counts.skipped)
    for name, details in counts.failed.items():
        result.add(name, False, details)
    problems = odoo_log.problems(entries)
    details = "\n".join(entry.short() for entry in problems[:20])
    result.add("no unexpected errors in the log", not problems, f"{log}\n{details}")
    complete = counts.total_seen and (code == 0 or bool(counts.failed or problems))
    ending = f"exit code {code}, the total was {'' if counts.total_seen else 'not '}"
    result.add("Odoo ran to its end", complete, f"{ending}logged: {log}")
    return counts


def test_tags(names: Iterable[str], expression: str | None) -> list[str]:
    """Odoo's test tags for all our tests, or for those whose name contains a text."""
    if not expression:
        return [f"/{name}" for name in names]
    if expression.startswith(("/", ":", ".")):
        return [expression]
    return [
        f"/{name}:{case}.{method}"
        for name in names
        for path in sorted((ADDONS / name / "tests").glob("test_*.py"))
        for case, method in test_methods(path)
        if expression.lower() in f"{path.stem}.{case}.{method}".lower()
    ]


def test_methods(path: Path) -> list[tuple[str, str]]:
    """Classes and their own test methods in a file."""
    return [
        (node.name, child.name)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
        for child in node.body
        if isinstance(child, ast.FunctionDef) and child.name.startswith("test_")
    ]

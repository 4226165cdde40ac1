"""The ``odoo`` suite: our addons' tests, in several Odoos with a database each."""

import ast
import contextlib
import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .. import odoo_log
from ..i18n import check_translations
from ..paths import ADDONS, APART, DEVTOOL, LOGS, RUNTIME, TESTS, usual_names
from ..ports import any_free
from ..workspace import Workspace
from .results import SuiteResult

LAUNCHER = DEVTOOL / "odoo_scripts" / "share_tests.py"
MOST_PROCESSES = 4
Say = Callable[[str], None]
# The entries of a process's log, its exit code, its log
Ended = tuple[list[odoo_log.Record], int, Path]


@dataclass(frozen=True)
class Group:
    """Addons that are tested in databases of the same template.

    :param build: gives the name of the template
    :param processes: that share the classes of tests
    """

    name: str
    addons: Sequence[str]
    build: Callable[[], str]
    processes: int = 1

    def tags(self, expression: str | None) -> list[str]:
        """See :func:`test_tags`; a tag itself is for the addons that it names."""
        if expression and expression.startswith("/"):
            addon = re.split(r"[/:.]", expression)[1]
            return [expression] if addon in self.addons else []
        return test_tags(self.addons, expression)


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
    processes = 1 if expression else min(os.cpu_count() or 1, MOST_PROCESSES)
    templates = workspace.templates
    groups = [
        Group("odoo", usual_names(), templates.tests, processes),
        Group("apart", APART, templates.apart),
    ]
    groups = [group for group in groups if group.tags(expression)]
    if not groups:
        return
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(len(groups) + 1))
        templates.tests()  # before those that begin with it
        result.add("the addons install", True)
        runs = [
            pool.submit(_run_group, group, workspace, say, expression)
            for group in groups
        ]
        terms = None if expression else pool.submit(check_translations, workspace)
        for future in runs:
            ended, shares = future.result()
            started: list[str] = []
            for entries, code, log in ended:
                started += judge(entries, code, result, log).started
                for warning in odoo_log.warnings(entries):
                    say(f"WARNING {warning[:300]}")
            check_shares(result, started, shares)
        for addon, problems in terms.result().items() if terms else ():
            say(f"translations of {addon}: {'FAILED' if problems else 'ok'}")
            result.add(f"translations of {addon}", not problems, "\n".join(problems))


def _run_group(
    group: Group, workspace: Workspace, say: Say, expression: str | None
) -> tuple[list[Ended], list[list[str]]]:
    """Run the tests of a group to their end.

    :return: what each process left, and the tests that it knows of
    """
    tags, template = group.tags(expression), group.build()
    with contextlib.ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="tests-", dir=RUNTIME)
        shared = Path(stack.enter_context(temporary))
        names = [f"{group.name}-{n}" for n in range(1, group.processes + 1)]
        copies = [
            stack.enter_context(workspace.databases.temporary(name, template))
            for name in names
        ]
        pool = stack.enter_context(ThreadPoolExecutor(group.processes))
        runs = [
            pool.submit(_run_tests, workspace, name, database, tags, shared, say)
            for name, database in zip(names, copies, strict=True)
        ]
        ended = [future.result() for future in runs]
        return ended, [json.loads(p.read_text()) for p in sorted(shared.glob("*.json"))]


def _run_tests(
    workspace: Workspace,
    name: str,
    database: str,
    tags: list[str],
    shared: Path,
    say: Say,
) -> Ended:
    """One of the processes, to its end."""
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
    result: SuiteResult, started: Iterable[str], plans: Iterable[Iterable[str]]
) -> None:
    """Every test that some process knows of ran once, in whichever process."""
    planned = {name for plan in plans for name in plan}
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

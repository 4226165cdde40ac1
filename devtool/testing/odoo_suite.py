"""The ``odoo`` suite: install our addons on a copy and run their tests in Odoo."""

import ast
from collections.abc import Callable, Iterable
from pathlib import Path

from .. import odoo_log
from ..i18n import check_translations
from ..paths import ADDONS, LOGS, TESTS, addon_names
from ..ports import any_free
from ..workspace import Workspace
from .results import SuiteResult


def run(
    result: SuiteResult,
    workspace: Workspace,
    say: Callable[[str], None],
    expression: str | None = None,
) -> None:
    """All addons in one go, with browser.

    Tests run in a process that finds the addons installed, as in production: one that
    installs them loads them last, so that their overrides come before Odoo's own.
    """
    names = addon_names()
    tags = test_tags(names, expression)
    if not tags:
        return
    core = workspace.templates.core()
    with workspace.databases.temporary("test", core) as database:
        if not _install(workspace, database, names, result, say):
            return
        complete = _run_tests(workspace, database, tags, result, say)
        if complete and not expression:
            for addon, problems in check_translations(workspace, database).items():
                say(f"translations of {addon}: {'FAILED' if problems else 'ok'}")
                details = "\n".join(problems)
                result.add(f"translations of {addon}", not problems, details)


def _install(
    workspace: Workspace,
    database: str,
    names: list[str],
    result: SuiteResult,
    say: Callable[[str], None],
) -> bool:
    def on_record(entry: odoo_log.Record) -> None:
        loading = odoo_log.LOADING.match(entry.text)
        if loading and loading["module"] in names:
            say(f"installing {loading['module']}")

    arguments = ["-d", database, "-i", ",".join(names)]
    arguments += ["--no-http", "--stop-after-init"]
    code, log, _output = workspace.odoo.run(
        "odoo-install", arguments, on_record=on_record
    )
    with log.open(errors="replace") as lines:
        entries = list(odoo_log.records(lines))
    problems = odoo_log.problems(entries)
    details = "\n".join(entry.short() for entry in problems[:20])
    installed = code == 0 and not problems
    result.add("the addons install", installed, f"{log}\n{details}")
    for warning in odoo_log.warnings(entries):
        say(f"WARNING {warning[:300]}")
    return installed


def _run_tests(
    workspace: Workspace,
    database: str,
    tags: list[str],
    result: SuiteResult,
    say: Callable[[str], None],
) -> bool:
    arguments = ["-d", database, "--stop-after-init", f"--http-port={any_free()}"]
    arguments += [f"--test-tags={','.join(tags)}"]
    arguments += [f"--screenshots={LOGS / 'browser'}"]

    def on_record(entry: odoo_log.Record) -> None:
        started = odoo_log.STARTING.match(entry.text)
        if started:
            module = entry.logger.removeprefix("odoo.addons.").partition(".")[0]
            say(f"{module} {started['test']}")
        elif entry.level in ("ERROR", "CRITICAL") and not entry.is_expected:
            say(f"{entry.level} {entry.text[:200]}")

    code, log, _output = workspace.odoo.run(
        "odoo",
        arguments,
        # Providers are tested against the sandbox, which is no addon.
        env={"PYTHONPATH": str(TESTS)},
        on_record=on_record,
    )
    with log.open(errors="replace") as lines:
        entries = list(odoo_log.records(lines))
    complete = judge(entries, code, result, log)
    for warning in odoo_log.warnings(entries):
        say(f"WARNING {warning[:300]}")
    return complete


def judge(
    entries: list[odoo_log.Record], code: int, result: SuiteResult, log: Path
) -> bool:
    """Turn the log of a run into counted tests; whether Odoo came to its end."""
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
    return complete


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

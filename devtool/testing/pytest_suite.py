"""Suites that pytest runs: ``pure``, ``e2e`` and ``shop``."""

import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from ..paths import LOGS, ROOT
from ..processes import Supervisor
from ..python_env import PythonEnv
from .results import SuiteResult

NO_TESTS = 5
# From here on pytest repeats at length what the report at the end says again.
DETAILS = re.compile(r"^=+ (FAILURES|ERRORS|warnings summary|short test summary)")
# A test that a worker begins, before the line with its outcome
BEGINS = re.compile(r"^tests/\S+::(?!.* (PASSED|FAILED|ERROR|SKIPPED)\b)")
LAST = re.compile(r"^=* ?(no tests ran|\d+ [a-z]+)\b.* in [\d.]+s")


def run(
    result: SuiteResult,
    folder: Path,
    *,
    python: PythonEnv,
    supervisor: Supervisor,
    say: Callable[[str], None],
    env: Mapping[str, str],
    expression: str | None = None,
    workers: int = 1,
) -> None:
    """Run the tests of a folder and read the counts from pytest's own report.

    With several workers each takes a whole file at a time.
    """
    name = result.name
    LOGS.mkdir(parents=True, exist_ok=True)
    report = LOGS / f"{name}.xml"
    report.unlink(missing_ok=True)
    # Slow tests one a line, to see where they are
    detail = "-q" if name == "pure" else "-v"
    command = [str(python.python), "-m", "pytest", str(folder), detail, "--no-header"]
    command += ["--tb=short", "-p", "no:cacheprovider", f"--junitxml={report}"]
    if workers > 1:
        command += [f"--numprocesses={workers}", "--dist=loadfile"]
    if expression:
        command += ["-k", expression]
    log = LOGS / f"{name}.log"
    child = supervisor.start(
        name,
        command,
        env=env,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert child.popen.stdout
    tell(child.popen.stdout, log, say)
    code = child.wait()
    supervisor.end(child)
    if report.exists():
        read_report(report, result)
    if code not in (0, 1, NO_TESTS) or (code == 1 and not result.failed):
        details = f"pytest ended with exit code {code}, see {log}"
        result.add("pytest", False, details)


def tell(output: Iterable[str], path: Path, say: Callable[[str], None]) -> None:
    """All of it into the log; to the terminal what does not come again in the end."""
    quiet = False
    with path.open("w") as log:
        for line in output:
            log.write(line)
            log.flush()
            quiet = quiet or DETAILS.match(line) is not None
            hidden = quiet and not LAST.match(line) or BEGINS.match(line)
            if line.strip() and not hidden:
                say(line.rstrip())


def read_report(path: Path, result: SuiteResult) -> None:
    """Add the outcomes of a JUnit file."""
    failed: dict[str, str] = {}
    passed: set[str] = set()
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname', '')}.{case.get('name', '')}".strip(".")
        bad = next((c for c in case if c.tag in ("failure", "error")), None)
        if bad is not None:
            failed[name] = (bad.text or bad.get("message") or "").strip()[-1500:]
        elif case.find("skipped") is not None:
            result.skipped += 1
        else:
            passed.add(name)
    for name in passed - set(failed):
        result.add(name, True)
    for name, details in failed.items():
        result.add(name, False, details)

"""The linters of others: ruff, pylint-odoo, OCA's checks."""

import subprocess

from ..paths import ADDONS, ROOT
from ..processes import Supervisor
from ..python_env import PythonEnv

PYTHON_FOLDERS = ("addons", "devtool", "docker", "tests")
OUTPUT_LINES = 60


def commands(python: PythonEnv, addons: list[str]) -> dict[str, list[str]]:
    """Name and command line of each tool."""
    run = [str(python.python), "-m"]
    folders = [name for name in PYTHON_FOLDERS if (ROOT / name).is_dir()] + ["dev"]
    found = {
        "ruff check": [*run, "ruff", "check", "--no-cache", *folders],
        "ruff format": [*run, "ruff", "format", "--no-cache", "--check", *folders],
    }
    if addons:
        paths = [f"addons/{name}" for name in addons]
        found["pylint-odoo"] = [*run, "pylint", "--rcfile=.pylintrc", *paths]
        found["oca-checks-odoo-module"] = _oca(python, "cli", paths)
        # po-pretty-format empties translations that equal the term ("ID"): such a
        # term would then look forgotten
        po_arguments = ["--disable", "po-pretty-format", *_po_files()]
        found["oca-checks-po"] = _oca(python, "cli_po", po_arguments)
    return found


def fixers(python: PythonEnv, addons: list[str]) -> dict[str, list[str]]:
    """The same tools, repairing what they can."""
    run = [str(python.python), "-m", "ruff"]
    folders = [name for name in PYTHON_FOLDERS if (ROOT / name).is_dir()] + ["dev"]
    paths = [f"addons/{name}" for name in addons]
    return {
        "ruff check": [*run, "check", "--no-cache", "--fix", *folders],
        "ruff format": [*run, "format", "--no-cache", *folders],
        "oca-checks-odoo-module": _oca(python, "cli", ["--fix", *paths]),
    }


def _po_files() -> list[str]:
    files = sorted(ADDONS.glob("*/i18n/*.po*"))
    return [str(path.relative_to(ROOT)) for path in files]


def _oca(python: PythonEnv, module: str, arguments: list[str]) -> list[str]:
    start = f"from oca_pre_commit_hooks.{module} import main; main()"
    return [str(python.python), "-c", start, *arguments]


def output_if_failed(
    name: str, command: list[str], python: PythonEnv, supervisor: Supervisor
) -> str | None:
    """Run a tool; None when it is satisfied, else what it says."""
    child = supervisor.start(
        name,
        command,
        env=python.environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _nothing = child.popen.communicate()
    supervisor.end(child)
    if child.popen.returncode == 0:
        return None
    folder = f"{ROOT}/".lstrip("/")
    shown = output.replace(f"/{folder}", "").replace(folder, "")
    lines = [line for line in shown.splitlines() if line.strip()]
    hidden = len(lines) - OUTPUT_LINES
    return "\n".join(lines[:OUTPUT_LINES]) + (
        f"\n… {hidden} more lines" if hidden > 0 else ""
    )

"""``./dev lint``: every tool and every check of our own counts as one test."""

from collections.abc import Callable

from ..paths import addon_names
from ..processes import Supervisor
from ..python_env import PythonEnv
from ..testing.results import SuiteResult
from . import checks, tools

__all__ = ["fix", "run"]


def run(
    result: SuiteResult,
    python: PythonEnv,
    supervisor: Supervisor,
    say: Callable[[str], None],
) -> None:
    """Run all tools and checks."""
    for name, command in tools.commands(python, addon_names()).items():
        output = tools.output_if_failed(name, command, python, supervisor)
        result.add(name, output is None, output or "")
        say(f"{name}: {'ok' if output is None else 'FAILED'}")
    files = checks.source_files()
    for name, check in checks.CHECKS.items():
        found = check(files)
        result.add(name, not found, "\n".join(found))
        say(f"{name}: {'ok' if not found else 'FAILED'}")


def fix(python: PythonEnv, supervisor: Supervisor, say: Callable[[str], None]) -> None:
    """Let the tools that can repair what they find do so."""
    for name, command in tools.fixers(python, addon_names()).items():
        tools.output_if_failed(name, command, python, supervisor)
        say(f"{name}: done")

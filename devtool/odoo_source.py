"""Odoo 19 itself: Debian's package, unpacked, or an existing checkout."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .apt import PrivateApt, unpack
from .errors import DevError
from .paths import (
    RUNTIME,
    STAMP,
    digest,
    is_stamped,
    read_json,
    remove_tree,
    stamp,
    swap_into_place,
)
from .progress import Progress

HOME = RUNTIME / "odoo19"
SERIES = "19.0"
PACKAGE = "odoo-19"
# What the package links to. Odoo needs the 4.7 files of Font Awesome, which the
# unstable suite no longer has.
LINKED_PACKAGES = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-dejavu-core",
    "fonts-glyphicons-halflings",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "fonts-font-awesome/stable",
)
# In the web client's bundles, but not free enough for Debian. Without a file at this
# place every page logs an error.
STUBS = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)
STUB_TEXT = "/* Not part of this distribution. */\n"
RECIPE = "1"


@dataclass(frozen=True)
class OdooSource:
    """Where Odoo's Python packages are and which extra addons folders it has."""

    python_path: Path
    addons_paths: tuple[Path, ...]
    version: str

    @property
    def core_addons(self) -> Path:
        """Where most of Odoo's own addons are."""
        if self.addons_paths:
            return self.addons_paths[0]
        return self.python_path / "odoo" / "addons"


def ensure(progress: Progress) -> OdooSource:
    """The Odoo to use; downloads and unpacks it when there is none."""
    chosen = os.environ.get("ODOO_SOURCE")
    if chosen:
        return _existing(Path(chosen).expanduser().resolve())
    key = digest(RECIPE, PACKAGE, *LINKED_PACKAGES)
    if not is_stamped(HOME, key):
        with progress.step("Downloading and unpacking Odoo 19") as step:
            _install(key, step.note)
    version = str(read_json(HOME / STAMP).get("version", SERIES))
    return OdooSource(_dist_packages(HOME), (), version)


def _install(key: str, note: Callable[[str], None]) -> None:
    built = HOME.with_name("odoo19.new")
    downloads = RUNTIME / "downloads"
    remove_tree(built)
    remove_tree(downloads)
    note("package lists")
    apt = PrivateApt(("unstable", "stable"))
    apt.prepare()
    version = apt.version(PACKAGE)
    note(f"{PACKAGE} {version}")
    for package in apt.download((PACKAGE, *LINKED_PACKAGES), downloads):
        note(f"unpacking {package.name.partition('_')[0]}")
        unpack(package, built)
    dist_packages = _dist_packages(built)
    _check_series(dist_packages)
    for stub in STUBS:
        path = dist_packages / "odoo" / "addons" / stub
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(STUB_TEXT)
    stamp(built, key, version=version)
    swap_into_place(built, HOME)
    remove_tree(downloads)


def _existing(checkout: Path) -> OdooSource:
    if not (checkout / "odoo").is_dir():
        raise DevError(f"ODOO_SOURCE={checkout} has no folder 'odoo'.")
    version = _check_series(checkout)
    extra = checkout / "addons"
    return OdooSource(checkout, (extra,) if extra.is_dir() else (), version)


def _check_series(python_path: Path) -> str:
    release = python_path / "odoo" / "release.py"
    match = re.search(
        r"^version_info\s*=\s*\((\d+),\s*(\d+)",
        release.read_text() if release.exists() else "",
        re.MULTILINE,
    )
    version = ".".join(match.groups()) if match else "unknown"
    if version != SERIES:
        raise DevError(f"Odoo {SERIES} is needed, {python_path} has {version}.")
    return version


def _dist_packages(folder: Path) -> Path:
    return folder / "usr" / "lib" / "python3" / "dist-packages"

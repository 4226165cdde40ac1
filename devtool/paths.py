"""Where things are. Everything that is built or downloaded is under ``.runtime``."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = ROOT / ".runtime"
ADDONS = ROOT / "addons"
TESTS = ROOT / "tests"
DEVTOOL = ROOT / "devtool"
LOGS = RUNTIME / "logs"
DATA = RUNTIME / "odoo-data"
CONFIG = RUNTIME / "odoo.conf"

STAMP = ".stamp.json"
# Addons that bring in modules of Odoo's which change what the others do: they, and the
# addons that test them, are installed and tested in a database of their own.
APART = ("channel_catalog_mrp", "test_channel_catalog_mrp")
# Files of an addon that change nothing in a database where it is installed.
_NOT_INSTALLED = {"tests", "readme", "i18n", "__pycache__"}


def addon_names(*, with_tests: bool = True, folder: Path = ADDONS) -> list[str]:
    """Names of this repository's addons, in alphabetical order."""
    names = sorted(path.parent.name for path in folder.glob("*/__manifest__.py"))
    return [name for name in names if with_tests or not name.startswith("test_")]


def usual_names(*, with_tests: bool = True) -> list[str]:
    """The same without those that are installed apart."""
    return [name for name in addon_names(with_tests=with_tests) if name not in APART]


def digest(*parts: str) -> str:
    """Short, stable fingerprint of several texts."""
    joined = "\0".join(parts).encode()
    return hashlib.sha256(joined).hexdigest()[:16]


def digest_files(files: Iterable[Path]) -> str:
    """Fingerprint of the contents of files."""
    total = hashlib.sha256()
    for path in files:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        total.update(path.read_bytes() + b"\0")
    return total.hexdigest()[:16]


def digest_addons(names: Iterable[str]) -> str:
    """Fingerprint of what installing these addons would put into a database."""
    files = []
    for name in sorted(names):
        for path in sorted((ADDONS / name).rglob("*")):
            inner = path.relative_to(ADDONS / name)
            ignored = _NOT_INSTALLED.intersection(inner.parts)
            if path.is_file() and not ignored and path.suffix not in (".md", ".rst"):
                files.append(path)
    return digest_files(files)


def read_json(path: Path) -> dict[str, Any]:
    """Content of a small state file; empty when missing or damaged."""
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a small state file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    temporary.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")
    temporary.replace(path)


def is_stamped(folder: Path, key: str) -> bool:
    """Whether a folder was completed for exactly this key."""
    return read_json(folder / STAMP).get("key") == key


def stamp(folder: Path, key: str, **details: Any) -> None:
    """Mark a folder as complete; the last thing its builder does."""
    write_json(folder / STAMP, {"key": key, **details})


def remove_tree(path: Path) -> None:
    """Remove a folder, a file or a link, if it is there."""
    if path.is_symlink() or path.is_file():
        path.unlink(missing_ok=True)
    elif path.exists():
        shutil.rmtree(path)


def swap_into_place(built: Path, final: Path) -> None:
    """Replace ``final`` by ``built``, which is complete."""
    old = final.with_name(f"{final.name}.old")
    remove_tree(old)
    if final.exists() or final.is_symlink():
        final.rename(old)
    built.rename(final)
    remove_tree(old)

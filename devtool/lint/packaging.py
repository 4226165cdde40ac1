"""What makes a package of an addon: README.rst, pyproject.toml, a true manifest.

README.rst is made from the fragments in ``readme/``, as OCA does. OCA's own generator
is not a package of the index. Markdown becomes reStructuredText by the same program,
pandoc, which only ``./dev lint --fix`` fetches: a fingerprint of the fragments and of
the text tells whether a README.rst is what they would make.
"""

import ast
import hashlib
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import DevError
from ..paths import ADDONS, ROOT, RUNTIME, is_stamped
from ..python_env import PythonEnv, install_wheel

PANDOC = "pypandoc-binary==1.17"
HOME = RUNTIME / "pandoc"
# File and title of a fragment; the names are OCA's
FRAGMENTS = {
    "DESCRIPTION": "",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "DEVELOP": "Development",
}
HEADER = """\
.. Made from the fragments in readme/ by ./dev lint --fix; what is edited here is lost.
   Fingerprint: {}
"""
FINGERPRINT = re.compile(r"\A.*\n   Fingerprint: ([0-9a-f]{64})\n")
PYPROJECT = """\
[build-system]
requires = ["whool"]
build-backend = "whool.buildapi"
"""

# Domains that are nobody's
INVENTED = re.compile(r"//([^/]*\.)?example\.|\.(example|test|invalid)\b|localhost")

KEYS = ("name", "author", "license", "development_status")

Convert = Callable[[str], str]


def stale(files: list[Path], addons: Path = ADDONS) -> list[str]:
    """What is not as the fragments and manifests say, whichever the files are."""
    wrong = []
    for folder in _folders(addons):
        if lacking := set(KEYS) - _manifest(folder).keys():
            wrong.append(
                f"{folder.name}: no {', '.join(sorted(lacking))} in its manifest"
            )
            continue
        if INVENTED.search(str(_manifest(folder).get("website"))):
            wrong.append(f"{folder.name}: its website is invented")
        for path in (folder / "readme").iterdir():
            if path.stem not in FRAGMENTS or path.suffix != ".md":
                wrong.append(f"{path.relative_to(addons)}: no known fragment")
        for name, fits in {"README.rst": _is_readme, "pyproject.toml": _packs}.items():
            if not fits(folder / name):
                wrong.append(f"{folder.name}/{name}: run ./dev lint --fix")
    return wrong


def write(python: PythonEnv, addons: Path = ADDONS) -> None:
    """Make what is missing or stale."""
    for folder in _folders(addons):
        if set(KEYS) - _manifest(folder).keys():
            continue
        (folder / "pyproject.toml").write_text(PYPROJECT)
        if not _is_readme(folder / "README.rst"):
            text = readme(folder, lambda markdown: _pandoc(markdown, python))
            (folder / "README.rst").write_text(text)


def readme(folder: Path, convert: Convert) -> str:
    """The text of an addon's README.rst."""
    manifest = _manifest(folder)
    parts = [_title(manifest["name"], over=True)]
    for name, title in FRAGMENTS.items():
        fragment = folder / "readme" / f"{name}.md"
        if fragment.exists():
            parts += [_title(title)] if title else []
            parts.append(convert(fragment.read_text()))
    parts.append(_title("Credits"))
    parts.append(
        f":Author: {manifest['author']}\n:License: {manifest['license']}\n"
        f":Status: {manifest['development_status']}"
    )
    body = "\n" + "\n\n".join(part.strip() for part in parts) + "\n"
    return HEADER.format(_fingerprint(folder, body)) + body


def _is_readme(path: Path) -> bool:
    text = path.read_text() if path.exists() else ""
    found = FINGERPRINT.match(text)
    return bool(found) and found[1] == _fingerprint(path.parent, text[found.end() :])


def _packs(path: Path) -> bool:
    return path.exists() and path.read_text() == PYPROJECT


def _fingerprint(folder: Path, body: str) -> str:
    manifest = _manifest(folder)
    parts = [str(manifest[key]) for key in KEYS]
    for path in sorted((folder / "readme").glob("*.md")):
        parts += [path.name, path.read_text()]
    return hashlib.sha256("\0".join([*parts, body]).encode()).hexdigest()


def _folders(addons: Path) -> list[Path]:
    return sorted(path.parent for path in addons.glob("*/__manifest__.py"))


def _manifest(folder: Path) -> dict[str, Any]:
    return ast.literal_eval((folder / "__manifest__.py").read_text())


def _title(text: str, *, over: bool = False) -> str:
    line = "=" * len(text)
    return f"{line}\n{text}\n{line}" if over else f"{text}\n{line}"


def _pandoc(markdown: str, python: PythonEnv) -> str:
    if not is_stamped(HOME, PANDOC):
        install_wheel(python, PANDOC, HOME)
    program = HOME / "pypandoc" / "files" / "pandoc"
    done = subprocess.run(
        [str(program), "--from=gfm", "--to=rst", "--columns=88"],
        input=markdown,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if done.returncode:
        raise DevError(f"pandoc: {done.stderr.strip()}")
    return done.stdout

"""Checks of our own; each returns the lines that are wrong."""

import ast
import os
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path

from ..paths import ROOT
from . import packaging, rights

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 50
CODE = {".py", ".js", ".xml", ".scss", ".sh"}
TEXT = {*CODE, ".md", ".rst", ".txt", ".toml", ".yml", ".yaml", ".cfg", ".conf", ""}
IGNORED = {"__pycache__", "node_modules", "htmlcov", "secrets"}
# Names of folders below / that only exist on somebody's machine
PRIVATE_FOLDER = re.compile(r"(?<![\w.:/}$-])/(?:home|root|Users|work|workspace)/\w")
UPWARDS = re.compile(r"(?<![\w./])(?:\.\./)+[\w-]+")
PACKAGE_INDEX = re.compile(r"--(?:extra-)?index-url|https?://[^\s\"']+/simple\b")
BROAD_WITHOUT_REASON = re.compile(r"#\s*noqa:\s*BLE001\s*$")
# Modules in which relative imports and paths are documentation or data, not links
TEXT_CHECK_EXEMPT = {Path("devtool/lint/checks.py")}

Check = Callable[[list[Path]], list[str]]


def source_files(root: Path = ROOT) -> list[Path]:
    """Text files of the repository, without what ``.gitignore`` leaves out."""
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if name not in IGNORED and (not name.startswith(".") or name == ".ci")
        )
        for name in sorted(files):
            path = Path(folder) / name
            if path.suffix in TEXT and (path.suffix or _is_script(path)):
                found.append(path)
    return found


def _is_script(path: Path) -> bool:
    known = path.name in ("dev", "run", "Dockerfile", ".gitignore", ".dockerignore")
    return known or path.name == ".pylintrc"


def _numbered(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        yield f"{path.relative_to(ROOT)}:{number}", line


def well_formed_xml(files: list[Path]) -> list[str]:
    wrong = []
    for path in files:
        if path.suffix == ".xml":
            try:
                ElementTree.parse(path)
            except ElementTree.ParseError as error:
                wrong.append(f"{path.relative_to(ROOT)}: {error}")
    return wrong


def short_files(files: list[Path]) -> list[str]:
    wrong = []
    for path in files:
        lines = len(path.read_text(errors="replace").splitlines())
        if path.suffix in CODE and lines > MAX_FILE_LINES:
            wrong.append(
                f"{path.relative_to(ROOT)}: {lines} lines, at most {MAX_FILE_LINES}"
            )
    return wrong


def short_functions(files: list[Path]) -> list[str]:
    wrong = []
    for path in files:
        if path.suffix != ".py":
            continue
        try:
            tree = ast.parse(path.read_text())
        except SyntaxError as error:
            wrong.append(f"{path.relative_to(ROOT)}: {error}")
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION_LINES:
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    wrong.append(f"{where}: {node.name} has {lines} lines")
    return wrong


def reasons_for_broad_except(files: list[Path]) -> list[str]:
    return [
        f"{where}: say why: # noqa: BLE001 - reason"
        for path in files
        if path.suffix == ".py"
        for where, line in _numbered(path)
        if BROAD_WITHOUT_REASON.search(line)
    ]


def independent_of_this_machine(files: list[Path]) -> list[str]:
    """No absolute private path, no path out of the repository, no package index."""
    wrong = []
    for path in files:
        if path.relative_to(ROOT) in TEXT_CHECK_EXEMPT:
            continue
        for where, line in _numbered(path):
            if PRIVATE_FOLDER.search(line) or PACKAGE_INDEX.search(line):
                wrong.append(f"{where}: {line.strip()[:120]}")
            elif any(leaves_repository(path, m) for m in UPWARDS.findall(line)):
                wrong.append(f"{where}: path out of the repository: {line.strip()}")
    return wrong


def leaves_repository(path: Path, target: str) -> bool:
    """Whether a relative path, seen from a file's folder, ends outside."""
    resolved = Path(os.path.normpath(path.parent / target))
    return not resolved.is_relative_to(ROOT)


CHECKS: dict[str, Check] = {
    "well-formed XML": well_formed_xml,
    f"files of at most {MAX_FILE_LINES} lines": short_files,
    f"functions of at most {MAX_FUNCTION_LINES} lines": short_functions,
    "a reason for each broad except": reasons_for_broad_except,
    "nothing of one machine": independent_of_this_machine,
    "addons that can be packed": packaging.stale,
    "a reason for each sudo": rights.reasons_for_sudo,
}

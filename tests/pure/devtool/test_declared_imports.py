"""An addon, its tests included, imports only what it declares."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ADDONS = Path(__file__).resolve().parents[3] / "addons"
NAMES = sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))


def declared(name: str) -> set[str]:
    """The addons of this repository that an addon stands on, itself included."""
    found: set[str] = set()
    todo = [name]
    while todo:
        one = todo.pop()
        if one in NAMES and one not in found:
            found.add(one)
            manifest = (ADDONS / one / "__manifest__.py").read_text()
            todo += ast.literal_eval(manifest)["depends"]
    return found


def modules(path: Path) -> Iterator[str]:
    """Dotted names of what a file imports from elsewhere."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "odoo.addons":
                yield from (f"odoo.addons.{one.name}" for one in node.names)
            else:
                yield node.module
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)


def imported(name: str) -> set[str]:
    """The addons of this repository that an addon imports."""
    found = {
        module for path in (ADDONS / name).rglob("*.py") for module in modules(path)
    }
    return {
        module.split(".")[2] for module in found if module.startswith("odoo.addons.")
    } & set(NAMES)


def libraries(name: str) -> dict[str, set[bool]]:
    """Packages of the index that an addon imports → in tests or not."""
    found: dict[str, set[bool]] = {}
    for path in (ADDONS / name).rglob("*.py"):
        for module in modules(path):
            library = module.partition(".")[0]
            if library not in {*sys.stdlib_module_names, "odoo", "sandbox"}:
                in_tests = name.startswith("test_") or "tests" in path.parts
                found.setdefault(library, set()).add(in_tests)
    return found


def declared_libraries(name: str) -> set[str]:
    """What the manifests of an addon and of those that it stands on ask for."""
    found: set[str] = set()
    for one in declared(name):
        manifest = ast.literal_eval((ADDONS / one / "__manifest__.py").read_text())
        names = manifest.get("external_dependencies", {}).get("python", ())
        found |= {re.split(r"[<>=]", library)[0] for library in names}
    return found


@pytest.mark.parametrize("name", NAMES)
def test_imports_are_declared(name: str) -> None:
    assert imported(name) <= declared(name)


# Without these Odoo itself does not start
ODOO_STARTS_WITH = {"lxml", "markupsafe", "psycopg2", "werkzeug"}
# Odoo's list of requirements has them for tests and images
ODOO_TESTS_WITH = {"cryptography", "freezegun", "PIL", "requests"}
DISTRIBUTIONS = {"stdnum": "python-stdnum", "urllib3": "requests"}


@pytest.mark.parametrize("name", NAMES)
def test_libraries_are_declared(name: str) -> None:
    known = declared_libraries(name)
    for library, places in libraries(name).items():
        free = ODOO_STARTS_WITH | (ODOO_TESTS_WITH if False not in places else set())
        assert library in free or DISTRIBUTIONS.get(library, library) in known, library

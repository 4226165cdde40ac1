"""An addon, its tests included, imports only addons that it declares."""

from __future__ import annotations

import ast
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


def imported(name: str) -> set[str]:
    found: set[str] = set()
    for path in (ADDONS / name).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                modules = [node.module]
                if node.module == "odoo.addons":
                    modules = [f"odoo.addons.{one.name}" for one in node.names]
            elif isinstance(node, ast.Import):
                modules = [one.name for one in node.names]
            else:
                continue
            found |= {
                module.split(".")[2]
                for module in modules
                if module.startswith("odoo.addons.")
            }
    return found & set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_imports_are_declared(name: str) -> None:
    assert imported(name) <= declared(name)

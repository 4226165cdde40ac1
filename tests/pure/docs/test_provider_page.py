"""docs/provider.md names exactly the hooks that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "provider.md"
CONTRACT = {"sale.channel.provider", "sale.channel.provider.oauth"}


def model_name(class_: ast.ClassDef) -> str | None:
    """What a model class is called, or extends when it has no name of its own."""
    values = {
        target.id: statement.value.value
        for statement in class_.body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Constant)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    return values.get("_name") or values.get("_inherit")


def declared() -> dict[str, str]:
    """Hook → its docstring, of every layer."""
    found: dict[str, str] = {}
    for path in sorted(ROOT.glob("addons/*/models/sale_channel_provider*.py")):
        for class_ in ast.parse(path.read_text()).body:
            if isinstance(class_, ast.ClassDef) and model_name(class_) in CONTRACT:
                for method in class_.body:
                    if isinstance(method, ast.FunctionDef):
                        told = ast.get_docstring(method) or ""
                        found[method.name] = found.get(method.name) or told
                found |= dict.fromkeys(attributes(class_), "what is assigned to it")
    return found


def attributes(class_: ast.ClassDef) -> list[str]:
    """What a provider may assign, besides what makes it a model."""
    return [
        target.id
        for statement in class_.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
        and target.id not in ("_name", "_inherit", "_description")
    ]


def test_the_tables_name_the_hooks() -> None:
    rows = re.findall(r"(?m)^\| `(_\w+)` \|", PAGE.read_text())
    assert sorted(rows) == sorted(declared())


def test_each_hook_says_what_it_does() -> None:
    assert not [name for name, told in declared().items() if not told]


def test_hooks_take_the_channel_and_answer_no_rpc() -> None:
    for path in ROOT.glob("addons/*/models/sale_channel_provider*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                assert node.name.startswith("_"), f"{path}: {node.name}"
                first = [one.arg for one in node.args.args][1:2]
                exempt = node.name == "_read_notification"
                assert exempt or first == ["channel"], f"{path}: {node.name}"

"""docs/architecture.md shows how orders come in as the code does it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "architecture.md"
DRAWN = ("channel_order", "channel_partner")
MOST_FILES = 12
Graph = dict[Path, set[Path]]


def model_names(class_: ast.ClassDef) -> Iterator[str]:
    """The model that a class makes, not those that it extends."""
    values: dict[str, object] = {}
    for statement in class_.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name) and target.id in ("_name", "_inherit"):
                    values[target.id] = ast.literal_eval(statement.value)
    name, parents = values.get("_name"), values.get("_inherit", ())
    if isinstance(name, str) and name != parents and name not in (parents or ()):
        yield name


def called(tree: ast.AST) -> Iterator[str]:
    """Models that a file takes from the environment."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            holder = node.value
            name = getattr(holder, "attr", getattr(holder, "id", ""))
            if name == "env" and isinstance(node.slice.value, str):
                yield node.slice.value


def imported(path: Path, tree: ast.AST) -> Iterator[Path]:
    """Files beside it that a file imports from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = path.parents[node.level - 1]
            names = [node.module] if node.module else [one.name for one in node.names]
            for name in names:
                yield folder.joinpath(*str(name).split(".")).with_suffix(".py")


def read_calls(addon: str) -> Graph:
    """Each model or wizard → those of its own addon that it calls or imports from."""
    files = [
        path
        for folder in ("models", "wizards")
        for path in (ROOT / "addons" / addon / folder).glob("*.py")
        if path.name != "__init__.py"
    ]
    trees = {path: ast.parse(path.read_text()) for path in files}
    makers = {
        name: path
        for path, tree in trees.items()
        for class_ in ast.walk(tree)
        if isinstance(class_, ast.ClassDef)
        for name in model_names(class_)
    }
    return {
        path: (
            {makers[name] for name in called(tree) if name in makers}
            | {other for other in imported(path, tree) if other in trees}
        )
        - {path}
        for path, tree in trees.items()
    }


def sort_callers_first(graph: Graph) -> list[Path]:
    """Each before all that it calls, by name where that leaves a choice.

    :raises ValueError: some call each other in a circle
    """
    left, found = dict(graph), []
    while left:
        used = set().union(*left.values())
        free = sorted((path for path in left if path not in used), key=lambda p: p.name)
        if not free:
            names = sorted(path.stem for path in left if left[path] & left.keys())
            raise ValueError(f"a circle among {', '.join(names)}")
        found.append(free[0])
        del left[free[0]]
    return found


def draw(addon: str) -> str:
    """Who calls whom: each line names only what has a line below it."""
    graph = read_calls(addon)
    names = {path: path.stem.removeprefix("sale_channel_") for path in graph}
    lines = [
        f"{names[path]} → {', '.join(sorted(names[other] for other in graph[path]))}"
        for path in sort_callers_first(graph)
        if graph[path]
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("addon", DRAWN)
def test_who_calls_whom(addon: str) -> None:
    """Nobody in a circle, and the page shows it."""
    assert draw(addon) in PAGE.read_text()


def test_a_circle_is_found() -> None:
    one, two, three = Path("one"), Path("two"), Path("three")
    assert sort_callers_first({two: set(), one: {two}}) == [one, two]
    with pytest.raises(ValueError, match="one, two"):
        sort_callers_first({three: {one}, one: {two}, two: {one}})


def test_the_files_to_read_exist() -> None:
    """Who knows Odoo follows an order through few files."""
    section = PAGE.read_text().partition("### In reading order\n")[2]
    rows = re.findall(r"(?m)^\d+\. `(\S+)`", section.partition("\n#")[0])
    assert 0 < len(rows) <= MOST_FILES
    assert not [row for row in rows if not (ROOT / "addons" / row).is_file()]


if __name__ == "__main__":
    for each in DRAWN:
        print(draw(each), end="\n\n")

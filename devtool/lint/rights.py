"""Why code does something that its user may not do."""

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

from ..paths import ADDONS

WORD = "sudo"
Named = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def reasons_for_sudo(files: list[Path], addons: Path = ADDONS) -> list[str]:
    """Calls of ``sudo()`` in addons for which nothing says why.

    A comment does, beside the statement or above it, or the docstring of the function
    or the class when it names sudo.
    """
    return [
        f"{path.relative_to(addons.parent)}:{line}: say why, beside it or in the "
        f"docstring of the function or the class, with the word {WORD}"
        for path in files
        if path.suffix == ".py" and _counts(path, addons)
        for line in _unexplained(path.read_text())
    ]


def _counts(path: Path, addons: Path) -> bool:
    parts = path.relative_to(addons).parts if path.is_relative_to(addons) else ()
    return bool(parts) and not (
        parts[0].startswith("test_") or {"tests", "migrations"}.intersection(parts)
    )


def _unexplained(source: str) -> Iterator[int]:
    if f".{WORD}()" not in source:
        return
    comments = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            above = token.line[: token.start[1]].isspace()
            comments.add(token.start[0] + above)  # what it is about
            comments.add(token.start[0])
    yield from _walk(ast.parse(source), comments)


def _walk(owner: Named, comments: set[int]) -> Iterator[int]:
    """Lines of a class or function that lack a reason, and of those in it."""
    if WORD in (ast.get_docstring(owner) or ""):
        return
    todo: list[tuple[ast.AST, ast.stmt | None]] = [(n, None) for n in owner.body]
    while todo:
        node, statement = todo.pop(0)
        if isinstance(node, Named):
            yield from _walk(node, comments)
            continue
        if isinstance(node, ast.stmt):
            statement = node
        if _is_sudo(node) and statement:
            lines = range(statement.lineno, (node.end_lineno or 0) + 1)
            if not comments.intersection(lines):
                yield node.end_lineno or 0
        todo += [(child, statement) for child in ast.iter_child_nodes(node)]


def _is_sudo(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == WORD
        and not node.args
    )

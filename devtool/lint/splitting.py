"""Checks of how the addons are split into models, files and services.

What a record does is in its model, which has one file; work over many records is a
service: an AbstractModel that nothing inherits, with methods that RPC cannot call.
"""

import ast
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from .. import paths

_MODEL_BASES = {"Model", "AbstractModel", "TransientModel"}
_NOT_LOADED = {"tests", "migrations", "lib", "tools"}


@dataclass(frozen=True)
class ModelClass:
    """A class that makes or extends a model of Odoo."""

    model: str  # the name of the model
    inherits: tuple[str, ...]  # names of other models it is made of
    abstract: bool
    creates: bool  # whether the class makes the model, not extends it
    addon: str
    path: Path
    line: int
    public: tuple[str, ...]  # methods that answer RPC

    @property
    def where(self) -> str:
        return f"{_short(self.path)}:{self.line}"


def one_heir(files: list[Path]) -> list[str]:
    """An AbstractModel is a service (no heir) or a mixin (two or more).

    One of several heirs of a mixin (a provider of channels) may have a single heir.
    """
    classes = model_classes(files)
    heirs = _heirs(classes)
    own = {each.model for each in classes if each.creates and each.abstract}
    return [
        f"{each.where}: only {next(iter(heirs[each.model]))} inherits {each.model}"
        for each in classes
        if each.abstract and each.creates and len(heirs[each.model]) == 1
        if not any(name in own and len(heirs[name]) > 1 for name in each.inherits)
    ]


def reopened(files: list[Path]) -> list[str]:
    """An addon says what it has to say about a model in one file."""
    first: dict[tuple[str, str], ModelClass] = {}
    wrong = []
    for each in model_classes(files):
        known = first.setdefault((each.addon, each.model), each)
        if known is not each:
            wrong.append(f"{each.where}: {each.model} is also in {known.where}")
    return wrong


def named_after_model(files: list[Path]) -> list[str]:
    """A file has one model and its name."""
    wrong = []
    for each in model_classes(files):
        name = each.model.replace(".", "_")
        if each.path.stem != name:
            wrong.append(f"{each.where}: {each.model} belongs in {name}.py")
    return wrong


def public_service_methods(files: list[Path]) -> list[str]:
    """No public method where no record's access rights are asked."""
    classes = model_classes(files)
    heirs = _heirs(classes)
    concrete = {each.model for each in classes if not each.abstract}
    own = {each.model for each in classes if each.creates and each.abstract}
    services = {model for model in own if not _reach(model, heirs) & concrete}
    return [
        f"{each.where}: {each.model}.{name} answers RPC"
        for each in classes
        if each.model in services
        for name in each.public
    ]


def env_in_tools(files: list[Path]) -> list[str]:
    """What looks records up is a model, which other addons can extend."""
    wrong = []
    for path, tree in _trees(files, inside="tools"):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and _uses_env(node):
                where = f"{_short(path)}:{node.lineno}"
                wrong.append(f"{where}: class {node.name} looks things up")
    return wrong


def model_classes(files: list[Path]) -> list[ModelClass]:
    """All classes of models that the addons' own code has, in the order of files."""
    found = []
    for path, tree in _trees(files):
        addon = _inner(path)[0]
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and _base(node):
                found.append(_read(node, addon, path))
    return found


def _read(node: ast.ClassDef, addon: str, path: Path) -> ModelClass:
    names = _names(node, "_name")
    inherits = _names(node, "_inherit")
    if names:
        model = names[0]
    elif inherits:
        model = inherits[0]
    else:
        model = node.name
    return ModelClass(
        model=model,
        inherits=tuple(name for name in inherits if name != model),
        abstract=_base(node) == "AbstractModel",
        creates=bool(names) and model not in inherits,
        addon=addon,
        path=path,
        line=node.lineno,
        public=tuple(_public_methods(node)),
    )


def _base(node: ast.ClassDef) -> str | None:
    for base in node.bases:
        if isinstance(base, ast.Attribute) and base.attr in _MODEL_BASES:
            return base.attr
    return None


def _names(node: ast.ClassDef, attribute: str) -> list[str]:
    """The strings that a class assigns to ``_name`` or ``_inherit``."""
    for each in node.body:
        if isinstance(each, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == attribute
            for target in each.targets
        ):
            value = ast.literal_eval(each.value)
            return [value] if isinstance(value, str) else list(value)
    return []


def _public_methods(node: ast.ClassDef) -> list[str]:
    return [
        each.name
        for each in node.body
        if isinstance(each, ast.FunctionDef)
        and not each.name.startswith("_")
        and not any("private" in ast.unparse(mark) for mark in each.decorator_list)
    ]


def _heirs(classes: list[ModelClass]) -> dict[str, set[str]]:
    """The models that inherit a model, by its name."""
    heirs: dict[str, set[str]] = defaultdict(set)
    for each in classes:
        for parent in each.inherits:
            heirs[parent].add(each.model)
    return heirs


def _reach(model: str, heirs: dict[str, set[str]]) -> set[str]:
    """A model's heirs and theirs."""
    found: set[str] = set()
    waiting = [model]
    while waiting:
        for heir in heirs.get(waiting.pop(), set()) - found:
            found.add(heir)
            waiting.append(heir)
    return found


def _uses_env(node: ast.ClassDef) -> bool:
    return any(
        (isinstance(each, ast.Attribute) and each.attr == "env")
        or (isinstance(each, ast.arg) and each.arg == "env")
        for each in ast.walk(node)
    )


def _trees(files: list[Path], inside: str = "") -> list[tuple[Path, ast.Module]]:
    """Python files of addons that Odoo loads, or those in one of their folders."""
    found = []
    for path in files:
        inner = _inner(path)
        if path.suffix != ".py" or len(inner) < 2:
            continue
        folder = inner[1] if len(inner) > 2 else ""
        if folder == inside if inside else folder not in _NOT_LOADED:
            try:
                found.append((path, ast.parse(path.read_text())))
            except SyntaxError:  # another check's business
                continue
    return found


def _inner(path: Path) -> tuple[str, ...]:
    """A file's place seen from the folder of addons; empty outside of it."""
    if not path.is_relative_to(paths.ADDONS):
        return ()
    return path.relative_to(paths.ADDONS).parts


def _short(path: Path) -> Path:
    return path.relative_to(paths.ROOT)


CHECKS = {
    "no AbstractModel with one heir": one_heir,
    "one file per model and addon": reopened,
    "files named after their model": named_after_model,
    "no public methods of services": public_service_methods,
    "no look-ups in classes of tools": env_in_tools,
}

"""``./dev i18n``: export what can be translated and keep the languages complete."""

import json
import subprocess

from .errors import DevError
from .paths import (
    ADDONS,
    APART,
    DEVTOOL,
    LOGS,
    RUNTIME,
    addon_names,
    remove_tree,
    usual_names,
)
from .workspace import Workspace

LANGUAGES = ("es_AR", "pt_BR")
EXPORTS = RUNTIME / "i18n"


def export_all(workspace: Workspace) -> None:
    """Fresh templates of all addons that people see: all but the ones for tests."""
    remove_tree(EXPORTS)
    EXPORTS.mkdir(parents=True)
    apart = [name for name in APART if name in addon_names(with_tests=False)]
    # Without the addons for tests: a mixin's terms name each of its heirs.
    usual = usual_names(with_tests=False)
    _export(workspace, workspace.templates.addons(), usual)
    _export(workspace, workspace.templates.apart(), apart)


def _export(workspace: Workspace, template: str, names: list[str]) -> None:
    """The templates of addons that are installed in a template database."""
    env = {"TERMS_FOLDER": str(EXPORTS), "TERMS_ADDONS": ",".join(names)}
    script = DEVTOOL / "odoo_scripts" / "export_terms.py"
    with workspace.databases.temporary("terms", template) as database:
        code, log, _output = workspace.odoo.script("i18n", database, script, env)
    missing = [name for name in names if not (EXPORTS / f"{name}.pot").exists()]
    if code or missing:
        raise DevError(f"Exporting the terms failed (log {log}).")


def compare(workspace: Workspace, mode: str) -> dict[str, list[str]]:
    """Compare (``check``) or update (``merge``) all catalogues; problems by addon."""
    command = [
        str(workspace.python.python),
        str(DEVTOOL / "po_files.py"),
        mode,
        str(EXPORTS),
        str(ADDONS),
        str(workspace.source.core_addons),
        *LANGUAGES,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        LOGS.mkdir(parents=True, exist_ok=True)
        raise DevError(f"Comparing the catalogues failed:\n{done.stderr[-2000:]}")
    problems: dict[str, list[str]] = json.loads(done.stdout)
    return problems


def check_translations(workspace: Workspace) -> dict[str, list[str]]:
    """Stale templates and missing or fuzzy translations, by addon."""
    export_all(workspace)
    return compare(workspace, "check")


def run(workspace: Workspace, *, check: bool) -> int:
    """Update the catalogues, or only check them; the exit code."""
    say = workspace.progress.line
    with workspace.progress.step("Exporting the terms"):
        export_all(workspace)
    problems = compare(workspace, "check" if check else "merge")
    for addon, lines in problems.items():
        say(f"{addon}: {'complete' if not lines else ''}")
        for line in lines:
            say(f"  {line}")
    count = sum(map(len, problems.values()))
    say(f"{count} problems" if count else "All catalogues are complete.")
    return 1 if check and count else 0

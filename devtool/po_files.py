"""Compare and merge translation catalogues; started in the virtual environment.

``po_files.py check|merge EXPORTS ADDONS CORE LANGUAGE…`` prints problems by addon as
JSON. ``CORE`` is the folder of Odoo's own addons: their translations fill in terms such
as "Display Name" that every addon has.
"""

import json
import sys
from pathlib import Path

import polib

# Where else to look for a translation, the best source first
RELATIVES = {"es_AR": ("es_AR", "es_419", "es"), "pt_BR": ("pt_BR", "pt")}
SOURCES = ("base", "web", "mail", "product", "sale", "stock", "account")
PLURALS = {
    "es_AR": "nplurals=2; plural=(n != 1);",
    "pt_BR": "nplurals=2; plural=(n > 1);",
}
# Change with every export and say nothing about the terms
VOLATILE = ("POT-Creation-Date", "PO-Revision-Date")


def entry_key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgctxt or "", entry.msgid


def signature(catalogue: polib.POFile) -> dict[tuple[str, str], tuple[object, ...]]:
    """What makes two templates equal: terms with their module and places."""
    return {
        entry_key(entry): (
            entry.comment,
            tuple(sorted(place[0] for place in entry.occurrences)),
            tuple(sorted(entry.flags)),
        )
        for entry in catalogue
        if not entry.obsolete
    }


def language_problems(template: polib.POFile, path: Path) -> list[str]:
    """Terms that a language lacks, has only as a guess, or has too many."""
    if not path.exists():
        return [f"{path.name} is missing"]
    catalogue = polib.pofile(str(path))
    entries = {entry_key(e): e for e in catalogue if not e.obsolete}
    wanted = {entry_key(e): e for e in template}
    problems = []
    for key, term in wanted.items():
        entry = entries.get(key)
        if entry is None or not entry.translated():
            state = "fuzzy" if entry is not None and entry.fuzzy else "not translated"
            problems.append(f"{path.name}: {state}: {term.msgid[:100]!r}")
    for key in entries.keys() - wanted.keys():
        problems.append(f"{path.name}: no longer used: {key[1][:100]!r}")
    return problems


def check(exported: Path, folder: Path, languages: list[str]) -> list[str]:
    """Problems of one addon."""
    template = polib.pofile(str(exported))
    stored = folder / "i18n" / f"{folder.name}.pot"
    problems = []
    if not stored.exists():
        problems.append(f"{stored.name} is missing")
    elif signature(polib.pofile(str(stored))) != signature(template):
        problems.append(f"{stored.name} is stale: ./dev i18n renews it")
    for language in languages:
        path = folder / "i18n" / f"{language}.po"
        problems += language_problems(template, path)
    return problems


def known_translations(core: Path, language: str) -> dict[str, str]:
    """Odoo's own translations of whole terms."""
    known: dict[str, str] = {}
    for relative in RELATIVES.get(language, (language,)):
        for source in SOURCES:
            path = core / source / "i18n" / f"{relative}.po"
            for entry in polib.pofile(str(path)) if path.exists() else ():
                if entry.translated():
                    known.setdefault(entry.msgid, entry.msgstr)
    return known


def merge(exported: Path, folder: Path, known: dict[str, dict[str, str]]) -> list[str]:
    """Renew one addon's template and add its new terms to the languages."""
    template = polib.pofile(str(exported))
    stored = folder / "i18n" / f"{folder.name}.pot"
    stored.parent.mkdir(exist_ok=True)
    old = polib.pofile(str(stored)) if stored.exists() else None
    if old is None or signature(old) != signature(template):
        stored.write_text(exported.read_text())
    for language, translations in known.items():
        path = folder / "i18n" / f"{language}.po"
        catalogue = polib.pofile(str(path)) if path.exists() else new(template)
        before = str(catalogue)
        update(catalogue, template, language, translations)
        if not path.exists() or str(catalogue) != before:
            catalogue.save(str(path))
    return check(exported, folder, list(known))


def new(template: polib.POFile) -> polib.POFile:
    """An empty catalogue with the headers of a template."""
    catalogue = polib.POFile(wrapwidth=78)
    catalogue.metadata = {**template.metadata}
    catalogue.header = template.header
    return catalogue


def update(
    catalogue: polib.POFile,
    template: polib.POFile,
    language: str,
    known: dict[str, str],
) -> None:
    """Bring terms, places and order of a language in line with the template."""
    old = {entry_key(entry): entry for entry in catalogue}
    catalogue.metadata.update(
        {"Language": language, "Plural-Forms": PLURALS.get(language, "")}
    )
    entries = []
    for term in template:
        entry = old.get(entry_key(term)) or polib.POEntry(
            msgid=term.msgid, msgctxt=term.msgctxt, msgstr=""
        )
        entry.obsolete = False
        entry.msgstr = entry.msgstr or known.get(term.msgid, "")
        entry.comment, entry.occurrences = term.comment, term.occurrences
        fuzzy = ["fuzzy"] if "fuzzy" in entry.flags else []
        entry.flags = fuzzy + [flag for flag in term.flags if flag != "fuzzy"]
        entries.append(entry)
    catalogue[:] = entries


def main(arguments: list[str]) -> int:
    mode, exports, addons, core, *languages = arguments
    known = {}
    if mode == "merge":
        known = {name: known_translations(Path(core), name) for name in languages}
    problems = {}
    for exported in sorted(Path(exports).glob("*.pot")):
        if not exported.stat().st_size:
            # Nothing to translate, no catalogue
            continue
        folder = Path(addons) / exported.stem
        if mode == "merge":
            problems[exported.stem] = merge(exported, folder, known)
        else:
            problems[exported.stem] = check(exported, folder, languages)
    json.dump(problems, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

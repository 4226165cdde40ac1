"""Addons can be packed, and their README.rst is what their fragments make."""

import pytest
import yaml

from devtool import lint
from devtool.lint import packaging
from devtool.paths import ROOT
from devtool.python_env import PythonEnv

MANIFEST = {
    "name": "An Addon",
    "author": "Somebody",
    "license": "AGPL-3",
    "development_status": "Beta",
}


@pytest.fixture
def addon(tmp_path):
    folder = tmp_path / "addons" / "an_addon"
    (folder / "readme").mkdir(parents=True)
    (folder / "__manifest__.py").write_text(repr(MANIFEST))
    (folder / "readme" / "DESCRIPTION.md").write_text("What it does.")
    (folder / "readme" / "CONFIGURE.md").write_text("How it is switched on.")
    (folder / "README.rst").write_text(packaging.readme(folder, str.upper))
    (folder / "pyproject.toml").write_text(packaging.PYPROJECT)
    return folder


def stale(addon):
    return packaging.stale([], addon.parent)


def test_fragments_and_manifest_make_the_readme(addon):
    assert not stale(addon)
    text = (addon / "README.rst").read_text()
    parts = ["An Addon", "WHAT IT DOES.", "Configuration\n====", "HOW IT", "Somebody"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("readme/DESCRIPTION.md", lambda text: text + " And more."),
        ("readme/USAGE.md", lambda text: "A new fragment."),
        ("README.rst", lambda text: text + "Written by hand.\n"),
        ("README.rst", lambda text: text.replace("WHAT IT DOES", "what it does")),
        ("README.rst", lambda text: ""),
        ("__manifest__.py", lambda text: text.replace("AGPL-3", "LGPL-3")),
        ("pyproject.toml", lambda text: text.replace("whool", "setuptools")),
    ],
)
def test_what_differs_is_stale(addon, name, change):
    path = addon / name
    path.write_text(change(path.read_text() if path.exists() else ""))
    (wrong,) = stale(addon)
    assert "./dev lint --fix" in wrong


def test_a_manifest_without_status(addon):
    known = {key: MANIFEST[key] for key in MANIFEST if key != "development_status"}
    (addon / "__manifest__.py").write_text(repr(known))
    assert stale(addon) == ["an_addon: no development_status in its manifest"]


def test_a_fragment_that_nobody_reads(addon):
    (addon / "readme" / "CREDITS.rst").write_text("Never shown.")
    assert stale(addon) == ["an_addon/readme/CREDITS.rst: no known fragment"]


@pytest.mark.parametrize(
    ("website", "invented"),
    [
        ("https://example.com/suite", True),
        ("https://www.example.org", True),
        ("http://suite.test", True),
        ("https://github.com/somebody/examples", False),
        ("https://www.counterexample.com", False),
    ],
)
def test_an_invented_website(addon, website, invented):
    path = addon / "__manifest__.py"
    path.write_text(repr({**MANIFEST, "website": website}))
    assert bool(stale(addon)) == invented


def test_hooks_are_the_checks_of_lint():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    (repository,) = config["repos"]
    assert repository["repo"] == "local"
    names = lint.names(PythonEnv(ROOT / ".runtime" / "venv"))
    hooks = repository["hooks"]
    assert [hook["name"] for hook in hooks] == names
    for hook in hooks:
        quoted = f'"{hook["name"]}"' if " " in hook["name"] else hook["name"]
        assert hook["entry"] == f"./dev lint {quoted}"
        assert hook["language"] == "system" and not hook["pass_filenames"]

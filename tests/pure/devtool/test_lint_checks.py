"""Our own checks find what they look for, and nothing else."""

import pytest

from devtool.lint import checks


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.setattr(checks, "ROOT", tmp_path)

    def write_file(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return [path]

    return write_file


def test_broken_xml(write):
    assert not checks.well_formed_xml(write("a.xml", "<odoo><a/></odoo>"))
    assert checks.well_formed_xml(write("b.xml", "<odoo><a></odoo>"))


def test_long_files(write):
    assert not checks.short_files(write("a.py", "x = 1\n" * 500))
    assert checks.short_files(write("b.py", "x = 1\n" * 501))
    assert not checks.short_files(write("b.md", "x\n" * 501))


def test_long_functions(write):
    assert not checks.short_functions(write("a.py", "def f():\n" + "    x = 1\n" * 49))
    assert checks.short_functions(write("b.py", "def f():\n" + "    x = 1\n" * 50))


def test_broad_except_without_reason(write):
    bare = "except Exception:  # noqa: BLE001"
    assert checks.reasons_for_broad_except(write("a.py", f"{bare}\n"))
    assert not checks.reasons_for_broad_except(write("b.py", f"{bare} - a thread\n"))


@pytest.mark.parametrize(
    "text",
    [
        "see /" + "home/somebody/notes",
        "cd /" + "root/checkout",
        "a link to ../" + "outside/file",
        "pip install --index" + "-url http://somewhere",
        "https://packages.example.com" + "/simple",
    ],
)
def test_traces_of_one_machine(write, text):
    assert checks.independent_of_this_machine(write("a.md", f"{text}\n"))


@pytest.mark.parametrize(
    "text",
    [
        "/odoo/sales and /web/login",
        "https://example.com/home/page",
        "the framework/root cause",
        "/usr/lib/python3 and /etc/odoo/odoo.conf and /var/lib/odoo",
    ],
)
def test_ordinary_text(write, text):
    assert not checks.independent_of_this_machine(write("a.md", f"{text}\n"))


def test_links_inside_the_repository(write):
    assert not checks.independent_of_this_machine(
        write("docs/deep/a.md", "[x](../other.md) and [y](../../README.md)\n")
    )


def test_every_repository_file_is_seen():
    names = {str(path.relative_to(checks.ROOT)) for path in checks.source_files()}
    assert {"dev", ".ci/run", "odoo.conf", "devtool/cli.py"} <= names
    assert not any(name.startswith(".runtime") for name in names)

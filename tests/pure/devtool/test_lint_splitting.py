"""The checks of how addons are split find what they look for, and nothing else."""

import pytest

from devtool import paths
from devtool.lint import splitting

IMPORT = "from odoo import api, models\n"


@pytest.fixture
def addons(tmp_path, monkeypatch):
    """Write files of addons, by their place below ``addons``; all files so far."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "ADDONS", tmp_path / "addons")
    written = []

    def write(files):
        for name, text in files.items():
            path = tmp_path / "addons" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(IMPORT + text)
            written.append(path)
        return written

    return write


def model(name="", inherit="", base="Model", body=""):
    lines = [f"class Any(models.{base}):"]
    lines += [f"    _name = {name!r}"] * bool(name)
    lines += [f"    _inherit = {inherit!r}"] * bool(inherit)
    return "\n".join([*lines, body or "    x = 1", ""])


def test_heirs_of_an_abstract_model(addons):
    files = addons(
        {
            "a/models/a_mixin.py": model("a.mixin", base="AbstractModel"),
            "a/models/a_service.py": model("a.service", base="AbstractModel"),
        }
    )
    assert not splitting.one_heir(files), "services have no heir"
    files = addons({"a/models/a_row.py": model("a.row", ["a.mixin"])})
    assert splitting.one_heir(files) == [
        "addons/a/models/a_mixin.py:2: only a.row inherits a.mixin"
    ]
    files = addons({"b/models/a_mixin.py": model(inherit="a.mixin")})
    assert len(splitting.one_heir(files)) == 1, "an extension is no heir"
    files = addons(
        {"b/models/res_partner.py": model(inherit=["res.partner", "a.mixin"])}
    )
    assert not splitting.one_heir(files), "a mixin in another addon has its second heir"


def test_a_provider_that_another_one_specialises(addons):
    provider = {"base": "AbstractModel"}
    files = addons(
        {
            "a/models/a.py": model("a", **provider),
            "a/models/a_one.py": model("a.one", "a", **provider),
            "a/models/a_two.py": model("a.two", "a", **provider),
            "a/models/a_one_x.py": model("a.one.x", "a.one", **provider),
        }
    )
    assert not splitting.one_heir(files)
    chain = {
        "b/models/b.py": model("b", **provider),
        "b/models/b_one.py": model("b.one", "b", **provider),
        "b/models/b_two.py": model("b.two", "b.one", **provider),
    }
    assert len(splitting.one_heir(addons(chain))) == 2


def test_a_model_in_two_files(addons):
    files = addons(
        {
            "a/models/res_partner.py": model(inherit="res.partner"),
            "b/models/res_partner.py": model(inherit=["res.partner"]),
            "b/tests/models.py": model(inherit="res.partner"),
        }
    )
    assert not splitting.reopened(files), "once in each addon"
    files = addons({"b/models/more.py": model(inherit="res.partner")})
    assert splitting.reopened(files) == [
        "addons/b/models/more.py:2: res.partner is also in "
        "addons/b/models/res_partner.py:2"
    ]
    same_file = {"c/models/c.py": model("c") + model(inherit="c")}
    assert len(splitting.reopened(addons(same_file))) == 2


def test_a_file_of_another_name(addons):
    files = addons(
        {
            "a/models/a_row.py": model("a.row"),
            "a/wizards/a_row_do.py": model("a.row.do", base="TransientModel"),
        }
    )
    assert not splitting.named_after_model(files)
    files = addons({"a/models/row.py": model("a.row.line")})
    assert splitting.named_after_model(files) == [
        "addons/a/models/row.py:2: a.row.line belongs in a_row_line.py"
    ]
    files = addons({"a/models/a_row_line.py": model("a.row.line") + model("a.row.x")})
    assert "a.row.x belongs in a_row_x.py" in splitting.named_after_model(files)[1]


def test_a_service_that_answers_rpc(addons):
    methods = "\n".join(
        (
            "    def _own(self): ...",
            "    def look(self): ...",
            "    @api.private",
            "    def kept(self): ...",
        )
    )
    abstract = {"base": "AbstractModel", "body": methods}
    files = addons(
        {
            "a/models/a_service.py": model("a.service", **abstract),
            "b/models/a_service.py": model(inherit="a.service", **abstract),
            "a/models/a_mixin.py": model("a.mixin", **abstract),
            "a/models/a_wider_mixin.py": model("a.wider", "a.mixin", **abstract),
            "a/models/res_partner.py": model(inherit=["res.partner", "a.wider"]),
            "a/models/a_row.py": model("a.row", body=methods),
        }
    )
    assert splitting.public_service_methods(files) == [
        "addons/a/models/a_service.py:2: a.service.look answers RPC",
        "addons/b/models/a_service.py:2: a.service.look answers RPC",
    ]


def test_look_ups_in_tools(addons):
    by_field = (
        "class A:\n    def find(self):\n        return self.env['x'].search([])\n"
    )
    by_argument = "class B:\n    def __init__(self, env):\n        self.odoo = env\n"
    through = "class C:\n    def find(self, rows):\n        return rows.env['x']\n"
    note = "class D:\n    environment = 'test'\ndef find(env):\n    return env['x']\n"
    files = addons({"a/tools/note.py": note, "a/models/other.py": by_field})
    assert not splitting.env_in_tools(files), "data, and functions, may stay"
    files = addons({"a/tools/a.py": by_field + by_argument + through})
    found = splitting.env_in_tools(files)
    assert [line.split("class ")[1] for line in found] == [
        f"{name} looks things up" for name in "ABC"
    ]


def test_what_is_no_model_or_broken(addons):
    files = addons(
        {
            "a/models/a.py": "class A:\n    _name = 'x.y'\n",
            "a/models/b.py": "class (",
            "a/models/c.py": model("c").replace("models.Model", "odoo.models.Model"),
            "a/models/d.py": model(),
        }
    )
    assert [each.model for each in splitting.model_classes(files)] == ["c", "Any"]

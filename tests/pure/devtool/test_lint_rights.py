"""Each sudo() has its reason."""

import pytest

from devtool.lint import rights

CLASS = '''\
class Thing(models.Model):
    """{of_class}"""

    def _read(self):
        """{of_function}"""
        values = {{"a": 1}}{beside}
        return self.sudo().write(  {call}
            values
        )
'''


def unexplained(tmp_path, text, name="addons/x/models/thing.py"):
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return rights.reasons_for_sudo([path], tmp_path / "addons")


@pytest.mark.parametrize(
    ("place", "text", "explained"),
    [
        ("of_class", "With sudo: rows are the server's.", True),
        ("of_function", "Read with ``sudo``.", True),
        ("call", "# whoever asks", True),
        ("beside", "\n        # Whoever asks.", True),
        ("beside", "  # the first letter", False),
        ("of_class", "Rows of the server.", False),
        ("of_function", "Reads.", False),
    ],
)
def test_reasons(tmp_path, place, text, explained):
    texts = dict.fromkeys(("of_class", "of_function", "beside", "call"), "")
    found = unexplained(tmp_path, CLASS.format(**{**texts, place: text}))
    assert bool(found) != explained
    if found:
        assert found[0].startswith("addons/x/models/thing.py:7: ")


def test_the_reason_of_one_is_not_that_of_another(tmp_path):
    text = (
        "class A:\n    def f(self):\n        # Why.\n        self.sudo()\n\n\n"
        "class B:\n    def f(self):\n        self.a = 1\n        self.sudo()\n"
    )
    assert len(unexplained(tmp_path, text)) == 1


@pytest.mark.parametrize(
    "name",
    ["addons/test_x/models/a.py", "addons/x/tests/a.py", "addons/x/migrations/1/a.py"],
)
def test_tests_and_migrations_need_none(tmp_path, name):
    assert not unexplained(tmp_path, "def f(x):\n    return x.sudo()\n", name)
    assert unexplained(tmp_path / "b", "def f(x):\n    return x.sudo()\n")


def test_only_without_argument(tmp_path):
    assert not unexplained(tmp_path, "def f(x):\n    return x.sudo(False)\n")

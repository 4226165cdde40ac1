"""The bare ``odoo`` packages let pure code in and keep the ORM out."""

import importlib

import pytest


@pytest.mark.parametrize(
    "statement",
    [
        "from odoo import models",
        "from odoo import api, fields",
        "import odoo.tools",
        "from odoo.exceptions import UserError",
    ],
)
def test_the_orm_is_out_of_reach(statement):
    with pytest.raises(ImportError):
        exec(statement, {})


def test_an_addons_own_package_is_not_executed():
    addon = importlib.import_module("odoo.addons.channel_base")
    assert not hasattr(addon, "models")

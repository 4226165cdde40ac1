"""Links whose parts come from outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.channel_partner.lib.urls import is_web_page


def test_web_pages():
    assert is_web_page("https://perfil.example.com/ANA")
    assert is_web_page("http://perfil.example.com/ANA")


@pytest.mark.parametrize(
    "url",
    [
        "",
        None,
        "javascript:alert(1)",
        "file:///etc/passwd",
        "//x",
        "https:x",
        "http://[",
    ],
)
def test_anything_else(url):
    assert not is_web_page(url)


@given(st.text())
def test_never_raises(url):
    assert is_web_page(url) in (True, False)

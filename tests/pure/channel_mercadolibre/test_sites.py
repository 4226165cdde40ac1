"""Addresses that people open."""

from __future__ import annotations

import pytest

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_mercadolibre.lib.sites import (
    SITES,
    get_site,
    order_url,
    profile_url,
)

MLA, MLB = SITES["MLA"], SITES["MLB"]
BASE = "http://127.0.0.1:8099/"


def test_profiles() -> None:
    assert profile_url(MLA, "ZULMA_T") == "https://perfil.mercadolibre.com.ar/ZULMA_T"
    assert profile_url(MLB, "LOJA X/Y?") == (
        "https://perfil.mercadolivre.com.br/LOJA%20X%2FY%3F"
    )
    assert profile_url(MLA, "A.B", BASE) == "http://127.0.0.1:8099/perfil/A.B"
    assert profile_url(MLA, " ") == ""


def test_orders() -> None:
    assert order_url(MLA, "2000009955773085") == (
        "https://www.mercadolibre.com.ar/ventas/2000009955773085/detalle"
    )
    assert order_url(MLB, "2000009955773085") == (
        "https://www.mercadolivre.com.br/vendas/2000009955773085/detalhe"
    )
    assert order_url(MLB, "5", BASE) == "http://127.0.0.1:8099/ventas/5/detalle"
    assert order_url(MLA, "../x") == (
        "https://www.mercadolibre.com.ar/ventas/..%2Fx/detalle"
    )
    assert order_url(MLA, "") == ""


def test_sites() -> None:
    assert get_site("MLA").currency == "ARS"
    assert get_site("MLB").country_code == "BR"
    assert MLA.auth_base == "https://auth.mercadolibre.com.ar"
    with pytest.raises(Rejected) as caught:
        get_site("MLX")
    assert caught.value.code == "site_unknown"

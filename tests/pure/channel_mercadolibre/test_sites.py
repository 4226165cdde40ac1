"""Addresses that people open."""

from __future__ import annotations

import pytest

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_mercadolibre.lib.sites import (
    SITES,
    country_of_site,
    get_site,
    order_url,
    profile_url,
    site_of_country,
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


@pytest.mark.parametrize(
    ("site", "country", "currency", "domain"),
    [
        ("MLA", "AR", "ARS", "mercadolibre.com.ar"),
        ("MLB", "BR", "BRL", "mercadolivre.com.br"),
        ("MLC", "CL", "CLP", "mercadolibre.cl"),
        ("MCO", "CO", "COP", "mercadolibre.com.co"),
        ("MLM", "MX", "MXN", "mercadolibre.com.mx"),
        ("MLU", "UY", "UYU", "mercadolibre.com.uy"),
    ],
)
def test_every_site(site: str, country: str, currency: str, domain: str) -> None:
    found = get_site(site)
    assert (found.id, found.country_code, found.currency) == (site, country, currency)
    assert found.auth_base == f"https://auth.{domain}"
    assert profile_url(found, "UNO") == f"https://perfil.{domain}/UNO"
    assert order_url(found, "5").startswith(f"https://www.{domain}/ven")
    assert site_of_country(country) == site
    assert country_of_site(site) == country


def test_no_site() -> None:
    assert len(SITES) == 6
    assert site_of_country("FR") == country_of_site("MLX") == country_of_site("") == ""


def test_sites() -> None:
    assert get_site("MLA").currency == "ARS"
    assert get_site("MLB").country_code == "BR"
    assert MLA.auth_base == "https://auth.mercadolibre.com.ar"
    with pytest.raises(Rejected) as caught:
        get_site("MLX")
    assert caught.value.code == "site_unknown"

"""Country sites of MercadoLibre and the addresses people open in a browser.

Source: developers.mercadolibre.com, "Authentication and authorization" (hosts of the
authorization page: each country's own domain) and "Users" (``permalink`` of a profile).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from urllib.parse import quote

from odoo.addons.channel_base.lib.errors import Rejected

API_BASE = "https://api.mercadolibre.com"
_ITEM_ID = re.compile(r"([A-Z]{3})([0-9]{1,20})")


@dataclass(frozen=True)
class Site:
    """One country site. The API host is the same for all of them.

    :param id: MercadoLibre's id of the site
    :param country_code: ISO 3166-1 alpha-2
    :param currency: ISO 4217
    :param auth_host: where the account owner grants access
    :param profile_host: where a user's public profile lives
    :param panel_host: the seller's panel
    :param item_host: where buyers see an item
    :param order_path: page of one sale in the panel; ``{id}`` is the pack or order
    :param price_unit: prices are multiples of it
    """

    id: str
    country_code: str
    currency: str
    auth_host: str
    profile_host: str
    panel_host: str
    item_host: str
    order_path: str
    price_unit: Decimal = Decimal("0.01")

    @property
    def auth_base(self) -> str:
        """Scheme and host for :func:`.oauth.authorization_url`."""
        return f"https://{self.auth_host}"


def _spanish(
    site_id: str, country: str, currency: str, tld: str, unit: str = "0.01"
) -> Site:
    """A site in Spanish; they differ in the end of their hosts only."""
    return Site(
        id=site_id,
        country_code=country,
        currency=currency,
        auth_host=f"auth.mercadolibre.{tld}",
        profile_host=f"perfil.mercadolibre.{tld}",
        panel_host=f"www.mercadolibre.{tld}",
        item_host=f"articulo.mercadolibre.{tld}",
        order_path="/ventas/{id}/detalle",
        price_unit=Decimal(unit),
    )


_ALL = (
    _spanish("MLA", "AR", "ARS", "com.ar"),
    Site(
        id="MLB",
        country_code="BR",
        currency="BRL",
        auth_host="auth.mercadolivre.com.br",
        profile_host="perfil.mercadolivre.com.br",
        panel_host="www.mercadolivre.com.br",
        item_host="produto.mercadolivre.com.br",
        order_path="/vendas/{id}/detalhe",
    ),
    _spanish("MLC", "CL", "CLP", "cl", "1"),
    _spanish("MCO", "CO", "COP", "com.co", "1"),
    _spanish("MLM", "MX", "MXN", "com.mx"),
    _spanish("MLU", "UY", "UYU", "com.uy"),
)
SITES: Mapping[str, Site] = MappingProxyType({site.id: site for site in _ALL})
# What people choose from
CHOICES = [
    ("MLA", "Argentina (MLA)"),
    ("MLB", "Brazil (MLB)"),
    ("MLC", "Chile (MLC)"),
    ("MCO", "Colombia (MCO)"),
    ("MLM", "Mexico (MLM)"),
    ("MLU", "Uruguay (MLU)"),
]


def get_site(site_id: str) -> Site:
    """The site with this id.

    :raises Rejected: ``site_unknown``
    """
    site = SITES.get(site_id)
    if site is None:
        raise Rejected("site_unknown", "site", value=site_id[:16])
    return site


def profile_url(site: Site, nickname: str, base: str | None = None) -> str:
    """Public profile of a user; an empty text when there is no nickname.

    :param base: scheme and host of a test environment instead of the real one
    """
    name = quote(nickname.strip(), safe="")
    if not name:
        return ""
    if base:
        return f"{base.rstrip('/')}/perfil/{name}"
    return f"https://{site.profile_host}/{name}"


def order_url(site: Site, pack_or_order_id: str, base: str | None = None) -> str:
    """The sale in the seller's panel; an empty text when there is no id.

    :param pack_or_order_id: the pack's id, or the order's when it has no pack
    :param base: scheme and host of a test environment instead of the real one
    """
    number = quote(pack_or_order_id.strip(), safe="")
    if not number:
        return ""
    if base:
        return f"{base.rstrip('/')}/ventas/{number}/detalle"
    return f"https://{site.panel_host}{site.order_path.format(id=number)}"


def item_url(site: Site, item_id: str, base: str | None = None) -> str:
    """The page where buyers see an item; an empty text when the id is none.

    :param item_id: letters of the site and a number, as ``MLA123``
    :param base: scheme and host of a test environment instead of the real one
    """
    found = _ITEM_ID.fullmatch(item_id)
    if not found:
        return ""
    name = f"{found[1]}-{found[2]}"
    if base:
        return f"{base.rstrip('/')}/articulo/{name}"
    return f"https://{site.item_host}/{name}"


def site_of_country(country_code: str) -> str:
    """Id of a country's site, "" when there is none."""
    return next((s.id for s in _ALL if s.country_code == country_code), "")


def country_of_site(site_id: str) -> str:
    """ISO 3166-1 alpha-2 code of a site's country, "" when the site is unknown."""
    site = SITES.get(site_id)
    return site.country_code if site else ""

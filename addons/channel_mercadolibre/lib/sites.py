"""Country sites of MercadoLibre and the addresses people open in a browser.

Source: developers.mercadolibre.com, "Authentication and authorization" (hosts of the
authorization page) and "Users" (``permalink`` of a profile).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from odoo.addons.channel_base.lib.errors import Rejected

API_BASE = "https://api.mercadolibre.com"


@dataclass(frozen=True)
class Site:
    """One country site. The API host is the same for all of them.

    :param id: MercadoLibre's id of the site
    :param country_code: ISO 3166-1 alpha-2
    :param currency: ISO 4217
    :param auth_host: where the account owner grants access
    :param profile_host: where a user's public profile lives
    :param panel_host: the seller's panel
    :param order_path: page of one sale in the panel; ``{id}`` is the pack or order
    """

    id: str
    country_code: str
    currency: str
    auth_host: str
    profile_host: str
    panel_host: str
    order_path: str

    @property
    def auth_base(self) -> str:
        """Scheme and host for :func:`.oauth.authorization_url`."""
        return f"https://{self.auth_host}"


SITES: Mapping[str, Site] = MappingProxyType(
    {
        "MLA": Site(
            id="MLA",
            country_code="AR",
            currency="ARS",
            auth_host="auth.mercadolibre.com.ar",
            profile_host="perfil.mercadolibre.com.ar",
            panel_host="www.mercadolibre.com.ar",
            order_path="/ventas/{id}/detalle",
        ),
        "MLB": Site(
            id="MLB",
            country_code="BR",
            currency="BRL",
            auth_host="auth.mercadolivre.com.br",
            profile_host="perfil.mercadolivre.com.br",
            panel_host="www.mercadolivre.com.br",
            order_path="/vendas/{id}/detalhe",
        ),
    }
)


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

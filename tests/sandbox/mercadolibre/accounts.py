"""Applications and seller accounts of the MercadoLibre fake."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .catalogue import COUNTRY

#: ``GET /sites`` (id, name, default currency).
SITES = [
    {"default_currency_id": "ARS", "id": "MLA", "name": "Argentina"},
    {"default_currency_id": "BRL", "id": "MLB", "name": "Brasil"},
    {"default_currency_id": "CLP", "id": "MLC", "name": "Chile"},
    {"default_currency_id": "COP", "id": "MCO", "name": "Colombia"},
    {"default_currency_id": "MXN", "id": "MLM", "name": "Mexico"},
    {"default_currency_id": "PEN", "id": "MPE", "name": "Perú"},
    {"default_currency_id": "UYU", "id": "MLU", "name": "Uruguay"},
]
_PROFILE = {
    "MLA": "http://perfil.mercadolibre.com.ar",
    "MLB": "http://perfil.mercadolivre.com.br",
}


@dataclass
class App:
    """An application registered by a developer."""

    client_id: str
    client_secret: str
    name: str
    redirect_uris: list[str] = field(default_factory=list)
    pkce_required: bool = False
    scopes: str = "offline_access read write"

    def describe(self) -> dict[str, Any]:
        """JSON object for the control API; the secret is included on purpose."""
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "name": self.name,
            "redirect_uris": self.redirect_uris,
            "pkce_required": self.pkce_required,
            "scopes": self.scopes,
        }


@dataclass(frozen=True)
class Seller:
    """A seller account; ``operator_of`` marks a collaborator who cannot grant."""

    id: int
    nickname: str
    site_id: str
    name: str
    operator_of: int | None = None

    def describe(self) -> dict[str, Any]:
        """``{id, nickname, site_id, name}``."""
        return {
            "id": self.id,
            "nickname": self.nickname,
            "site_id": self.site_id,
            "name": self.name,
        }


def default_apps() -> list[App]:
    """Two registered applications: one with optional and one with mandatory PKCE."""
    return [
        App(
            "7100293845610223",
            "sbxSecretK3yOfTheFirstApp000001",
            "ERP connector",
            ["https://erp.example.com/oauth/return"],
        ),
        App(
            "7100293845610999",
            "sbxSecretK3yOfTheSecondApp00002",
            "ERP connector (PKCE mandatory)",
            ["https://erp.example.com/oauth/return"],
            pkce_required=True,
        ),
    ]


DEMO_SELLERS = [
    Seller(1893456721, "BAZAR_PAMPALEN", "MLA", "Bazar Pampalén S.R.L."),
    Seller(2650481337, "TECNO.ZOLVANDIA", "MLA", "Zolvandía Tecno S.A."),
    Seller(3104829965, "LOJA_UMBRALIA", "MLB", "Umbralia Comércio Ltda."),
]
BENCH_SELLERS = [Seller(2713905584, "DEPOSITO_TARQUEMAR", "MLA", "Tarquemar S.A.")]
OPERATOR = Seller(1893456999, "OPERADOR_PAMPALEN", "MLA", "Operator", 1893456721)


def profile_link(site: str, nick: str, local: str | None = None) -> str:
    """Public profile address; ``local`` is a base address to use instead."""
    if local:
        return f"{local}/perfil/{nick}"
    return f"{_PROFILE[site]}/{nick}"


def seller_record(seller: Seller) -> dict[str, Any]:
    """``GET /users/me`` of a seller (MercadoLibre developers, Users > me)."""
    country = COUNTRY[seller.site_id]
    argentine = country == "AR"
    return {
        "id": seller.id,
        "nickname": seller.nickname,
        "registration_date": "2016-03-14T10:22:31.000-04:00",
        "first_name": seller.name.split()[0],
        "last_name": " ".join(seller.name.split()[1:]),
        "country_id": country,
        "email": f"{seller.nickname.lower()}@example.com",
        "identification": {
            "type": "CUIT" if argentine else "CNPJ",
            "number": "30714285714" if argentine else "12345678000195",
        },
        "address": {
            "state": "AR-C" if argentine else "BR-SP",
            "city": "Palermo" if argentine else "Campinas",
            "address": "Lago Escondido 1450",
            "zip_code": "1414" if argentine else "13024000",
        },
        "phone": {"area_code": "11", "number": "5550100", "extension": ""},
        "user_type": "normal",
        "tags": ["normal", "eshop", "user_product_seller", "messages_as_seller"],
        "site_id": seller.site_id,
        "permalink": profile_link(seller.site_id, seller.nickname),
        "seller_reputation": {
            "level_id": "5_green",
            "power_seller_status": "gold",
            "transactions": {"period": "historic", "total": 1820},
        },
        "status": {
            "site_status": "active",
            "list": {"allow": True, "codes": []},
        },
    }

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
    "MLC": "http://perfil.mercadolibre.cl",
    "MCO": "http://perfil.mercadolibre.com.co",
    "MLM": "http://perfil.mercadolibre.com.mx",
    "MLU": "http://perfil.mercadolibre.com.uy",
}
#: Document, state, city and zip code of the sellers of each site.
_SELLER_PLACE = {
    "MLA": ("CUIT", "30714285714", "AR-C", "Palermo", "1414"),
    "MLB": ("CNPJ", "12345678000195", "BR-SP", "Campinas", "13024000"),
    "MLC": ("RUT", "760864285", "CL-RM", "Maipú", None),
    "MCO": ("NIT", "9003731153", "CO-DC", "La Candelaria", "111711"),
    "MLM": ("RFC", "UBA930714AB4", "MX-DIF", "Álvaro Obregón", "01040"),
    "MLU": ("RUT", "215191230015", "UY-MO", "Montevideo", "11300"),
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
SITE_SELLERS = [
    Seller(1704482913, "ABARROTES_UMBRALIA", "MLM", "Umbralía del Bajío SA de CV"),
    Seller(2281940657, "FERLUNOR.CL", "MLC", "Comercial Ferlunor SpA"),
    Seller(1922750386, "CALBRENA_CO", "MCO", "Inversiones Calbreña SAS"),
    Seller(2937715048, "BARRACA_ORVALI", "MLU", "Barraca Orvalí S.R.L."),
]
OPERATOR = Seller(1893456999, "OPERADOR_PAMPALEN", "MLA", "Operator", 1893456721)


def profile_link(site: str, nick: str, local: str | None = None) -> str:
    """Public profile address; ``local`` is a base address to use instead."""
    if local:
        return f"{local}/perfil/{nick}"
    return f"{_PROFILE[site]}/{nick}"


def seller_record(seller: Seller) -> dict[str, Any]:
    """``GET /users/me`` of a seller (MercadoLibre developers, Users > me)."""
    country = COUNTRY[seller.site_id]
    document, number, state, city, zip_code = _SELLER_PLACE[seller.site_id]
    return {
        "id": seller.id,
        "nickname": seller.nickname,
        "registration_date": "2016-03-14T10:22:31.000-04:00",
        "first_name": seller.name.split()[0],
        "last_name": " ".join(seller.name.split()[1:]),
        "country_id": country,
        "email": f"{seller.nickname.lower()}@example.com",
        "identification": {
            "type": document,
            "number": number,
        },
        "address": {
            "state": state,
            "city": city,
            "address": "Lago Escondido 1450",
            "zip_code": zip_code,
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

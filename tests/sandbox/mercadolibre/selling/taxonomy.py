"""Categories of a site, what suits a title, size charts.

Source: MercadoLibre developers, Categories and attributes, Size charts.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

from ..catalogue import CATALOGUE, CURRENCY
from .attributes import SALE_TERMS, TEMPLATES, Attribute

Record = dict[str, Any]

MAX_TITLE = 60
MAX_PICTURES = 12
#: Least price of an item, in currency units.
MINIMUM_PRICE = {
    "MLA": 1000,
    "MLB": 6,
    "MLC": 1000,
    "MCO": 3000,
    "MLM": 35,
    "MLU": 30,
}
MAXIMUM_PRICE = 999_999_999


@dataclass
class Category:
    """A category; ``template`` is None where nothing can be listed."""

    id: str
    name: str
    parent: str | None
    domain: str = ""
    template: str | None = None
    words: tuple[str, ...] = ()
    closed: bool = False
    children: list[str] = field(default_factory=list)

    @property
    def attributes(self) -> dict[str, Attribute]:
        """Attributes by id."""
        return {one.id: one for one in TEMPLATES.get(self.template or "", ())}

    @property
    def listable(self) -> bool:
        """Whether items may be listed here."""
        return self.template is not None and not self.closed


# Number, parent, Spanish and Portuguese name, domain, template, words of titles.
_ROWS = """
5000||Hogar y Jardín|Casa e Jardim|||
5001||Ropa y Accesorios|Roupas e Acessórios|||
5002||Herramientas|Ferramentas|||
5003||Libros|Livros|||
6001|5000|Termos|Garrafas Térmicas|THERMOSES|flask|termo garrafa botella thermos
6002|5000|Sillas|Cadeiras|CHAIRS|plain|silla cadeira banco
6003|5000|Otros|Outros|HOME_ITEMS|plain|
6101|5001|Remeras|Camisetas|T_SHIRTS|clothing|remera camiseta playera polera
6102|5001|Mochilas|Mochilas|BACKPACKS|plain|mochila
6103|5001|Zapatillas|Tênis|SNEAKERS|clothing|zapatilla tenis
6201|5002|Taladros|Furadeiras|DRILLS|tool|taladro furadeira drill
6202|5002|Motosierras|Motosserras|CHAINSAWS|tool|motosierra motosserra
6301|5003|Libros Físicos|Livros Físicos|BOOKS|book|libro livro novela
6901|5000|Fuegos Artificiales|Fogos de Artifício|FIREWORKS|plain|fuegos fogos
"""
_CLOSED = {"6901"}


class Taxonomy:
    """Categories of all sites and the charts of sellers."""

    def __init__(self) -> None:
        self.categories: dict[str, Category] = {}
        self.charts: dict[str, Record] = {}
        for site in CURRENCY:
            self._add_site(site)

    def _add_site(self, site: str) -> None:
        for row in _ROWS.strip().splitlines():
            number, parent, spanish, portuguese, domain, template, words = row.split(
                "|"
            )
            self._add(
                Category(
                    f"{site}{number}",
                    portuguese if site == "MLB" else spanish,
                    f"{site}{parent}" if parent else None,
                    f"{site}-{domain}" if domain else "",
                    template or None,
                    tuple(words.split()),
                    number in _CLOSED,
                )
            )
        for product in CATALOGUE[site]:
            self._add(
                Category(
                    product.category_id,
                    product.title,
                    f"{site}5000",
                    f"{site}-HOME_ITEMS",
                    "plain",
                )
            )

    def _add(self, category: Category) -> None:
        self.categories[category.id] = category
        if category.parent:
            self.categories[category.parent].children.append(category.id)

    def roots(self, site: str) -> list[Record]:
        """``/sites/{site}/categories``."""
        return [
            {"id": one.id, "name": one.name}
            for one in self.categories.values()
            if one.parent is None and one.id.startswith(site)
        ]

    def describe(self, category: Category) -> Record:
        """``/categories/{id}``."""
        path = [category]
        while path[0].parent:
            path.insert(0, self.categories[path[0].parent])
        site = category.id[:3]
        return {
            "id": category.id,
            "name": category.name,
            "picture": None,
            "permalink": None,
            "total_items_in_this_category": 0,
            "path_from_root": [{"id": one.id, "name": one.name} for one in path],
            "children_categories": [
                {
                    "id": one,
                    "name": self.categories[one].name,
                    "total_items_in_this_category": 0,
                }
                for one in category.children
            ],
            "attribute_types": "variations" if category.template else "none",
            "settings": self._settings(category, site),
            "channels_settings": [],
            "meta_categ_id": None,
            "attributable": bool(category.template),
            "date_created": "2018-04-25T08:12:56.000Z",
        }

    def _settings(self, category: Category, site: str) -> Record:
        return {
            "adult_content": False,
            "buying_allowed": category.listable,
            "buying_modes": ["buy_it_now"],
            "catalog_domain": category.domain or None,
            "currencies": [CURRENCY[site]],
            "item_conditions": ["new", "used", "refurbished"],
            "listing_allowed": category.listable,
            "max_description_length": 50000,
            "max_pictures_per_item": MAX_PICTURES,
            "max_pictures_per_item_var": 10,
            "max_title_length": MAX_TITLE,
            "max_variations_allowed": 100,
            "minimum_price": MINIMUM_PRICE[site],
            "maximum_price": None,
            "price": "required",
            "status": "disabled" if category.closed else "enabled",
            "stock": "required",
        }

    def suggest(self, site: str, title: str, limit: int) -> list[Record]:
        """The likeliest categories of a title, the best first."""
        words = set(_plain(title).split())
        scored = []
        for one in self.categories.values():
            if not one.id.startswith(site) or not one.listable or not one.words:
                continue
            hits = sum(any(w.startswith(key) for w in words) for key in one.words)
            if hits:
                scored.append((-hits, one.id, one))
        rows = [self._suggestion(one) for _hits, _id, one in sorted(scored)[:limit]]
        if not rows and words:
            rows = [self._suggestion(self.categories[f"{site}6003"])]
        return rows

    def _suggestion(self, category: Category) -> Record:
        return {
            "domain_id": category.domain,
            "domain_name": category.name,
            "category_id": category.id,
            "category_name": category.name,
            "attributes": [],
        }

    def sale_terms(self, site: str) -> list[Record]:
        """``/categories/{id}/sale_terms``."""
        return [one.describe(site) for one in SALE_TERMS]

    def add_chart(self, seller_id: int, site: str, values: Record) -> Record:
        """Keep a size chart: ``{domain_id, name?, gender?, sizes?, brand?}``."""
        number = str(900_001 + len(self.charts))
        sizes = values.get("sizes") or ["S", "M", "L", "XL"]
        gender = values.get("gender") or "Hombre"
        attributes = [{"id": "GENDER", "values": [{"name": gender}]}]
        if values.get("brand"):
            brand = {"id": "BRAND", "values": [{"name": values["brand"]}]}
            attributes.append(brand)
        chart: Record = {
            "id": number,
            "names": {site: values.get("name") or f"{gender} {number}"},
            "domain_id": values["domain_id"].removeprefix(f"{site}-"),
            "site_id": site,
            "type": values.get("type") or "SPECIFIC",
            "seller_id": seller_id,
            "measure_type": "CLOTHING_MEASURE",
            "main_attribute_id": "SIZE",
            "attributes": attributes,
            "rows": [
                {
                    "id": f"{number}:{place}",
                    "attributes": [
                        {"id": "SIZE", "name": "Talle", "values": [{"name": size}]}
                    ],
                }
                for place, size in enumerate(sizes, 1)
            ],
        }
        self.charts[number] = chart
        return chart


def _plain(text: str) -> str:
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in split if not unicodedata.combining(letter))

"""Creates items, after the checks that ``/items/validate`` makes as well.

Source: MercadoLibre developers, Publish products, User Products, Variations.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ...http import HttpError, json_response
from ..times import stamp
from .bodies import CREATION, REQUIRED, check_fields
from .causes import invalid_fields, required_fields
from .drafts import CONDITIONS, MAX_TITLE, Draft
from .gtin import check_gtin
from .shop import HOME, Item, Shop, settle

Record = dict[str, Any]
USER_PRODUCTS = "user_product_seller"
MULTI_ORIGIN = "warehouse_management"
#: From this price on, new items are sent free of charge for the buyer.
FREE_SHIPPING_FROM = {"MLA": 33_000, "MLB": 79, "MLM": 299}
_PAGES = {
    "MLA": "articulo.mercadolibre.com.ar",
    "MLB": "produto.mercadolivre.com.br",
    "MLC": "articulo.mercadolibre.cl",
    "MCO": "articulo.mercadolibre.com.co",
    "MLM": "articulo.mercadolibre.com.mx",
    "MLU": "articulo.mercadolibre.com.uy",
}


class Creation:
    """The checked body of a new item; :meth:`make` lists it.

    :raises HttpError: the refusal
    """

    #: Number the item gets; the next free one when it is 0.
    number = 0

    def __init__(self, shop: Shop, seller_id: int, values: Record) -> None:
        check_listing(shop, seller_id)
        check_fields(values, CREATION)
        self.shop = shop
        self.seller_id = seller_id
        self.values = values
        self.modern = shop.has_tag(seller_id, USER_PRODUCTS)
        self._check_model()
        self.draft = draft = Draft(shop, seller_id, values["category_id"])
        field = "family_name" if self.modern else "title"
        draft.title(values[field], field)
        draft.terms(values)
        self.places = self._places()
        self._check_amounts()
        self.attributes = draft.attributes(values.get("attributes"))
        self.variations = [self._variation(v) for v in values.get("variations") or []]
        self._check_attributes()
        self.sale_terms = draft.sale_terms(values.get("sale_terms"))
        self.pictures = draft.pictures(values.get("pictures"))
        self.shipping = self._shipping()
        self._check_refused()
        draft.findings.check()

    def _check_model(self) -> None:
        """The fields of the seller's model: the refusals mislead, as the real ones."""
        values = self.values
        mandatory = "family_name" if self.modern else "title"
        foreign = ["title", "variations"] if self.modern else ["family_name"]
        by_place = self.shop.has_tag(self.seller_id, MULTI_ORIGIN)
        foreign.append("available_quantity" if by_place else "stock_locations")
        missing = [n for n in (mandatory, *REQUIRED) if values.get(n) in (None, "")]
        told = [name for name in foreign if values.get(name) is not None]
        if self.modern and mandatory in missing:
            raise required_fields([mandatory])
        if told:
            raise invalid_fields(told)
        if by_place or values.get("variations"):
            missing = [one for one in missing if one != "available_quantity"]
        if missing:
            raise required_fields(missing)

    def _places(self) -> dict[tuple[str, str], int]:
        """Where the stock told lies: by warehouse if the seller has several."""
        values = self.values
        if self.shop.has_tag(self.seller_id, MULTI_ORIGIN):
            rows = values.get("stock_locations")
            return self.shop.told_places(self.seller_id, rows)
        return {HOME: values.get("available_quantity", 0)}

    def _check_amounts(self) -> None:
        draft, least = self.draft, 0 if self.shop.core.settings.empty_items else 1
        draft.price(self.values["price"])
        rows = self.values.get("variations")
        counts = [row.get("available_quantity", 0) for row in rows or []]
        for count in counts or [sum(self.places.values())]:
            draft.quantity(count, self.values["listing_type_id"], least=least)
        prices = {
            row.get("price", self.values["price"])
            for row in self.values.get("variations") or []
        }
        if len(prices) > 1:
            text = "The price of all variations must be the same"
            code = "item.variations.price.different"
            draft.findings.add(150, code, text, "item.variations")

    def _variation(self, told: Record) -> Record:
        """A variation as it is shown, still without number."""
        draft, where = self.draft, "item.variations"
        combinations = draft.attributes(told.get("attribute_combinations"), where)
        attributes = draft.attributes(told.get("attributes"), where)
        if not combinations:
            text = "A variation needs attribute_combinations"
            code = "item.variations.attribute_combinations.required"
            draft.findings.add(151, code, text, where)
        return {
            "combinations": combinations,
            "attributes": attributes,
            "quantity": told.get("available_quantity", 0),
            "picture_ids": told.get("picture_ids") or [],
        }

    def _check_attributes(self) -> None:
        draft = self.draft
        holders = [
            {**self.attributes, **row["combinations"], **row["attributes"]}
            for row in self.variations
        ] or [self.attributes]
        seen = [
            tuple(sorted((k, v["value_name"]) for k, v in row["combinations"].items()))
            for row in self.variations
        ]
        if len(set(seen)) < len(seen):
            text = "Two variations have the same attribute_combinations"
            code = "item.variations.attribute_combinations.duplicated"
            draft.findings.add(152, code, text, "item.variations")
        draft.required(holders)
        draft.grid(holders)
        if draft.category is None:
            return
        brand = (self.attributes.get("BRAND") or {}).get("value_name")
        for holder in holders:
            told = {"attributes": list(holder.values()), "brand": brand}
            check_gtin(self.shop, self.seller_id, draft.category, told, draft.findings)

    def _check_refused(self) -> None:
        holders = [self.attributes, *[row["attributes"] for row in self.variations]]
        skus = {(h.get("SELLER_SKU") or {}).get("value_name") for h in holders}
        check_refused(self.shop, self.draft, skus)

    def _shipping(self) -> Record:
        told = self.values.get("shipping") or {}
        return shipping(self.draft, told, self.values["price"])

    def make(self) -> Item:
        """List the item."""
        shop = self.shop
        item = Item(self._body())
        for place, row in enumerate(self.variations):
            item.variations.append(self._shown_variation(row, place))
        shop.put(item)
        key = self._key() if self.modern else None
        for one in item.variations:
            shop.join(item, one["id"], None, {HOME: one["available_quantity"]})
        if not item.variations:
            shop.join(item, None, key, self.places)
        settle(item)
        shop.announce("items_prices", f"/items/{item.id}/prices", self.seller_id)
        return item

    def _key(self) -> tuple[Any, ...]:
        condition = self._condition()
        family = self.values["family_name"]
        return key_of(self.draft, family, condition, self.attributes)

    def _title(self) -> str:
        if not self.modern:
            return str(self.values["title"]).strip()
        return make_title(self.draft, self.values["family_name"], self.attributes)

    def _condition(self) -> str:
        told = self.values.get("condition") or condition_of(self.attributes)
        return str(told or "new")

    def _shown_variation(self, row: Record, place: int) -> Record:
        return {
            "id": 170_000_000_000 + self.shop.number() + place,
            "price": self.values["price"],
            "attribute_combinations": list(row["combinations"].values()),
            "available_quantity": row["quantity"],
            "sold_quantity": 0,
            "sale_terms": [],
            "picture_ids": row["picture_ids"],
            "seller_custom_field": None,
            "catalog_product_id": None,
            "inventory_id": None,
            "user_product_id": None,
            "attributes": list(row["attributes"].values()),
        }

    def _body(self) -> Record:
        values, shop = self.values, self.shop
        site, number = self.draft.site, self.number or shop.number()
        title = self._title()
        family = str(values["family_name"]).strip() if self.modern else None
        count = sum(self.places.values())
        told = ("category_id", "price", "currency_id", "listing_type_id")
        options = ("official_store_id", "video_id", "catalog_product_id")
        return {
            "id": f"{site}{number}",
            "site_id": site,
            "title": title,
            "family_name": family,
            "family_id": shop.family(self.seller_id, family) if family else None,
            "seller_id": self.seller_id,
            "user_product_id": None,
            **{name: values[name] for name in told},
            **{name: values.get(name) for name in options},
            "base_price": values["price"],
            "original_price": None,
            "initial_quantity": count,
            "available_quantity": count,
            "sold_quantity": 0,
            "sale_terms": list(self.sale_terms.values()),
            "condition": self._condition(),
            "permalink": permalink(site, number, title),
            "thumbnail_id": self.pictures[0]["id"] if self.pictures else None,
            "thumbnail": self.pictures[0]["url"] if self.pictures else None,
            "pictures": self.pictures,
            "shipping": self.shipping,
            "attributes": list(self.attributes.values()),
            "variations": [],
            "status": "active",
            "sub_status": [],
            "domain_id": self.draft.category.domain if self.draft.category else None,
            "seller_custom_field": values.get("seller_custom_field"),
            "catalog_listing": bool(values.get("catalog_listing")),
            "channels": values.get("channels") or ["marketplace"],
            **always(shop.moment),
        }


def always(now: datetime) -> Record:
    """What every new item shows."""
    return {
        "buying_mode": "buy_it_now",
        "start_time": stamp(now),
        "stop_time": stamp(now + timedelta(days=7300)),
        "date_created": stamp(now),
        "last_updated": stamp(now),
        "descriptions": [],
        "accepts_mercadopago": True,
        "international_delivery_mode": "none",
        "warnings": [],
        "tags": ["good_quality_picture", "immediate_payment"],
        "warranty": None,
        "parent_item_id": None,
        "deal_ids": [],
        "automatic_relist": False,
        "health": 0.75,
        "item_relations": [],
    }


def check_listing(shop: Shop, seller_id: int) -> None:
    """Refuse when the account may not list; the causes are plain codes."""
    state = shop.account(seller_id)["status"]["list"]
    if state["allow"]:
        return
    body = {
        "message": "seller.unable_to_list",
        "error": "User is unable to list.",
        "status": 403,
        "cause": state["codes"] or ["restrictions_coliving"],
    }
    raise HttpError(json_response(body, 403))


def check_refused(shop: Shop, draft: Draft, skus: set[Any]) -> None:
    """Refuse what was told to be refused (see the control API)."""
    for sku in sorted(shop.refused & skus):
        text = f"The seller is not authorised to sell the brand of {sku}"
        draft.findings.add(
            3250,
            "moderations.seller.not_authorized",
            text,
            "item.attributes.BRAND",
            department="moderations",
        )


def shipping(draft: Draft, told: Record, price: float) -> Record:
    """How an item is sent; a dear one is sent free of charge whatever was told."""
    mode = told.get("mode", "me2")
    if mode not in ("me2", "me1", "not_specified", "custom"):
        text = f"Shipping mode {mode} is invalid"
        draft.findings.add(113, "item.shipping.mode.invalid", text, "item.shipping")
    free = bool(told.get("free_shipping"))
    tags = []
    limit = FREE_SHIPPING_FROM.get(draft.site)
    if limit is not None and price >= limit and mode == "me2":
        if not free:
            text = f"Items of {limit} or more have free shipping"
            code = "shipping.free_shipping.mandatory"
            draft.findings.warn(350, code, text, "item.shipping.free_shipping")
        free = True
        tags = ["mandatory_free_shipping"]
    return {
        "mode": mode,
        "methods": [],
        "tags": tags,
        "dimensions": told.get("dimensions"),
        "local_pick_up": bool(told.get("local_pick_up")),
        "free_shipping": free,
        "logistic_type": "xd_drop_off" if mode == "me2" else "not_specified",
        "store_pick_up": False,
    }


def key_of(
    draft: Draft, family: str, condition: str, attributes: dict[str, Record]
) -> tuple[Any, ...]:
    """What makes a user product: family, variant attributes, SKU."""
    known = draft.category.attributes if draft.category else {}
    facts = sorted(
        (name, row["value_name"])
        for name, row in attributes.items()
        if name == "SELLER_SKU"
        or (name in known and known[name].hierarchy in ("PARENT_PK", "CHILD_PK"))
    )
    domain = draft.category.domain if draft.category else ""
    return (draft.seller_id, domain, family.strip().casefold(), condition, *facts)


def condition_of(attributes: dict[str, Record]) -> str:
    """The condition that the attribute says, or nothing."""
    told = (attributes.get("ITEM_CONDITION") or {}).get("value_id")
    return next((name for name, key in CONDITIONS.items() if key == told), "")


def make_title(draft: Draft, family: str, attributes: dict[str, Record]) -> str:
    """The title of an item of user products: family and values of its variant."""
    known = draft.category.attributes if draft.category else {}
    title = str(family).strip()
    for name, attribute in known.items():
        value = (attributes.get(name) or {}).get("value_name")
        if attribute.hierarchy != "CHILD_PK" or not value or "GRID" in name:
            continue
        if len(title) + 1 + len(value) <= MAX_TITLE:
            title = f"{title} {value}"
    return title


def permalink(site: str, number: int, title: str) -> str:
    """The page of an item."""
    slug = "-".join("".join(c if c.isalnum() else " " for c in title.lower()).split())
    return f"https://{_PAGES[site]}/{site}-{number}-{slug}-_JM"

"""A writer of listings over the sandbox, with pictures and prices in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected, Several
from odoo.addons.channel_catalog.lib.images import Image
from odoo.addons.channel_catalog.lib.opening import OpeningPrice
from odoo.addons.channel_mercadolibre.lib.account import Seller
from odoo.addons.channel_mercadolibre.lib.items_client import ItemsClient
from odoo.addons.channel_mercadolibre.lib.listings import MercadoLibreListings
from odoo.addons.channel_outgoing.lib.writer import Answer, Found, Target

from tests.pure.channel_mercadolibre.support import Account

THERMOS, CLOSED_CATEGORY = "MLA6001", "MLA6901"


def png(width: int, height: int) -> bytes:
    """The beginning of a picture of a size in pixels."""
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + size + b"\x08\x02\x00\x00\x00"


class Pictures:
    """Pictures by checksum: the name is the size, as ``800x600-a``."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.loads: list[str] = []

    def load(self, checksum: str) -> Image | None:
        self.loads.append(checksum)
        if checksum == "gone":
            return None
        width, _x, height = checksum.partition("-")[0].partition("x")
        data = png(int(width), int(height)) + checksum.encode()
        return Image(f"{checksum}.png", "image/png", data)

    def get(self, checksum: str) -> str | None:
        return self.ids.get(checksum)

    def get_all(self, checksums: Iterable[str]) -> dict[str, str]:
        return {one: self.ids[one] for one in checksums if one in self.ids}

    def note(self, checksum: str, external_id: str) -> None:
        assert checksum not in self.ids
        self.ids[checksum] = external_id


class Opening:
    """What all new listings cost; ids that are linked already."""

    def __init__(self) -> None:
        self.price: OpeningPrice | Rejected = OpeningPrice(Decimal("24999.9"), "ARS")
        self.linked: set[str] = set()

    def get_prices(
        self, references: Collection[str]
    ) -> dict[str, OpeningPrice | Rejected]:
        return dict.fromkeys(references, self.price)

    def get_linked(self, external_ids: Collection[str]) -> set[str]:
        return self.linked.intersection(external_ids)


class Shelf:
    """A seller's listings as the outbox sees them: what was taken is remembered.

    :param user_products: what the channel thinks of the account
    """

    def __init__(self, account: Account, user_products: bool = True):
        self.account = account
        self.pictures, self.opening = Pictures(), Opening()
        self.noted: list[Seller] = []
        self.ids: dict[str, str | None] = {}
        self.taken: dict[str, dict[str, Any]] = {}
        self.taken_at: datetime | None = None
        self.rewritten: dict[str, Any] = {}
        self.user_products = user_products
        self.begin()

    def begin(self) -> None:
        """Another run, with a writer of its own."""
        self.client = ItemsClient(self.account.url, self.account.token)
        self.writer = MercadoLibreListings(
            self.client,
            Seller(self.account.seller_id, user_products=self.user_products),
            self.pictures,
            self.opening,
            self.noted.append,
        )

    def target(self, reference: str) -> Target:
        taken = self.taken.get(reference)
        rewritten = self.rewritten.get(reference)
        external_id = self.ids.get(reference)
        return Target(reference, external_id, taken, self.taken_at, rewritten)

    def put(self, reference: str, content: dict[str, Any]) -> Answer:
        return self.put_all({reference: content})[reference]

    def put_all(self, contents: dict[str, dict[str, Any]]) -> dict[str, Answer]:
        records = [(self.target(name), one) for name, one in contents.items()]
        answers = dict(self.writer.put("listing", records))
        for name, answer in answers.items():
            if not isinstance(answer, Exception):
                external_id = getattr(answer, "external_id", answer)
                taken = getattr(answer, "taken", None)
                if (rewritten := getattr(answer, "rewritten", None)) is not None:
                    self.rewritten[name] = rewritten
                self.ids[name] = external_id
                self.taken[name] = contents[name] if taken is None else taken
        return answers

    def find(self, reference: str) -> Found | None:
        return self.writer.find("listing", [self.target(reference)]).get(reference)

    # The other side

    def set_model(self, user_products: bool) -> None:
        """Have the account be of one of the models."""
        verb = "add_tags" if user_products else "remove_tags"
        values = {verb: ["user_product_seller"]}
        self.control(f"sellers/{self.account.seller_id}", values)

    def clear(self) -> None:
        """Let the account sell nothing, and forget what was called."""
        for item in self.items():
            self.control(f"items/{item['id']}", {"status": "closed", "deleted": True})
        self.writes()
        self.control("stats/reset", {})

    def account_calls(self, route: str) -> int:
        """How often a route was called since the account was cleared."""
        found: int = self.control("stats")["routes"].get(route, 0)
        return found

    def control(self, path: str, values: Any = None) -> Any:
        method = "GET" if values is None else "POST"
        return self.account.control(method, path, values)

    def items(self) -> list[dict[str, Any]]:
        rows = self.control(f"items?seller_id={self.account.seller_id}")
        return [row for row in rows if row["status"] != "closed"]

    def item(self, reference: str) -> dict[str, Any]:
        found: dict[str, Any] = self.control(f"items/{self.ids[reference]}")
        return found

    def edit(self, reference: str, **values: Any) -> None:
        """Let the seller change an item in the service's pages."""
        self.control(f"items/{self.ids[reference]}", values)

    def seed(self, **values: Any) -> dict[str, Any]:
        seller = {"seller_id": int(self.account.seller_id)}
        found: dict[str, Any] = self.control("items", {**seller, **values})
        return found

    def writes(self) -> list[str]:
        """Routes of the writing calls since this was last asked."""
        return [f"{row['method']} {row['path']}" for row in self.control("writes")]


def content(sku: str = "S-1", **values: Any) -> dict[str, Any]:
    """A thermos as the catalogue makes it."""
    return {
        "title": "Termo de acero negro",
        "family": "Termo de acero",
        "sku": sku,
        "barcode": None,
        "brand": "Stanley",
        "category": THERMOS,
        "description": "<p>Hola</p><ul><li>uno</li><li>dos</li></ul>",
        "images": ["800x600-a", "900x900-b"],
        "visibility": "hidden",
        "attributes": {
            "MODEL": {"value_name": "Classic"},
            "CAPACITY": {"value_name": "1 L"},
            "COLOR": {"value_id": "52049", "value_name": "Negro"},
            "EMPTY_GTIN_REASON": {"value_name": "Otra razón"},
        },
        "sale_terms": {"WARRANTY_TIME": {"value_name": "90 días"}},
        "listing_type": "gold_special",
        "condition": "new",
        "shipping": {"free_shipping": False, "local_pick_up": False},
        **values,
    }


def refusal(answer: Answer) -> list[tuple[str, str | None]]:
    """Code and field of each thing that is wrong."""
    assert isinstance(answer, Rejected), answer
    errors = answer.errors if isinstance(answer, Several) else (answer,)
    return sorted((one.code, one.field) for one in errors)

"""Contents as the catalogue makes them, and pictures in memory."""

from __future__ import annotations

from typing import Any

from odoo.addons.channel_catalog.lib.images import Image
from odoo.addons.channel_medusa.lib.listings import MedusaListings
from odoo.addons.channel_outgoing.lib.writer import Target

FIELDS = frozenset(
    {
        "sku",
        "product",
        "options",
        "visibility",
        "title",
        "description",
        "images",
        "brand",
        "barcode",
        "weight",
    }
)
PLACE = "sloc_1"


class Pictures:
    """Pictures by checksum; counts what is read."""

    def __init__(self) -> None:
        self.urls: dict[str, str] = {}
        self.reads: list[str] = []

    def load(self, checksum: str) -> Image | None:
        self.reads.append(checksum)
        if checksum == "gone":
            return None
        return Image(f"{checksum}.png", "image/png", b"\x89PNG" + checksum.encode())

    def get(self, checksum: str) -> str | None:
        return self.urls.get(checksum)

    def note(self, checksum: str, external_id: str) -> None:
        self.urls[checksum] = external_id


def product(**values: Any) -> dict[str, Any]:
    return {
        "title": "Remera Ñandú",
        "description": "<p>Hola</p>",
        "images": ["a", "b"],
        "brand": "Marca",
        "options": [{"name": "Color", "values": ["Rojo", "Azul"]}],
        "visibility": "hidden",
        "weight": 0.35,
        **values,
    }


def listing(product_id: str, color: str = "Rojo", **values: Any) -> dict[str, Any]:
    return {
        "product": product_id,
        "title": color,
        "sku": f"R-{color}",
        "barcode": None,
        "options": {"Color": color},
        "visibility": "visible",
        "weight": None,
        "images": None,
        **values,
    }


def make(writer: MedusaListings, *colors: str) -> tuple[str, dict[str, Any]]:
    """A product with variants; its id, and what was answered of each by color."""
    target = Target("odoo-p", None)
    options = [{"name": "Color", "values": list(colors)}]
    key = str(writer.put("product", [(target, product(options=options))])["odoo-p"])
    answers = writer.put(
        "listing",
        [(Target(f"odoo-{color}", None), listing(key, color)) for color in colors],
    )
    return key, {color: answers[f"odoo-{color}"] for color in colors}

"""A seller for tests that talk to the selling side directly."""

from __future__ import annotations

import json
from typing import Any

from ...testing import Answer, Client

THERMOS = "MLA6001"


class Seller:
    """Sells through the API as the client's present seller."""

    def __init__(self, client: Client, *, former: bool = False) -> None:
        self.client = client
        self.seller = client.seller
        if former:
            self.account(remove_tags=["user_product_seller"])

    def account(self, **values: Any) -> Any:
        """Change the seller's account."""
        return self.client.control("POST", f"sellers/{self.seller}", values)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One call with the bearer token."""
        token = f"Bearer {self.client.pair['access_token']}"
        data = b"" if body is None else json.dumps(body).encode()
        return self.client.call(method, path, data, Authorization=token, **headers)

    def seed(self, **values: Any) -> Any:
        """An item made in the service's own pages."""
        values = {"seller_id": self.seller, "price": 2000, "quantity": 5, **values}
        return self.client.control("POST", "items", values)

    def picture(self) -> str:
        """A picture that can be used."""
        return str(upload(self, png(800, 600)).json["id"])

    def body(self, **values: Any) -> dict[str, Any]:
        """Body of a new thermos of user products."""
        attributes = {"BRAND": "Stanley", "MODEL": "Classic", "CAPACITY": "1 L"}
        attributes |= {"EMPTY_GTIN_REASON": "Otra razón"}
        attributes |= values.pop("attributes", {})
        body = {
            "family_name": "Termo de acero",
            "category_id": THERMOS,
            "price": 24999.9,
            "currency_id": "ARS",
            "available_quantity": 3,
            "buying_mode": "buy_it_now",
            "condition": "new",
            "listing_type_id": "gold_special",
            "pictures": [{"id": self.picture()}],
            "attributes": [
                {"id": key, "value_name": value} for key, value in attributes.items()
            ],
        }
        body |= values
        return {key: value for key, value in body.items() if value is not None}

    def create(self, **values: Any) -> Any:
        """A new item that must be accepted."""
        answer = self.call("POST", "/items", self.body(**values))
        assert answer.status == 201, answer.json
        return answer.json

    def causes(self, **values: Any) -> list[tuple[int, str]]:
        """Number and kind of the causes that a validation answers."""
        answer = self.call("POST", "/items/validate", self.body(**values))
        if answer.status == 204:
            return []
        return [(one["cause_id"], one["type"]) for one in answer.json["cause"]]

    def item(self, item_id: str) -> Any:
        """The item as it is now."""
        return self.client.get(f"/items/{item_id}?include_attributes=all").json


def png(width: int, height: int, padding: int = 0) -> bytes:
    """The beginning of a picture of a size in pixels."""
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return head + size + b"\x08\x02\x00\x00\x00" + b"\x00" * padding


def upload(seller: Seller, data: bytes) -> Answer:
    """Upload a picture."""
    form = (
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\n" + data + b"\r\n--B--\r\n"
    )
    token = f"Bearer {seller.client.pair['access_token']}"
    kind = {"Content-Type": "multipart/form-data; boundary=B"}
    path = "/pictures/items/upload"
    return seller.client.call("POST", path, form, Authorization=token, **kind)

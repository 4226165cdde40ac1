"""Items of an account of the sandbox, in the words of the catalogue's contract."""

import base64
import io
from unittest.mock import patch

from PIL import Image
from sandbox.mercadolibre.selling import taxonomy

from .common import SELLER, SandboxMixin

CATEGORY = "MLA6003"
# Validations and uploads change nothing of what is for sale.
WRITING = ("/items", "/user-products")


def make_picture(width=600, height=600):
    """A picture of a size, as Odoo's fields take it."""
    data = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(data, "PNG")
    return base64.b64encode(data.getvalue())


PICTURE = make_picture()


class RemoteItems(SandboxMixin):
    """An account with user products; an heir says if it is one of the former model.

    Its products are in a category that demands a brand, and a barcode or the reason why
    there is none.
    """

    provider = "mercadolibre"
    user_products = True
    # What is closed there is closed for good; an item always has a quantity.
    lacks = frozenset({"recreate", "unlimited"})

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["product.category"].create({"name": "Otros"})

    @classmethod
    def make_item(cls, sku, **values):
        return super().make_item(sku, **cls.add_defaults(values))

    @classmethod
    def make_varying(cls, sku, *counts, **values):
        return super().make_varying(sku, *counts, **cls.add_defaults(values))

    @classmethod
    def add_defaults(cls, values):
        """What MercadoLibre wants of a product besides."""
        return {"image_1920": PICTURE, "categ_id": cls.category.id, **values}

    def setUp(self):
        super().setUp()
        self.start_sandbox()
        # The contract's prices are small.
        lowest = patch.dict(taxonomy.MINIMUM_PRICE, {"MLA": 1})
        lowest.start()
        self.addCleanup(lowest.stop)
        if not self.user_products:
            self.change_seller(remove_tags=["user_product_seller"])
        self.connect(self.channel)
        self.channel.mercadolibre_gtin_reason = "Otra razón"
        self.map_category(CATEGORY)

    def map_category(self, code, category=None):
        """Have products of a category of Odoo be in one of MercadoLibre."""
        category = category or self.category
        kind = self.env.ref("channel_catalog.kind_category")
        self.env["sale.channel.mapping"].create(
            {
                "channel_id": self.channel.id,
                "kind_id": kind.id,
                "external_value": code,
                "record_ref": f"product.category,{category.id}",
            }
        )
        known = self.env["mercadolibre.category"]._ensure([(code, code)])
        with self.enter_registry_test_mode():
            known._read(self.channel)

    def change_seller(self, seller=SELLER, **values):
        return self.control(f"sellers/{seller}", values)

    # The other side

    def items(self, sku=None):
        """The open items of the account, or those of a SKU: pairs of an item and its
        variation, or None."""
        pairs = [
            (item, variation)
            for item in self.control(f"items?seller_id={SELLER}")
            if item["status"] != "closed" and not item["deleted"]
            for variation in item["variations"] or [None]
        ]
        return [
            pair
            for pair in pairs
            if sku is None or self.value(pair, "SELLER_SKU") == sku
        ]

    def value(self, pair, name):
        """An attribute of a variation, or else of its item."""
        item, variation = pair
        for holder in (variation, item):
            for row in (holder or {}).get("attributes", ()):
                if row["id"] == name:
                    return row["value_name"]
        return None

    def find(self, sku):
        pairs = self.items(sku)
        return pairs[0] if pairs else (None, None)

    def remote_listing(self, sku):
        item, variation = self.find(sku)
        if not item:
            return None
        hidden = item["status"] == "paused" and "paused_by_seller" in item["sub_status"]
        holder = variation or item
        return {
            "id": f"{item['id']}/{variation['id']}" if variation else item["id"],
            "title": item["family_name"] or item["title"],
            "sku": sku,
            "barcode": self.value((item, variation), "GTIN"),
            "visibility": "hidden" if hidden else "visible",
            "quantity": holder["available_quantity"],
            "price": item["price"],
            "currency": item["currency_id"],
        }

    def remote_skus(self):
        return [self.value(pair, "SELLER_SKU") for pair in self.items()]

    def remote_add(self, sku, title="Algo", barcode=None, price=None):
        name = "family_name" if self.user_products else "title"
        values = {"seller_id": SELLER, "sku": sku, name: title, "gtin": barcode}
        if price:
            values["price"] = price
        return self.control("items", values)["id"]

    def remote_edit(self, sku, **content):
        item, variation = self.find(sku)
        patch_, attributes = {}, []
        if "title" in content:
            name = "family_name" if item["family_name"] else "title"
            patch_[name] = content["title"]
        if "sku" in content:
            attributes.append({"id": "SELLER_SKU", "value_name": content["sku"]})
        if "price" in content:
            patch_["price"] = content["price"]
        found = {"attributes": attributes} if attributes else {}
        if "quantity" in content:
            found["available_quantity"] = content["quantity"]
        if variation and found:
            patch_["variations"] = [{"id": variation["id"], **found}]
        else:
            patch_.update(found)
        self.control(f"items/{item['id']}", patch_)

    def remote_status(self, sku, status, *reasons):
        """Let the seller, or the service, change how an item stands."""
        item, _variation = self.find(sku)
        values = {"status": status, "sub_status": list(reasons)}
        self.control(f"items/{item['id']}", values)

    def remote_remove(self, sku):
        self.remote_status(sku, "closed")

    def remote_fault(self, kind, times=1):
        match = r"(POST /items$|PUT /(items|user-products)/)"
        found = {
            "429": {"kind": "429", "times": times},
            # The client itself repeats twice what may be repeated.
            "503": {"kind": "5xx", "status": 503, "times": 3 * times},
            "lost": {"kind": "drop", "processed": True, "times": times},
        }[kind]
        self.control("faults", {"match": match, **found})

    def remote_refuse(self, *skus):
        self.control("refuse", {"skus": list(skus)})

    def remote_buy(self, sku, quantity):
        item, variation = self.find(sku)
        bought = {"item_id": item["id"], "quantity": quantity}
        if variation:
            bought["variation_id"] = variation["id"]
        rows = self.control("orders", {"seller_id": SELLER, "items": [bought]})
        return str(rows[0]["pack_id"] or rows[0]["order_id"])

    def remote_writes(self):
        return sum(
            row["path"].startswith(WRITING)
            and not row["path"].endswith("/validate")
            and row["status"] < 300
            for row in self.control("writes")
        )

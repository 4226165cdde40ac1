from odoo.tests import tagged

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_catalog.lib.traits import CatalogTraits

from .contract import ListingContract, PriceContract, StockContract

FAULTS = {"429": Retryable("429", 30), "503": Retryable("503")}


class RemoteShop:
    """The fake shop's side, in the words of the contract."""

    traits = CatalogTraits()
    atomic = False

    def setUp(self):
        super().setUp()
        self.shop.traits = self.traits
        self.channel.invalidate_recordset()

    def remote_listing(self, sku):
        if sku not in self.remote_skus():
            return None
        external_id = self.shop.listing(sku)
        content = self.shop.records["listing"][external_id].content
        price = self.shop.prices.get(external_id, {})
        product = self.shop.records["product"].get(content.get("product") or "")
        return {
            **(product.content if product else {}),
            **content,
            "id": external_id,
            "quantity": self.shop.available(sku),
            "price": price.get("amount"),
            "currency": price.get("currency"),
        }

    def remote_skus(self):
        return [content.get("sku") for content in self.shop.contents("listing")]

    def remote_add(self, sku, price=None, **content):
        external_id = self.shop.add(sku=sku, **content)
        if price is not None:
            self.shop.prices[external_id] = {"amount": price, "currency": "ARS"}
        return external_id

    def remote_edit(self, sku, **content):
        external_id = self.shop.listing(sku)
        if "quantity" in content:
            self.shop.stock[self.shop.stock_id(external_id)]["quantity"] = content.pop(
                "quantity"
            )
        if "price" in content:
            self.shop.prices[external_id]["amount"] = content.pop("price")
        self.shop.records["listing"][external_id].content.update(content)

    def remote_remove(self, sku):
        external_id = self.shop.listing(sku)
        del self.shop.records["listing"][external_id]
        self.shop.stock.pop(self.shop.stock_id(external_id))
        self.shop.prices.pop(external_id, None)

    def remote_fault(self, kind, times=1):
        fault = ("answer", FAULTS["503"]) if kind == "lost" else ("put", FAULTS[kind])
        self.shop.faults += [fault] * times

    def remote_refuse(self, *skus):
        names = set(skus)
        for sku in skus:
            if sku in self.remote_skus():
                external_id = self.shop.listing(sku)
                names |= {external_id, self.shop.stock_id(external_id)}
        self.shop.poison = names if self.atomic else set()
        refusal = Rejected("http_422", status=422)
        self.shop.refused = {} if self.atomic else dict.fromkeys(names, refusal)

    def remote_buy(self, sku, quantity):
        number = f"B{len(self.remote.orders) + 1}"
        self.assertTrue(self.shop.buy(sku, quantity, number))
        line = {
            "id": f"{number}-0",
            "sku": sku,
            "item": self.shop.listing(sku),
            "quantity": str(quantity),
            "price": "100.00",
        }
        return self.put(number, lines=[line])

    def remote_writes(self):
        return len(self.shop.writes())


@tagged("post_install", "-at_install")
class TestFakeShopContract(RemoteShop, ListingContract, StockContract, PriceContract):
    """A shop without groups whose orders lower its stock."""

    lacks = frozenset({"currency"})


@tagged("post_install", "-at_install")
class TestPhysicalShopContract(RemoteShop, ListingContract, StockContract):
    """One that groups variants and subtracts what it reserves; its batches are all or
    nothing."""

    traits = CatalogTraits(stock_kind="physical", grouped=True)
    atomic = True
    lacks = frozenset({"currency"})

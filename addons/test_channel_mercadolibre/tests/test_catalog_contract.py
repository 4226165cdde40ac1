from odoo.tests import tagged

from odoo.addons.test_channel_catalog.tests.contract import (
    ListingContract,
    PriceContract,
    StockContract,
)
from odoo.addons.test_channel_catalog.tests.contract.case import CatalogContract

from .catalog import RemoteItems
from .common import SELLER


@tagged("post_install", "-at_install")
class TestMercadoLibreListings(
    RemoteItems, ListingContract, StockContract, PriceContract
):
    """What every provider with a catalogue must do, of an account with user
    products."""


@tagged("post_install", "-at_install")
class TestMercadoLibreFormerListings(RemoteItems, CatalogContract):
    """What differs of an account of the former model, and what it has in common."""

    user_products = False

    test_listing_new_ones_arrive_once_and_hidden = (
        ListingContract.test_listing_new_ones_arrive_once_and_hidden
    )
    test_listing_a_variant_is_added_renamed_and_removed = (
        ListingContract.test_listing_a_variant_is_added_renamed_and_removed
    )

    def test_variations_that_are_removed_on_either_side(self):
        """Items with variations are never made, only linked and kept up to date."""
        colors = ("Rojo", "Azul", "Verde")
        item = self.control(
            "items",
            {
                "seller_id": SELLER,
                "title": "Con variaciones",
                "attributes": [{"id": "EMPTY_GTIN_REASON", "value_name": "Otra razón"}],
                "variations": [
                    {
                        "attributes": [{"id": "COLOR", "value_name": color}],
                        "sku": f"V-{number}",
                        "quantity": 1,
                    }
                    for number, color in enumerate(colors, 1)
                ],
            },
        )
        template = self.make_varying("V", 3)
        one, two, three = template.product_variant_ids
        for product in template.product_variant_ids:
            self.set_stock(product, 5)
        self.start()
        listings = self.listings(template.product_variant_ids)
        self.assertEqual(
            set(listings.mapped("external_id")),
            {f"{item['id']}/{row['id']}" for row in item["variations"]},
        )
        listings.action_approve()
        self.run_out()
        self.settle()
        self.assertFalse(self.open_reasons())
        self.assertEqual(self.there("V-1", "title", "quantity"), ("Con variaciones", 5))
        gone = item["variations"][0]["id"]
        self.control(f"items/{item['id']}/variations/{gone}/remove", {})
        two.default_code = "V-2b"
        three.active = False
        self.read_list()
        self.settle(full=True)
        self.settle(full=True)
        self.assertTrue(self.listings(one).missing_since)
        self.assertEqual(sorted(self.remote_skus()), ["V-2b", "V-3"])
        self.assertEqual(self.there("V-2b", "visibility", "quantity"), ("visible", 5))
        self.assertEqual(self.there("V-3", "quantity"), (0,))
        self.assertFalse(self.open_reasons())

"""Prices in other currencies than the company's."""

from odoo.tests import tagged

from .price import PriceCase

RATE_MISSING = "price_rate_missing"


@tagged("post_install", "-at_install")
class TestPriceCurrency(PriceCase):
    def test_a_list_in_another_currency(self):
        self.channel.pricelist_id = self.make_list("Reales", "BRL")
        listing = self.offer(self.drill)
        rates = self.env["res.currency.rate"].search(
            [("currency_id", "=", self.channel.pricelist_id.currency_id.id)]
        )
        rates.unlink()
        self.assertEqual(self.price(listing), "price_rate_missing")
        # What is said in the currency needs no rate, a floor does.
        self.rule(50, self.drill, self.channel.pricelist_id)
        self.assertEqual(self.price(listing), "60.50")
        self.channel.write({"price_floor": True})
        self.assertEqual(self.price(listing), "price_rate_missing")
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.channel.pricelist_id.currency_id.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 0.004,
            }
        )
        self.drill.standard_price = 12400
        self.assertEqual(self.price(listing), "60.50")
        self.drill.standard_price = 12600
        self.assertEqual(self.price(listing), "price_below_floor")

    def test_a_currency_that_the_shop_lacks(self):
        listing = self.offer(self.drill)
        mappings = self.env["sale.channel.mapping"]
        mappings._ensure(self.channel, "currency", "usd", "US Dollar")
        self.at_work()
        row = self.rows("price_out")
        self.assertEqual(row.sync_state, "error")
        self.assertEqual(row.error_code, "price_currency_unknown")
        self.assertIn("ARS", row.error_message)
        self.assertFalse(self.shop.prices)
        mappings._ensure(self.channel, "currency", "ars", "Peso")
        self.run_out("price_out")
        self.assertEqual(self.shop.prices[listing.external_id]["amount"], 121)

    def test_a_promotion_is_converted(self):
        dollars = self.make_list("Dólares", "USD")
        listing, lists = self.offer(self.drill), self.channel.pricelist_id
        dollars.currency_id.rate_ids.unlink()
        rule = self.rule(60, self.drill, dollars)
        # Without a rate it would be taken one to one, also under another list.
        for values in (
            {"promotion_pricelist_id": dollars.id},
            {"promotion_pricelist_id": False, "pricelist_id": dollars.id},
        ):
            self.channel.write(values)
            wanted = "72.60" if self.channel.pricelist_id == dollars else RATE_MISSING
            self.assertEqual(self.price(listing), wanted)
        pesos = self.make_list("Pesos", "ARS")
        self.rule(0, self.drill, pesos).write(
            {
                "compute_price": "formula",
                "base": "pricelist",
                "base_pricelist_id": dollars.id,
            }
        )
        self.channel.pricelist_id = pesos
        self.assertEqual(self.price(listing), RATE_MISSING)
        self.channel.pricelist_id = lists
        rule.unlink()
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollars.currency_id.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 0.001,
            }
        )
        self.channel.promotion_pricelist_id = dollars
        self.rule(0.05, self.drill, dollars)
        self.assertEqual(self.price(listing), "60.50")

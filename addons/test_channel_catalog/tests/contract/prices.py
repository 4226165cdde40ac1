from .case import CatalogContract


class PriceContract(CatalogContract):
    """Prices are right on the channel: no price is no push, never nothing."""

    def price(self, sku):
        (price,) = self.there(sku, "price")
        return price and float(price)

    def test_price_prices_arrive_and_nothing_twice(self):
        one, _two = self.publish("K-1", "K-2")
        self.assertEqual((self.price("K-1"), self.price("K-2")), (100, 100))
        (currency,) = self.there("K-1", "currency")
        self.assertEqual(currency, self.channel.company_id.currency_id.name)
        one.list_price = 120.5
        self.assertEqual(self.settle(), 1)
        self.assertEqual((self.price("K-1"), self.price("K-2")), (120.5, 100))
        self.assert_nothing_to_do()

    def test_price_no_price_is_no_push(self):
        (item,) = self.publish("K-1")
        item.list_price = 0
        self.settle()
        self.settle(full=True)
        self.assertEqual(self.price("K-1"), 100)
        item.list_price = 90
        self.settle()
        self.assertEqual(self.price("K-1"), 90)

    def test_price_what_never_had_a_price_is_not_given_away(self):
        self.make_item("K-1", list_price=0)
        self.start()
        self.run_out()
        self.settle(full=True)
        there = self.remote_listing("K-1")
        self.assertFalse(there and there.get("price"))

    def test_price_one_that_is_refused_holds_no_neighbour(self):
        if "refusal" in self.lacks:
            self.skipTest("it refuses no single listing")
        products = self.publish("K-1", "K-2", "K-3")
        self.remote_refuse("K-2")
        products.write({"list_price": 50})
        self.settle()
        self.assertEqual((self.price("K-1"), self.price("K-3")), (50, 50))
        self.assertEqual([kind for _name, kind in self.open_reasons()], ["price"])

    def test_price_a_currency_that_the_shop_lacks(self):
        if "currency" in self.lacks:
            self.skipTest("it takes any currency")
        (item,) = self.publish("K-1")
        currency = self.env.ref("base.CHF")
        currency.active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "Suiza", "currency_id": currency.id}
        )
        self.channel.pricelist_id = pricelist
        item.list_price = 70
        self.settle(full=True)
        self.assertEqual(self.price("K-1"), 100)
        self.assertTrue(self.open_reasons())

    def test_price_the_shop_cannot_be_reached(self):
        (item,) = self.publish("K-1")
        item.list_price = 80
        for kind in ("503", "429"):
            self.remote_fault(kind)
            self.settle()
            self.assertEqual(self.price("K-1"), 100)
        item.list_price = 85
        self.settle()
        self.assertEqual(self.price("K-1"), 85)
        self.assert_nothing_to_do()

    def test_price_a_change_there_is_overwritten_and_told(self):
        self.publish("K-1")
        self.remote_edit("K-1", price=1)
        self.settle(full=True)
        self.settle()
        self.assertEqual(self.price("K-1"), 100)
        self.assertTrue(self.differences())

    def test_price_a_trial_sends_no_other_price(self):
        one, two = self.publish("K-1", "K-2")
        self.channel.write({"state": "trial", "trial_codes": "K-1"})
        (one | two).write({"list_price": 60})
        self.settle()
        self.settle(full=True)
        self.assertEqual((self.price("K-1"), self.price("K-2")), (60, 100))

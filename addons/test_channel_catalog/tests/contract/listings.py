from .case import CatalogContract

HOSTILE = "Taladro <b>10mm</b> & «mecha»\x00\x07 \N{RIGHT-TO-LEFT OVERRIDE}ñandú"


class ListingContract(CatalogContract):
    """Listings reach the channel, once; what is there is recognised and respected."""

    def test_listing_new_ones_arrive_once_and_hidden(self):
        one, two = self.make_item("N-1", barcode="7790000000010"), self.make_item("N-2")
        self.start()
        self.run_out()
        self.assertEqual(sorted(self.remote_skus()), ["N-1", "N-2"])
        title, barcode = self.there("N-1", "title", "barcode")
        self.assertEqual((title, barcode), (one.name, "7790000000010"))
        if "visibility" not in self.lacks:
            self.assertEqual(self.there("N-2", "visibility"), ("hidden",))
        listings = self.listings(one | two)
        self.assertTrue(all(listings.mapped("external_id")))
        self.assertEqual(
            listings.filtered(lambda o: o.product_id == one).external_id,
            self.remote_listing("N-1")["id"],
        )
        self.remote_writes()
        self.settle()
        self.assert_nothing_to_do()

    def test_listing_the_dry_run_is_what_happens(self):
        self.publish("D-1", "D-2")
        one = self.listings().filtered(lambda o: o.product_id.default_code == "D-1")
        one.product_id.name = "Otro nombre"
        self.make_item("D-3")
        self.make_item("D-4", product_brand_id=False)
        action = self.flow("listings_out").action_dry_run()
        dry_run = self.env[action["res_model"]].browse(action["res_id"])
        before = {sku: self.remote_listing(sku) for sku in self.remote_skus()}
        self.assertFalse(self.remote_writes())
        told = {
            (line.product_id.default_code, line.action)
            for line in dry_run.line_ids
            if line.kind == "listing"
        }
        self.settle()
        after = {sku: self.remote_listing(sku) for sku in self.remote_skus()}
        happened = {
            (sku, "change" if sku in before else "create")
            for sku, content in after.items()
            if content.get("title") != before.get(sku, {}).get("title")
        }
        self.assertEqual(told - {("D-4", "skip")}, happened)
        self.assertEqual(happened, {("D-1", "change"), ("D-3", "create")})

    def test_listing_only_what_changed_is_sent(self):
        products = self.publish("C-1", "C-2", "C-3")
        products[1].name = "Con otro nombre"
        # The listing, and what groups it
        self.assertIn(self.settle(), (1, 2))
        self.assertEqual(self.there("C-2", "title"), ("Con otro nombre",))
        products[1].name = products[1].name
        products[1].description_purchase = "Nobody there reads it"
        self.assertEqual(self.settle(), 0)

    def test_listing_a_field_that_is_off_is_left_as_it_is(self):
        products = self.publish("F-1")
        self.channel.send_title = False
        self.settle(full=True)
        self.remote_edit("F-1", title="De ellos")
        products.write({"name": "Nuestro", "barcode": "7790000000027"})
        self.settle(full=True)
        title, barcode = self.there("F-1", "title", "barcode")
        self.assertEqual((title, barcode), ("De ellos", "7790000000027"))

    def test_listing_one_that_is_refused_holds_no_neighbour(self):
        if "refusal" in self.lacks:
            self.skipTest("it refuses no single listing")
        self.remote_refuse("R-2")
        for sku in ("R-1", "R-2", "R-3"):
            self.make_item(sku)
        self.start()
        self.run_out()
        self.assertEqual(sorted(self.remote_skus()), ["R-1", "R-3"])
        row = self.rows().filtered(lambda row: row.sync_state == "error")
        self.assertEqual(len(row), 1)
        self.assertTrue(row.error_message)
        self.remote_refuse()
        row.action_retry()
        self.settle()
        self.assertEqual(sorted(self.remote_skus()), ["R-1", "R-2", "R-3"])

    def test_listing_a_lost_answer_makes_no_second_one(self):
        self.remote_fault("lost")
        self.make_item("A-1")
        self.start()
        self.run_out()
        self.settle()
        self.settle(full=True)
        self.assertEqual(self.remote_skus(), ["A-1"])
        self.assertEqual(self.listings().external_id, self.remote_listing("A-1")["id"])

    def test_listing_a_day_without_the_shop(self):
        products = self.publish("S-1", "S-2")
        products[0].name = "Mientras no estaba"
        for kind in self.outages:
            self.remote_fault(kind)
            self.settle()
            self.assertEqual(set(self.rows().mapped("sync_state")), {"done", "pending"})
        products[0].name = "Cuando volvió"
        self.settle()
        self.assertEqual(self.there("S-1", "title"), ("Cuando volvió",))
        self.assertEqual(sorted(self.remote_skus()), ["S-1", "S-2"])
        self.assert_nothing_to_do()

    def test_listing_what_was_there_is_linked_without_doubles(self):
        barcode = "7790000000034"
        there = self.remote_add("L-1", title="De antes")
        self.remote_add("XX", title="Con su código", barcode=barcode)
        self.remote_add("OTRO", title="De nadie")
        one = self.make_item("L-1")
        self.make_item("L-2", barcode=barcode)
        self.start()
        self.run_out()
        self.settle(full=True)
        self.assertEqual(sorted(self.remote_skus()), ["L-1", "OTRO", "XX"])
        # Nothing is overwritten that nobody has approved.
        self.assertEqual(self.there("L-1", "title"), ("De antes",))
        listing = self.listings(one)
        self.assertEqual((listing.external_id, listing.approved), (there, False))

    def test_listing_what_is_deleted_there(self):
        self.publish("B-1", "B-2")
        self.remote_remove("B-1")
        self.settle(full=True)
        self.settle(full=True)
        if "recreate" in self.lacks:
            self.assertEqual(self.remote_skus(), ["B-2"])
        else:
            self.assertEqual(sorted(self.remote_skus()), ["B-1", "B-2"])
            listing = self.listings().filtered(
                lambda one: one.product_id.default_code == "B-1"
            )
            self.assertEqual(listing.external_id, self.remote_listing("B-1")["id"])

    def test_listing_a_sku_that_moves_to_another_product(self):
        one, two = self.publish("M-1", "M-2")
        ids = {sku: self.remote_listing(sku)["id"] for sku in ("M-1", "M-2")}
        one.default_code = "M-3"
        self.settle()
        two.default_code = "M-1"
        self.settle()
        self.assertEqual(sorted(self.remote_skus()), ["M-1", "M-3"])
        self.assertEqual(self.remote_listing("M-3")["id"], ids["M-1"])
        self.assertEqual(self.remote_listing("M-1")["id"], ids["M-2"])
        self.assertEqual(self.there("M-1", "title"), (two.name,))

    def test_listing_a_change_there_is_overwritten_and_told(self):
        self.publish("T-1")
        self.remote_edit("T-1", title="De otro sistema")
        self.settle(full=True)
        self.settle()
        self.assertEqual(self.there("T-1", "title"), ("Artículo T-1",))
        self.assertIn("De otro sistema", self.differences()[:1].before_text)

    def test_listing_what_is_withdrawn_is_hidden_without_stock(self):
        products = self.publish("W-1", "W-2")
        products[0].channel_show = "no"
        self.settle()
        self.settle()
        self.assertEqual(sorted(self.remote_skus()), ["W-1", "W-2"])
        self.assertEqual(self.there("W-1", "quantity"), (0,))
        if "visibility" not in self.lacks:
            self.assertEqual(self.there("W-1", "visibility"), ("hidden",))
        products[0].channel_show = "yes"
        self.settle()
        self.settle()
        self.assertEqual(self.there("W-1", "quantity"), (10,))
        if "visibility" not in self.lacks:
            self.assertEqual(self.there("W-1", "visibility"), ("visible",))

    def test_listing_hostile_names_arrive_and_stay(self):
        self.make_item("H-1", name=HOSTILE.replace("\x00", ""))
        self.make_item("H-2", name="x" * 250)
        self.start()
        self.run_out()
        self.settle()
        (title,) = self.there("H-1", "title")
        self.assertIn("ñandú", title)
        self.assertNotIn("\x07", title)
        self.assert_nothing_to_do()

    def test_listing_a_variant_is_added_renamed_and_removed(self):
        template = self.make_varying("V", 2)
        self.start()
        self.run_out()
        self.settle()
        self.assertEqual(sorted(self.remote_skus()), ["V-1", "V-2"])
        ids = {sku: self.remote_listing(sku)["id"] for sku in ("V-1", "V-2")}
        line = template.attribute_line_ids
        value = self.env["product.attribute.value"].create(
            {"name": "1z", "attribute_id": line.attribute_id.id}
        )
        line.value_ids += value
        new = template.product_variant_ids.filtered(lambda one: not one.default_code)
        new.default_code = "V-3"
        self.settle()
        self.settle()
        self.assertEqual(sorted(self.remote_skus()), ["V-1", "V-2", "V-3"])
        value.name = "1zz"
        template.name = "Otro"
        self.settle()
        self.assertEqual(len(self.remote_skus()), 3)
        new.active = False
        self.settle()
        self.settle()
        if "V-3" in self.remote_skus():
            self.assert_not_sold("V-3")
        for sku, external_id in ids.items():
            self.assertEqual(self.remote_listing(sku)["id"], external_id)
        self.assert_nothing_to_do()

    def test_listing_a_hidden_variant_of_a_shown_product_is_not_sold(self):
        template = self.make_varying("V", 3)
        first, second, third = template.product_variant_ids
        for product in (first, second, third):
            self.set_stock(product, 7)
        self.start()
        self.run_out()
        self.settle()
        self.listings(first | second).visibility = "visible"
        self.settle()
        self.settle()
        self.assertEqual(self.there("V-1", "quantity"), (7,))
        self.assert_not_sold("V-3")
        self.listings(second).visibility = "hidden"
        third.channel_variant_show = "no"
        self.settle()
        self.settle()
        self.assert_not_sold("V-2")
        self.assert_not_sold("V-3")
        self.assert_nothing_to_do()
        self.listings(second).visibility = "visible"
        self.settle()
        self.settle()
        self.assertEqual(self.there("V-2", "quantity"), (7,))

    def test_listing_a_trial_lets_nothing_else_out(self):
        self.channel.write({"state": "trial", "trial_codes": "P-2, NADA"})
        for sku in ("P-1", "P-2", "P-3"):
            self.make_item(sku)
        self.start()
        self.run_out()
        self.settle()
        self.assertEqual(self.remote_skus(), ["P-2"])
        self.channel.trial_codes = False
        self.settle(full=True)
        self.assertEqual(sorted(self.remote_skus()), ["P-1", "P-2", "P-3"])

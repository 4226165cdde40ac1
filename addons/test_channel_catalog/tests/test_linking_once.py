"""What the shop sells already is linked, and never made twice."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.channel_catalog.lib.traits import CatalogTraits

from .linking import EAN, UPC, ListCase


@tagged("post_install", "-at_install")
class TestNeverTwice(ListCase):
    def test_nothing_is_made_before_the_list_was_read(self):
        item = self.make_item("A", barcode=EAN)
        self.assertEqual(self.holds(item), ["list_unread"])
        self.read_list()
        self.assertEqual(self.holds(item), [None])

    def test_what_may_be_there_is_held(self):
        table = [
            ({}, {"sku": "S0"}, "list_open"),
            ({"barcode": UPC}, {"barcode": f"00{UPC}"}, "list_open"),
            ({"name": "Único"}, {"title": "Único"}, "list_open"),
            ({}, {"sku": "s3"}, None),
        ]
        for there in table:
            self.add(**there[1])
        self.read_list()
        items = [
            self.make_item(f"S{number}", **here)
            for number, (here, *_rest) in enumerate(table)
        ]
        self.assertEqual(self.holds(*items), [code for *_rest, code in table])
        # What was ignored holds by its key, not by its name.
        self.env["sale.channel.remote.listing"].search([]).action_ignore()
        self.assertEqual(self.holds(*items), ["list_taken", "list_taken", None, None])
        self.shop.records["listing"].clear()
        self.add(sku="X")
        self.read_list()
        self.assertEqual(self.holds(*items), [None] * 4)

    def test_a_new_product_finds_its_listing(self):
        id_ = self.add(sku="NEW")
        self.read_list()
        self.assertEqual(self.states(), ["unknown"])
        item = self.make_item("NEW")
        matcher = self.env["sale.channel.remote.matcher"]
        matcher._match_products(self.channel, item)
        self.assertEqual(self.listings(item).external_id, id_)
        matcher._match_products(self.channel, item)

    def test_a_new_product_that_several_listings_could_be(self):
        self.add(sku="NEW")
        self.add(sku="NEW")
        self.read_list()
        item = self.make_item("NEW")
        matcher = self.env["sale.channel.remote.matcher"]
        matcher._match_products(self.channel, item)
        self.assertEqual(self.states(), ["ambiguous", "ambiguous"])
        self.assertEqual(self.holds(item), ["list_open"])

    def test_a_further_type_that_may_be_there_is_held(self):
        self.shop.traits = CatalogTraits(listing_types=("", "premium"))
        self.channel._ensure_flows()
        item = self.make_item("A")
        self.add(sku="A")
        self.read_list()
        self.channel.listing_type_ids.published = True
        # A second one of the first type is no matter of the other.
        self.add(sku="A")
        self.read_list()
        self.assertEqual(self.holds(item), [None])
        premium = [self.add(sku="A") for _number in range(2)]
        for id_ in premium:
            self.shop.records["listing"][id_].more = {"listing_type": "premium"}
        self.start("listings_out")
        for code in ("list_open", "list_taken"):
            self.run_out("listings_out")
            self.assertEqual(self.holds(item), [code])
            self.assertEqual(len(self.listings(item)), 1)
            for id_ in premium:
                self.row(id_).action_ignore()
        for id_ in premium:
            del self.shop.records["listing"][id_]
        self.read_list()
        self.run_out("listings_out")
        types = self.listings(item).mapped("listing_type")
        self.assertEqual(sorted(types), ["", "premium"])

    def test_products_of_what_odoo_does_not_know(self):
        self.shop.traits = CatalogTraits(grouped=True)
        group = self.shop.add("product", title="Remera", weight=0.25)
        shirts = [
            self.add(
                title=f"Remera {size} {colour}",
                sku=f"R-{size}-{colour}",
                product=group,
                options={"Talle": size, "Color": colour},
            )
            for size, colour in (("S", "Rojo"), ("M", "Rojo"), ("M", "Azul"))
        ]
        cup = self.add(title="Taza", sku="TAZA", barcode=EAN, weight=0.4)
        known = self.make_item("K")
        proposed = self.add(title=known.name)
        for id_ in (*shirts, cup):
            self.shop.prices[id_] = {"amount": 121, "currency": "ARS"}
        self.read_list()
        rows = self.env["sale.channel.remote.listing"].search([])
        rows.action_create_products()
        self.assertEqual(self.row(proposed).state, "review")
        product = self.listings().filtered(lambda one: one.external_id == cup)
        product = product.product_id
        self.assertEqual(
            (product.name, product.default_code, product.barcode, product.weight),
            ("Taza", "TAZA", EAN, 0.4),
        )
        self.assertTrue(product.is_storable)
        made = [self.row(id_).listing_id.product_id for id_ in shirts]
        [template] = {product.product_tmpl_id for product in made}
        self.assertEqual(template.name, "Remera")
        self.assertEqual(len(template.product_variant_ids), 3)
        self.assertEqual(made[2].default_code, "R-M-Azul")
        self.assertEqual(
            sorted(made[2].product_template_attribute_value_ids.mapped("name")),
            ["Azul", "M"],
        )
        taxes = product.taxes_id.filtered(lambda tax: tax.company_id == self.company)
        if taxes.amount == 21:
            self.assertAlmostEqual(product.list_price, 100)
        # Again: nothing is unknown any more.
        with self.assertRaises(UserError):
            rows.action_create_products()
        self.read_list()
        self.assertEqual(len(self.listings()), 4)

    def test_no_product_is_made_of_what_is_there_by_now(self):
        id_ = self.add(sku="NEW")
        archived = self.add(sku="OLD")
        self.make_item("OLD").active = False
        self.read_list()
        item = self.make_item("NEW")
        answer = self.row(id_).action_create_products()
        self.assertEqual(answer["tag"], "display_notification")
        self.assertEqual(self.row(id_).listing_id.product_id, item)
        with self.assertRaises(UserError):
            self.row(archived).action_create_products()
        products = self.env["product.product"].with_context(active_test=False)
        self.assertEqual(products.search_count([("default_code", "=", "OLD")]), 1)
        self.assertEqual(products.search([("default_code", "=", "NEW")]), item)

    def test_orders_that_waited_go_on(self):
        item = self.make_item("A")
        id_ = self.add(title="Algo raro", sku="Z")
        line = {"id": "L1", "sku": "Z", "quantity": "1", "price": "30.00", "item": id_}
        self.read_list()
        row = self.bring("F1", lines=[line])
        self.assert_rejected(row, "product_unknown", "Z")
        action = row.line_ids.action_link_product()
        self.assertEqual(action["res_model"], "sale.channel.remote.link")
        wizard = (
            self.env[action["res_model"]].with_context(**action["context"]).create({})
        )
        wizard.product_id = item
        wizard.quantity = 3
        wizard.action_link()
        self.assertEqual(row.sync_state, "process")
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(row.sale_order_id.order_line.product_id, item)
        self.assertEqual(row.sale_order_id.order_line.product_uom_qty, 3)
        # Without a listing there the channel's SKU is linked, as ever.
        other = self.bring("F2", lines=[{**line, "id": "L2", "item": "X", "sku": "Y"}])
        action = other.line_ids.action_link_product()
        self.assertEqual(action["res_model"], "sale.channel.mapping.assign")

    def test_a_kit_is_linked(self):
        first, second = self.make_item("A"), self.make_item("B")
        id_ = self.add(title="Combo", sku="COMBO")
        self.read_list()
        wizard = self.env["sale.channel.remote.link"].create(
            {
                "row_id": self.row(id_).id,
                "is_kit": True,
                "line_ids": [
                    Command.create({"product_id": first.id, "quantity": 2}),
                    Command.create({"product_id": second.id}),
                ],
            }
        )
        wizard.action_link()
        wizard.action_link()
        listing = self.row(id_).listing_id
        self.assertEqual(listing._get_components(), [(first, 2), (second, 1)])
        self.assertFalse(listing.product_id)
        self.assertEqual(self.holds(first), [None])


@tagged("post_install", "-at_install")
class TestWhoLinks(ListCase):
    def test_who_may_decide(self):
        item = self.make_item("A")
        self.add(title=item.name)
        self.read_list()
        row = self.row("L1")
        self.assertEqual(row.state, "review")
        for login, group in (
            ("seller", "sales_team.group_sale_salesman"),
            ("operator", "channel_base.group_channel_user"),
        ):
            user = self.make_user(login, group)
            for button in ("accept", "link", "ignore", "reconsider", "create_products"):
                with self.subTest(login, button=button):
                    with self.assertRaises(AccessError):
                        getattr(row.with_user(user), f"action_{button}")()
            with self.assertRaises(AccessError):
                row.with_user(user).write({"state": "ignored"})
        manager = self.make_user("manager", "channel_base.group_channel_manager")
        with self.assertRaises(AccessError):
            row.with_user(manager).write({"product_id": item.id})
        row = row.with_user(manager)
        row.action_ignore()
        row.action_reconsider()
        self.assertEqual(row.state, "review")
        row.action_accept()
        row.action_accept()
        self.assertEqual(self.listings().product_id, item)

    def test_another_company_is_refused(self):
        item = self.make_item("A")
        self.add(title=item.name)
        self.read_list()
        company = self.env["res.company"].create({"name": "Ajena"})
        manager = self.make_user("manager", "channel_base.group_channel_manager")
        manager.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        row = self.row("L1").with_user(manager).with_company(company)
        for button in ("accept", "link", "ignore", "reconsider"):
            with self.subTest(button), self.assertRaises(AccessError):
                getattr(row, f"action_{button}")()
        foreign = self.env["product.product"].sudo()
        foreign = foreign.create({"name": "Suyo", "company_id": company.id})
        with self.assertRaises(UserError):
            self.row("L1").sudo()._link(foreign)

    def test_foreign_products_match_nothing(self):
        company = self.env["res.company"].create({"name": "Ajena"})
        self.make_item("A", company_id=company.id)
        self.make_item("B", type="service", is_storable=False)
        self.add(sku="A")
        self.add(sku="B")
        self.read_list()
        self.assertEqual(self.states(), ["unknown", "unknown"])

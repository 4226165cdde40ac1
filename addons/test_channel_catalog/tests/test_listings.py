from dataclasses import replace

from psycopg2.errors import ForeignKeyViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form
from odoo.tools import mute_logger

from odoo.addons.channel_base.lib.errors import Rejected, Retryable

from .common import CatalogCase


class TestListings(CatalogCase):
    def demand(self, **traits):
        self.shop.traits = replace(self.shop.traits, **traits)

    def publish(self, *products):
        """Let the flow work until the products are on the channel."""
        if not self.flow("listings_out").confirmed:
            self.start("listings_out")
        self.run_out("listings_out")
        listings = self.env["sale.channel.listing"]
        for product in products:
            listings |= self.listings(product)
        self.assertTrue(all(listings.mapped("external_id")), self.rows().mapped("name"))
        self.shop.writes()
        return listings

    def changed(self):
        """Let the flow work on what changed; what was written."""
        self.run_out("listings_out", full=False)
        return [(kind, count) for _method, kind, count in self.shop.writes()]

    def link(self, product, **values):
        """A listing that was on the channel before us."""
        external_id = self.shop.add(sku=product.default_code, title="De antes")
        return (
            self.env["sale.channel.listing"]
            .sudo()
            .create(
                {
                    "channel_id": self.channel.id,
                    "product_id": product.id,
                    "external_id": external_id,
                    "origin": "linked",
                    "approved": False,
                    "visibility": "visible",
                    **values,
                }
            )
        )

    def test_new_ones_arrive_hidden_and_know_their_ids(self):
        item = self.make_item("L-1")
        listing = self.publish(item)
        self.assertEqual(
            (
                listing.external_id,
                listing.external_stock_id,
                listing.url_id,
                listing.channel_status,
                listing.origin,
            ),
            ("L1", "S1", "p-1", "active", "created"),
        )
        [content] = self.shop.contents("listing")
        self.assertEqual(content["visibility"], "hidden")
        self.assertEqual(listing.content_state, "done")
        # Stock and price learn of it.
        marks = self.marks("listings_out")
        self.assertIn(
            ("sale.channel.listing", listing.id),
            marks.mapped(lambda mark: (mark.scope, mark.res_id))
            or [("sale.channel.listing", listing.id)],
        )

    def test_nothing_changed_nothing_written(self):
        self.publish(self.make_item("L-2"), self.make_item("L-3"))
        self.run_out("listings_out")
        self.assertEqual(self.shop.writes(), [])
        self.assertEqual(self.changed(), [])

    def test_changes_arrive(self):
        item = self.make_item("L-4")
        other = self.make_item("L-5")
        self.publish(item, other)
        listing = self.listings(item)
        category = self.env["product.category"].create({"name": "Cajas"})
        for change in (
            lambda: item.write({"barcode": "7790000000041"}),
            lambda: item.product_tmpl_id.write({"name": "Otro nombre"}),
            lambda: listing.write({"visibility": "visible"}),
            lambda: item.write({"channel_show": "no"}),
            lambda: item.write({"channel_show": "yes"}),
            lambda: item.write({"categ_id": category.id}),
        ):
            change()
            self.assertLessEqual(self.changed(), [("listing", 1)])
        self.assertEqual(self.shop.contents("listing")[0]["barcode"], "7790000000041")
        self.env["sale.channel.mapping"].create(
            {
                "channel_id": self.channel.id,
                "kind_id": self.env.ref("channel_catalog.kind_category").id,
                "external_value": "boxes",
                "direction": "both",
                "res_id": category.id,
            }
        )
        self.assertEqual(self.changed(), [("listing", 1)])
        self.brand.name = "Marca Nueva"
        self.assertEqual(self.changed(), [("listing", 2)])
        self.channel.send_brand = False
        self.run_out("listings_out")
        self.assertEqual(self.shop.writes(), [("put", "listing", 2)])

    def test_what_is_off_is_in_no_body(self):
        item = self.make_item("L-6")
        self.channel.write({"send_description": False, "send_images": False})
        self.publish(item)
        self.shop.records["listing"]["L1"].content["description"] = "De la tienda"
        item.name = "Otro"
        self.run_out("listings_out")
        [content] = self.shop.contents("listing")
        self.assertEqual(content["description"], "De la tienda")

    def test_withdrawn_is_hidden_and_comes_back_as_it_was(self):
        item = self.make_item("L-7")
        listing = self.publish(item)
        listing.visibility = "visible"
        self.run_out("listings_out", full=False)
        self.assertTrue(listing.offered)
        for off, on in (
            ({"channel_show": "no"}, {"channel_show": "yes"}),
            ({"active": False}, {"active": True}),
            ({"sale_ok": False}, {"sale_ok": True}),
        ):
            with self.subTest(off):
                item.product_tmpl_id.write(off)
                self.run_out("listings_out", full=False)
                [content] = self.shop.contents("listing")
                self.assertEqual(content["visibility"], "hidden")
                listing.invalidate_recordset()
                self.assertFalse(listing.offered)
                self.assertEqual(listing.visibility, "visible")
                item.product_tmpl_id.write(on)
                self.run_out("listings_out", full=False)
                [content] = self.shop.contents("listing")
                self.assertEqual(content["visibility"], "visible")
        self.brand.channel_shown = False
        self.run_out("listings_out", full=False)
        self.assertEqual(self.shop.contents("listing")[0]["visibility"], "hidden")

    def test_a_reason_that_only_holds_hides_nothing(self):
        item = self.make_item("L-8", barcode="7790000000058")
        self.demand(required=("title", "sku", "barcode"))
        listing = self.publish(item)
        listing.visibility = "visible"
        item.barcode = False
        self.run_out("listings_out", full=False)
        [content] = self.shop.contents("listing")
        self.assertEqual(content["visibility"], "visible")
        self.assertEqual(content["barcode"], "7790000000058")

    def test_what_is_not_there_yet_and_not_wanted_is_not_made(self):
        self.read_list()
        item = self.make_item("L-9")
        self.start("listings_out")
        listings = self.env["sale.channel.catalog"]._ensure_listings(self.channel, item)
        item.channel_show = "no"
        self.run_out("listings_out")
        self.assertFalse(self.shop.contents("listing"))
        self.assertTrue(listings.exists())

    def test_what_may_be_there_already_is_told_of(self):
        """The answer was lost: it is there, and hidden when it is withdrawn."""
        item = self.make_item("L-10")
        self.start("listings_out")
        self.shop.faults.append(("answer", Retryable("lost")))
        self.run_out("listings_out")
        self.assertFalse(self.listings(item).external_id)
        self.listings(item).visibility = "visible"
        item.channel_show = "no"
        # It is planned before it is tried again.
        self.run_out("listings_out")
        self.make_due()
        self.run_out("listings_out")
        self.assertEqual(self.listings(item).external_id, "L1")
        [content] = self.shop.contents("listing")
        self.assertEqual(content["visibility"], "hidden")

    def test_refused_fields_are_told_on_the_listing(self):
        item = self.make_item("L-11")
        self.shop.refused["L-11"] = Rejected("http_422", "title", status=422)
        self.start("listings_out")
        self.run_out("listings_out")
        listing = self.listings(item)
        self.assertEqual(listing.content_state, "error")
        self.assertIn("422", listing.problem)
        table = listing.content_table
        self.assertLess(table.index("Name"), table.index("422"))
        self.assertLess(table.index("422"), table.index("Internal Reference"))
        found = self.env["sale.channel.listing"].search(
            [
                ("content_state", "in", ("error", "blocked")),
                ("channel_id", "=", self.channel.id),
            ]
        )
        self.assertEqual(found, listing)
        self.shop.refused.clear()
        listing.action_retry()
        self.run_out("listings_out", full=False)
        self.assertEqual(listing.content_state, "done")
        self.assertFalse(listing.problem)

    def test_an_id_that_changes_is_remembered(self):
        item = self.make_item("L-12")
        listing = self.publish(item)
        # Somebody deleted it there: it is made anew.
        self.shop.records["listing"].clear()
        self.run_out("listings_out")
        self.run_out("listings_out")
        self.assertEqual(listing.external_id, "L2")
        self.assertEqual(listing.former_external_ids, ["L1"])
        self.assertEqual(listing.external_stock_id, "S2")
        [found] = self.env["sale.channel.difference"].search(
            [("channel_id", "=", self.channel.id)]
        )
        self.assertFalse(found.before)

    def test_an_id_of_another_listing(self):
        first, second = self.make_item("L-13"), self.make_item("L-14")
        listing = self.publish(first)
        row = self.rows().filtered(lambda row: row.res_id != listing.id)
        other = self.listings(second)
        row._store_sent({"title": "x"}, listing.external_id)
        self.assertEqual(row.error_code, "catalog_id_taken")
        self.assertNotEqual(other.external_id, listing.external_id)

    def test_products_with_variants(self):
        self.demand(grouped=True)
        template = self.make_varying("L-15", 2)
        listings = self.publish(template.product_variant_ids)
        group = listings.channel_product_id
        self.assertEqual(group.external_id, "P1")
        self.assertEqual(
            [content["product"] for content in self.shop.contents("listing")],
            ["P1", "P1"],
        )
        # A third one joins them.
        attribute = template.attribute_line_ids.attribute_id
        template.attribute_line_ids.value_ids = [
            Command.create({"name": "1c", "attribute_id": attribute.id})
        ]
        new = template.product_variant_ids - listings.product_id
        new.default_code = "L-15-3"
        self.assertEqual(self.changed(), [("product", 1), ("listing", 1)])
        self.assertEqual(self.listings(new).channel_product_id, group)
        # Its attribute gets another name: the product and each variant say so.
        attribute.name = "Talle"
        self.assertEqual(self.changed(), [("product", 1), ("listing", 3)])

    def test_a_variant_joins_a_product_that_was_there(self):
        self.demand(grouped=True)
        template = self.make_varying("L-16", 2)
        first, second = template.product_variant_ids
        there = self.shop.add("product", title="De antes")
        group = (
            self.env["sale.channel.product"].create(
                {
                    "channel_id": self.channel.id,
                    "product_tmpl_id": template.id,
                    "external_id": there,
                }
            )
            if self.env.su
            else self.env["sale.channel.product"]
            .sudo()
            .create(
                {
                    "channel_id": self.channel.id,
                    "product_tmpl_id": template.id,
                    "external_id": there,
                }
            )
        )
        self.link(first, channel_product_id=group.id)
        self.publish(second)
        self.assertEqual(self.listings(second).channel_product_id, group)
        self.assertEqual(self.shop.contents("listing")[1]["product"], there)
        # Nobody approved that what was there is overwritten.
        self.assertEqual(self.shop.contents("product"), [{"title": "De antes"}])

    def test_what_was_there_is_not_overwritten_before_somebody_approved_it(self):
        item = self.make_item("L-17", channel_show="default")
        listing = self.link(item)
        self.start("listings_out")
        self.run_out("listings_out")
        self.assertEqual(self.shop.writes(), [])
        self.assertFalse(self.rows())
        self.assertEqual(self.listings(item), listing)
        listing.approved = True
        self.assertEqual(self.changed(), [("listing", 1)])
        [content] = self.shop.contents("listing")
        # Nobody said No, so that it is not hidden for being linked.
        self.assertEqual(
            (content["title"], content["visibility"]), ("Artículo L-17", "visible")
        )
        item.channel_show = "no"
        self.changed()
        self.assertEqual(self.shop.contents("listing")[0]["visibility"], "hidden")

    def test_a_product_listed_as_a_pack_gets_no_other_listing(self):
        item = self.make_item("L-18")
        self.env["sale.channel.listing"].create(
            {"channel_id": self.channel.id, "product_id": item.id, "quantity": 6}
        )
        self.publish()
        self.assertEqual(self.listings(item).quantity, 6)

    def test_what_odoo_made_there_is_hidden_not_deleted(self):
        item = self.make_item("L-19")
        listing = self.publish(item)
        with self.assertRaises(UserError):
            listing.unlink()
        with (
            self.assertRaises(ForeignKeyViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            item.unlink()
        item.active = False
        self.run_out("listings_out", full=False)
        self.assertEqual(self.shop.contents("listing")[0]["visibility"], "hidden")

    def test_a_link_can_be_undone_and_leaves_the_channel_alone(self):
        item = self.make_item("L-20")
        listing = self.link(item, approved=True)
        self.start("listings_out")
        self.run_out("listings_out")
        self.shop.writes()
        item.channel_show = "no"
        self.run_out("listings_out", full=False)
        self.shop.writes()
        listing.unlink()
        self.assertEqual(self.changed(), [])
        self.assertFalse(self.rows())
        self.assertEqual(len(self.shop.contents("listing")), 1)

    def test_what_is_gone_there_is_told_nothing_and_may_be_forgotten(self):
        item = self.make_item("L-27")
        listing = self.publish(item)
        self.read_list()
        self.shop.records["listing"].clear()
        # An empty list is believed the second time.
        self.read_list()
        self.read_list()
        self.assertTrue(listing.missing_since)
        self.run_out("listings_out")
        self.assertEqual(self.shop.writes(), [])
        listing.unlink()
        self.assertEqual(self.publish(item).external_id, "L2")

    def test_what_stays_as_it_is_there(self):
        item = self.make_item("L-28")
        listing = self.link(item)
        self.start("listings_out")
        listing.sudo().kept_fields = ["title"]
        listing.approved = True
        self.changed()
        [content] = self.shop.contents("listing")
        self.assertEqual((content["title"], content["brand"]), ("De antes", "Marca"))

    def test_rules_of_a_listing(self):
        item = self.make_item("L-21")
        values = {"channel_id": self.channel.id, "product_id": item.id}
        listings = self.env["sale.channel.listing"]
        with self.assertRaises(ValidationError):
            listings.create({**values, "listing_type": "gold"})
        company = self.env["res.company"].create({"name": "Otra Empresa"})
        other = self.make_item("L-22")
        other.sudo().company_id = company
        with self.assertRaises(ValidationError):
            listings.create({**values, "product_id": other.id})
        plain = self.env["sale.channel"].create({"name": "Sin catálogo"})
        with self.assertRaises(ValidationError):
            listings.create({**values, "channel_id": plain.id})
        listing = listings.create(values)
        for name, value in (
            ("external_id", "L9"),
            ("origin", "linked"),
            ("product_id", other.id),
            ("channel_id", plain.id),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                listing.with_user(self.manager()).write({name: value})

    def manager(self):
        return self.make_user("catalog_manager", "channel_base.group_channel_manager")

    def test_who_may_do_what(self):
        item = self.make_item("L-23")
        listing = self.publish(item)
        user = self.make_user("catalog_user", "channel_base.group_channel_user")
        seller = self.make_user("catalog_seller", "sales_team.group_sale_salesman")
        self.assertEqual(listing.with_user(user).visibility, "hidden")
        with self.assertRaises(AccessError):
            listing.with_user(user).visibility = "visible"
        with self.assertRaises(AccessError):
            listing.with_user(seller).read(["visibility"])
        with self.assertRaises(AccessError):
            item.with_user(seller).read(["channel_listing_ids"])
        self.assertIn(
            "On the channel",
            item.with_user(user).variant_channel_reasons.replace(
                "There, hidden", "On the channel"
            ),
        )
        company = self.env["res.company"].create({"name": "Otra Empresa"})
        stranger = self.make_user("catalog_stranger", "channel_base.group_channel_user")
        stranger.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        with self.assertRaises(AccessError):
            listing.with_user(stranger).read(["visibility"])
        theirs = item.with_user(stranger).with_context(allowed_company_ids=company.ids)
        html = theirs.variant_channel_reasons
        self.assertNotIn(self.channel.name, html or "")

    def test_screens(self):
        item = self.make_item("L-24")
        listing = self.publish(item)
        manager = self.manager()
        form = Form(self.env["sale.channel.listing"].with_user(manager))
        form.channel_id = self.channel
        form.product_id, form.quantity = item, 6
        self.assertEqual(form.save().visibility, "hidden")
        self.listings(item).filtered(lambda one: one.quantity == 6).unlink()
        with Form(listing.with_user(manager)) as form:
            form.visibility = "visible"
        self.assertEqual(listing.visibility, "visible")
        action = item.product_tmpl_id.with_user(manager).action_open_channel_listings()
        self.assertEqual(
            self.env["sale.channel.listing"].search(action["domain"]), listing
        )
        action = self.channel.with_user(manager).action_open_listings()
        self.assertEqual(
            self.env["sale.channel.listing"].search(action["domain"]), listing
        )
        url = listing.with_user(manager).action_view_on_channel()["url"]
        self.assertEqual(url, "https://fake.example.com/products/p-1")
        rows = self.env["sale.channel.outgoing"].search(
            listing.action_open_outgoing()["domain"]
        )
        self.assertEqual(rows.mapped("record_id"), listing.ids)
        self.assertEqual(self.channel.listing_count, 1)
        self.assertEqual(item.product_tmpl_id.channel_listing_count, 1)

    def test_dry_run_tells_what_is_skipped(self):
        self.read_list()
        planner = self.env["sale.channel.listing.content.planner"]
        [part, *_] = planner._get_parts()
        wanted = self.make_item("L-25", product_brand_id=False)
        unwanted = self.make_item("L-26", channel_show="no", product_brand_id=False)
        skipped = planner._get_skipped(self.channel, part, (wanted | unwanted).ids)
        self.assertEqual(
            [(id_, code) for _name, id_, code, _params in skipped],
            [(wanted.id, "catalog_no_brand")],
        )

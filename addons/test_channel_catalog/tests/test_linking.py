"""What the shop sells already: read, and recognised."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_catalog.lib.traits import CatalogTraits

from .linking import EAN, UPC, ListCase


@tagged("post_install", "-at_install")
class TestReadList(ListCase):
    def test_the_whole_list_is_kept(self):
        product = self.shop.add("product", title="Remera", weight=0.3)
        ids = [
            self.add(
                title=f"Remera {size}",
                sku=f"R-{size}",
                barcode=EAN,
                product=product,
                options={"Talle": size},
            )
            for size in ("S", "M", "L")
        ]
        self.shop.prices[ids[0]] = {"amount": 10.5, "currency": "ARS"}
        self.shop.stock["S2"] = {"quantity": 4}
        self.flow("listings_in").batch_size = 2
        state = self.read_list()
        self.assertFalse(state.last_error_code)
        self.assertEqual(self.shop.log, [("read", "listing", 2)] * 2)
        row = self.row(ids[0])
        self.assertEqual(
            (row.title, row.sku, row.barcode, row.price, row.currency, row.quantity),
            ("Remera S", "R-S", EAN, 10.5, "ARS", 4),
        )
        self.assertEqual(row.external_product_id, product)
        self.assertEqual((row.external_stock_id, row.url_id), ("S2", "p-2"))
        self.assertEqual(row.product_content, {"title": "Remera", "weight": 0.3})
        self.assertEqual(row.content["options"], {"Talle": "S"})
        self.assertEqual((row.status, row.options_text), ("active", "Talle: S"))

    def test_what_disappears_and_comes_back(self):
        item = self.make_item("A", barcode=EAN)
        kept, gone = self.add(sku="X"), self.add(sku="A")
        self.read_list()
        self.assertEqual(self.row(gone).listing_id.product_id, item)
        record = self.shop.records["listing"].pop(gone)
        self.shop.records["listing"][kept].status = "paused"
        self.read_list()
        row, listing = self.row(gone), self.listings(item)
        self.assertTrue(row.gone_at and listing.missing_since)
        self.assertEqual((listing.external_id, row.state), (gone, "linked"))
        self.assertFalse(self.row(kept).gone_at)
        self.assertEqual(self.row(kept).status, "paused")
        self.shop.records["listing"][gone] = record
        self.read_list()
        self.assertFalse(row.gone_at or listing.missing_since)

    def test_a_deletion_while_the_list_is_read_hides_nobody(self):
        """What moves to a page that was read already is asked for by its id."""
        items = [self.make_item(f"A{number}") for number in range(5)]
        ids = [self.add(sku=item.default_code) for item in items]
        self.read_list()
        self.flow("listings_in").batch_size = 2

        def watch(_method, _kind):
            if len(self.shop.log) == 1:
                self.shop.records["listing"].pop(ids[0], None)

        self.shop.log.clear()
        self.shop.watch = watch
        self.assertFalse(self.read_list().last_error_code)
        gone = [bool(self.row(id_).gone_at) for id_ in ids]
        self.assertEqual(gone, [True, False, False, False, False])
        self.assertFalse(any(self.listings(item).missing_since for item in items[1:]))

    def test_a_killed_pass_goes_on(self):
        ids = [self.add(sku=f"X{number}") for number in range(6)]
        self.flow("listings_in").batch_size = 2
        self.shop.faults = []
        calls = []

        def watch(method, _kind):
            calls.append(method)
            if len(calls) == 3:
                raise Retryable("cut")

        self.shop.watch = watch
        state = self.read_list()
        self.assertEqual(state.last_error_code, "retryable")
        self.assertFalse(self.row(ids[4]))
        self.assertEqual(self.holds(self.product), ["list_unread"])
        self.read_list()
        # The two pages that were kept are not read again.
        self.assertEqual(len(calls), 4)
        self.assertFalse(any(self.row(id_).gone_at for id_ in ids))
        self.assertEqual(len(self.states()), 6)

    def test_a_position_that_the_channel_forgot(self):
        for number in range(4):
            self.add(sku=f"X{number}")
        self.flow("listings_in").batch_size = 2
        calls = []

        def watch(method, _kind):
            calls.append(method)
            if len(calls) == 2:
                raise Rejected("not_found")

        self.shop.watch = watch
        self.assertEqual(self.read_list().last_error_code, "not_found")
        self.assertFalse(self.read_list().last_error_code)
        self.assertEqual(len(calls), 4)

    def test_an_empty_answer_is_not_believed_at_once(self):
        item = self.make_item("A")
        self.add(sku="A")
        self.read_list()
        self.shop.records["listing"].clear()
        self.assertEqual(self.read_list().last_error_code, "list_empty")
        self.assertFalse(self.listings(item).missing_since)
        self.assertFalse(self.read_list().last_error_code)
        self.assertTrue(self.listings(item).missing_since)

    def test_what_is_long_gone_is_forgotten(self):
        item = self.make_item("A")
        ids = [self.add(sku="A"), self.add(sku="B"), self.add(sku="C")]
        self.read_list()
        for id_ in ids[:2]:
            del self.shop.records["listing"][id_]
        self.read_list()
        rows = self.env["sale.channel.remote.listing"]
        rows._gc_gone()
        self.assertEqual(len(self.states()), 3)
        rows.search([("gone_at", "!=", False)]).gone_at = "2026-01-01 00:00:00"
        rows._gc_gone()
        self.assertFalse(self.row(ids[1]))
        self.assertEqual(self.row(ids[0]).listing_id, self.listings(item))

    def test_what_goes_out_needs_the_list(self):
        reading = self.flow("listings_in")
        self.assertFalse(reading.enabled)
        self.flow("stock_out")._confirm()
        self.assertFalse(reading.enabled)
        self.flow("listings_out")._confirm()
        self.assertTrue(reading.enabled)

    def test_another_account_has_another_list(self):
        self.read_list()
        self.assertEqual(self.holds(self.product), [None])
        self.channel.environment = "production"
        self.assertEqual(self.holds(self.product), ["list_unread"])

    def test_hostile_rows(self):
        wild = {"title": "x\x00" * 500, "sku": "\ud800", "options": {"\x00": "\x00"}}
        self.add(**wild)
        self.add(title=None, sku=" " * 300, barcode="0" * 500)
        self.add(title="Grande", description="x" * 300_000)
        self.shop.records["listing"]["\x00"] = self.shop.records["listing"]["L1"]
        self.shop.stock["S"] = {"quantity": float("nan")}
        self.assertFalse(self.read_list().last_error_code)
        self.assertEqual(len(self.states()), 3)
        self.assertFalse(self.row("L2").barcode_key)
        self.assertFalse(self.row("L3").content)


@tagged("post_install", "-at_install")
class TestMatching(ListCase):
    def test_what_is_certain_is_linked(self):
        table = [
            (
                {"barcode": UPC},
                {"barcode": f"0{UPC}", "sku": "otro"},
                "linked",
                "barcode",
            ),
            ({}, {"sku": "A1"}, "linked", "sku"),
            ({}, {"sku": " A2"}, "review", "sku_cleaned"),
            ({"name": "Único"}, {"title": "Único"}, "review", "name"),
            (
                {"barcode": EAN},
                {"sku": "A4", "barcode": UPC[:-1] + "9"},
                "review",
                "sku",
            ),
            ({}, {"sku": "a5"}, "unknown", False),
        ]
        items = [
            self.make_item(f"A{number}", **here)
            for number, (here, *_rest) in enumerate(table)
        ]
        ids = [self.add(**there) for _here, there, *_rest in table]
        self.read_list()
        for item, id_, (here, there, state, by) in zip(items, ids, table, strict=True):
            with self.subTest(here=here, there=there):
                row = self.row(id_)
                self.assertEqual((row.state, row.matched_by), (state, by))
                self.assertEqual(row.product_id, item if by else item.browse())
                self.assertEqual(row.listing_id.product_id == item, state == "linked")
        listing = self.listings(items[0])
        self.assertEqual(
            (listing.origin, listing.approved, listing.visibility, listing.external_id),
            ("linked", False, "visible", ids[0]),
        )
        self.assertEqual(listing.external_stock_id, "S1")
        self.assertEqual(listing.channel_status, "active")

    def test_doubles_are_a_person_s_decision(self):
        here = self.make_item("H") | self.make_item("H", barcode=EAN)
        there = self.make_item("T")
        other = self.make_item("O", barcode=UPC)
        ids = [
            self.add(sku="H"),
            self.add(sku="T"),
            self.add(sku="T"),
            self.add(sku="T", barcode=UPC),
        ]
        self.read_list()
        rows = [self.row(id_) for id_ in ids]
        self.assertEqual({row.state for row in rows}, {"ambiguous"})
        self.assertEqual(
            [row.match_reason for row in rows],
            ["several", "claimed", "claimed", "contradicts"],
        )
        self.assertEqual(rows[0].candidate_ids, here)
        self.assertEqual(rows[3].candidate_ids, there | other)
        self.assertIn("SKU", rows[0].match_message)
        self.assertFalse(self.listings())
        # One of them is chosen; what wanted the same is told so.
        rows[1].action_accept()
        self.assertEqual(rows[1].listing_id.product_id, there)
        with self.assertRaises(UserError):
            rows[2].action_accept()
        rows[2].action_ignore()
        self.read_list()
        self.assertEqual(self.states(), ["ambiguous", "linked", "ignored", "ambiguous"])

    def test_many_are_accepted_at_once(self):
        items = [self.make_item(f"I{number}") for number in range(4)]
        for item in items[:3]:
            self.add(title=item.name)
        self.add(title=items[2].name)
        self.add(title="Nada")
        self.read_list()
        rows = self.env["sale.channel.remote.listing"].search([], order="id")
        self.assertEqual(
            rows.mapped("state"),
            ["review", "review", "ambiguous", "ambiguous", "unknown"],
        )
        answer = rows.action_accept()
        self.assertIn("2 linked, 3 left", answer["params"]["message"])
        self.assertEqual(self.listings().product_id, items[0] | items[1])
        rows[2].action_accept()
        answer = rows.action_accept()
        self.assertIn("0 linked, 2 left", answer["params"]["message"])

    def test_pages_do_not_matter(self):
        item = self.make_item("A", barcode=EAN)
        self.add(sku="A")
        for number in range(3):
            self.add(sku=f"X{number}")
        self.add(barcode=EAN)
        with self.patch_limit(1):
            self.read_list()
        self.assertEqual(self.states()[0], "ambiguous")
        self.assertEqual(self.states()[-1], "ambiguous")
        self.assertFalse(self.listings(item))

    def patch_limit(self, limit):
        from unittest.mock import patch

        from odoo.addons.channel_catalog.models import sale_channel_remote_flow

        return patch.object(sale_channel_remote_flow, "MATCH_LIMIT", limit)

    def make_shirt(self):
        """A product in two sizes."""
        size = self.env["product.attribute"].create(
            {
                "name": "Talle",
                "value_ids": [Command.create({"name": name}) for name in ("S", "M")],
            }
        )
        return self.env["product.template"].create(
            {
                "name": "Remera",
                "is_storable": True,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": size.id,
                            "value_ids": [Command.set(size.value_ids.ids)],
                        }
                    )
                ],
            }
        )

    def test_variants(self):
        template = self.make_shirt()
        small, medium = template.product_variant_ids
        self.shop.traits = CatalogTraits(grouped=True)
        first = self.shop.add("product", title="Remera")
        second = self.shop.add("product", title="Remera")
        medium.default_code = "R-M"
        ids = [
            self.add(title="Remera S", product=first, options={"Talle": "S"}),
            self.add(title="Remera XL", product=first, options={"Talle": "XL"}),
            self.add(title="Remera M", product=second, sku="R-M"),
        ]
        self.read_list()
        rows = [self.row(id_) for id_ in ids]
        self.assertEqual([row.state for row in rows], ["review", "unknown", "linked"])
        self.assertEqual(rows[0].product_id, small)
        rows[0].action_accept()
        # One template is spread over two products there.
        groups = (rows[0] | rows[2]).listing_id.channel_product_id
        self.assertEqual(groups.mapped("external_id"), [first, second])
        self.assertEqual(groups.product_tmpl_id, template)
        # ... and a product there holds variants of several here.
        other = self.make_item("O")
        rows[1].sudo()._link(other)
        self.assertEqual(rows[1].listing_id.channel_product_id, groups[0])
        # A variant is renamed there, and another one is added.
        self.shop.records["listing"][ids[0]].content["options"] = {"Talle": "Small"}
        added = self.add(title="Remera L", product=first, options={"Talle": "L"})
        del self.shop.records["listing"][ids[2]]
        self.read_list()
        self.assertEqual(rows[0].listing_id.product_id, small)
        self.assertEqual(rows[0].options_text, "Talle: Small")
        self.assertEqual(self.row(added).state, "unknown")
        self.assertTrue(self.listings(medium).missing_since)

    def test_a_sku_that_moves_to_another_product(self):
        first, second = self.make_item("A"), self.make_item("B")
        id_ = self.add(sku="A")
        self.read_list()
        self.assertEqual(self.holds(first, second), [None, None])
        self.shop.records["listing"][id_].content["sku"] = "B"
        self.read_list()
        # The listing is the same all the same; B would be made twice.
        self.assertEqual(self.listings(), self.listings(first))
        self.assertEqual(self.holds(second), ["list_taken"])
        # Moved in Odoo
        first.default_code, second.default_code = "Z", "A"
        self.read_list()
        self.assertEqual(self.listings(), self.listings(first))

    def test_what_odoo_made_is_known_as_such(self):
        item = self.make_item("A")
        id_ = self.add(sku="A")
        listing = self.env["sale.channel.listing"].create(
            {
                "channel_id": self.channel.id,
                "product_id": item.id,
                "external_id": id_,
            }
        )
        self.read_list()
        self.assertEqual(self.row(id_).listing_id, listing)
        self.assertTrue(listing.approved)
        listing.sudo().external_id = False
        self.read_list()
        # Its listing has lost its place, and finds it again.
        self.assertEqual(self.row(id_).listing_id, listing)
        self.assertEqual((listing.origin, listing.approved), ("linked", False))
        listing.sudo().origin = "linked"
        listing.unlink()
        self.read_list()
        self.assertEqual(self.row(id_).listing_id.product_id, item)

    def test_a_listing_that_was_made_anew_in_the_shop(self):
        item = self.make_item("A")
        id_ = self.add(sku="A")
        self.read_list()
        del self.shop.records["listing"][id_]
        new = self.add(sku="A")
        self.read_list()
        row, listing = self.row(new), self.listings(item)
        self.assertEqual((row.state, row.match_reason), ("ambiguous", "taken"))
        row.action_accept()
        self.assertEqual((listing.external_id, listing.missing_since), (new, False))
        self.assertEqual(listing.former_external_ids, [id_])
        self.assertFalse(self.row(id_).listing_id)

"""What becomes of listings in the shop, and what it announces of them."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.channel_base.lib.errors import Retryable
from odoo.addons.channel_base.lib.hint import Hint
from odoo.addons.channel_catalog.lib.traits import CatalogTraits

from .linking import EAN, ListCase


@tagged("post_install", "-at_install")
class TestFollowListings(ListCase):
    def record(self, external_id):
        return self.shop.records["listing"][external_id]

    def link(self, sku="A", **content):
        """A listing that was there and is a product's by now."""
        item = self.make_item(sku)
        external_id = self.add(sku=sku, **content)
        self.read_list()
        return external_id, self.listings(item)

    def move(self, external_id, **content):
        """The shop gives a listing another id."""
        old = self.shop.records["listing"].pop(external_id)
        new = self.add(**{**old.content, **content})
        self.record(new).more = {"former_ids": (external_id,)}
        return new

    def announce(self, resource, topic="listings", seconds=90):
        """Let the shop announce something, so many seconds ago."""
        kept = self.env["sale.channel.hint"]._record(
            self.channel.id, Hint(topic, resource, None, "listings_in")
        )
        past = fields.Datetime.now() - timedelta(seconds=seconds)
        self.env["sale.channel.hint"].search([]).received_at = past
        self.env.flush_all()
        return kept

    def look(self):
        """What the flow reads without a full run: methods of the shop."""
        self.shop.log.clear()
        self._run_flow(self.flow("listings_in"), full=False)
        return [(method, count) for method, _kind, count in self.shop.log]

    # Another id

    def test_a_listing_that_moved_goes_on(self):
        old, listing = self.link()
        listing.approved = True
        listing.kept_fields = ["barcode"]
        self.record(old).more = {"kept_fields": ("title",)}
        self.start()
        self.run_out()
        rows = [self.rows(kind) for kind in ("listings_out", "stock_out", "price_out")]
        self.assertEqual(listing.kept_fields, ["barcode", "title"])
        new = self.move(old)
        self.read_list()
        self.assertEqual(listing.external_id, new)
        self.assertEqual(listing.former_external_ids, [old])
        self.assertEqual(listing.external_stock_id, f"S{new[1:]}")
        self.assertEqual((listing.missing_since, listing.approved), (False, True))
        # What was the whole product's there waits for somebody to compare it.
        self.assertEqual(listing.kept_fields, ["barcode", "title"])
        self.assertFalse(self.row(new).kept_fields)
        self.assertEqual(self.row(new).state, "linked")
        self.assertTrue(self.row(old).gone_at)
        self.assertFalse(self.row(old).listing_id)
        # What goes out follows; nothing is made a second time.
        self.assertEqual(rows[0].external_id, new)
        self.run_out()
        self.assertEqual([row.external_id for row in rows[1:]], [f"S{new[1:]}", new])
        self.assertEqual(list(self.shop.records["listing"]), [new])
        # Orders name the one and the other.
        finder = self.env["sale.channel.listing.finder"]
        for id_ in (old, new):
            found = finder._find_listings(self.channel, [(id_, "")])
            self.assertEqual(list(found.values()), [listing])

    def test_a_move_that_was_seen_as_another_listing_first(self):
        """The new one shows before the old one is gone: it seems to be a double."""
        old, listing = self.link()
        new = self.add(sku="A")
        self.read_list()
        self.assertEqual(self.row(new).match_reason, "taken")
        self.shop.records["listing"].pop(old)
        self.record(new).more = {"former_ids": (old,)}
        self.read_list()
        self.assertEqual((listing.external_id, self.row(new).state), (new, "linked"))

    def test_a_move_takes_nothing_from_anybody(self):
        old, listing = self.link()
        new = self.add(sku="B")
        other = self.make_item("B")
        self.read_list()
        self.record(new).more = {"former_ids": (old, "L999", "")}
        self.read_list()
        self.assertEqual(listing.external_id, old)
        self.assertEqual(self.listings(other).external_id, new)

    # Not to be bought any more, or not to be read

    def test_what_has_ended_is_gone_with_its_reason(self):
        id_, listing = self.link()
        self.add(sku="X")
        unknown = self.add(sku="ZZ", title="Vieja")
        for one in (id_, unknown):
            self.record(one).more = {"ended": True}
            self.record(one).status = "banned"
        self.read_list()
        self.assertTrue(listing.missing_since)
        self.assertEqual(listing.channel_status, "banned")
        self.assertEqual(listing.status_text, "fake_banned")
        self.assertEqual(listing.status_advice, "fake_appeal")
        # What nobody knew is not worth knowing.
        self.assertFalse(self.row(unknown))
        reasons = self.env["sale.channel.catalog"]._get_reasons(
            self.channel, listing.product_id
        )
        told = dict(next(iter(reasons.values())))
        self.assertEqual(told["catalog_stands"]["status"], "fake_banned")
        listing.action_make_again()
        self.assertFalse(listing.external_id or listing.attention)

    def test_what_cannot_be_read_is_not_gone(self):
        id_, listing = self.link()
        self.add(sku="X")
        self.record(id_).status = "unreadable"
        state = self.read_list()
        self.assertFalse(state.last_error_code)
        self.assertFalse(self.row(id_).gone_at or listing.missing_since)
        self.announce(id_)
        self.assertEqual(self.look(), [("again", 1)])
        self.assertFalse(listing.missing_since)

    # What the shop keeps

    def test_what_the_shop_keeps_is_followed(self):
        id_ = self.add(sku="A")
        self.shop.stock["S1"] = {"quantity": 7}
        self.record(id_).more = {"stock_kept": True, "kept_fields": ("title",)}
        item = self.make_item("A", name="Otro nombre")
        self.read_list()
        listing = self.listings(item)
        self.assertEqual((listing.stock_kept, listing.stock_there), (True, 7))
        self.assertEqual(listing.kept_fields, ["title"])
        found = self.env["sale.channel.listing.comparison"]._compare(listing)
        self.assertNotIn("title", [one["name"] for one in found])
        self.shop.stock["S1"] = {"quantity": 5}
        self.announce(id_)
        self.look()
        self.assertEqual(listing.stock_there, 5)
        self.record(id_).more = {"kept_fields": ("title", "images")}
        self.read_list()
        self.assertEqual((listing.stock_kept, listing.stock_there), (False, 0))
        self.assertEqual(listing.kept_fields, ["images", "title"])

    # What it announces

    def test_what_is_announced_is_read_soon(self):
        ids = [self.add(sku=f"A{n}") for n in range(70)]
        items = [self.make_item(f"A{n}") for n in range(3)]
        self.read_list()
        known = self.listings(items[0])
        self.assertFalse(known.attention)
        self.record(ids[0]).status = "banned"
        self.announce(ids[0], seconds=0)
        self.assertEqual(self.look(), [])
        self.announce(ids[1])
        self.assertEqual(self.look(), [("again", 2)])
        self.assertTrue(known.attention)
        self.assertEqual(known.status_text, "fake_banned")
        self.assertFalse(self.env["sale.channel.hint"].search([]))
        self.assertEqual(self.channel.topic_ids.name, "listings")
        self.assertEqual(self.look(), [])
        # A burst is few readings, however often each was announced.
        for id_ in ids:
            self.announce(id_)
            self.announce(id_, "stock")
            self.announce(id_, "another")
        self.assertEqual(self.look(), [("again", 50), ("again", 20)])

    def test_what_shares_its_stock_is_looked_at_together(self):
        ids = [self.add(sku=sku) for sku in ("A", "B", "C")]
        for id_ in ids[:2]:
            self.record(id_).more = {"stock_group": "G1"}
        self.read_list()
        self.announce("G1", "stock")
        self.announce("G2", "stock")
        self.assertEqual(self.look(), [("again", 2)])

    def test_what_is_new_or_gone_is_told_of_as_well(self):
        id_, listing = self.link()
        item = self.make_item("N")
        new = self.add(sku="N")
        group = self.shop.add("product", title="Remera")
        variant = self.add(sku="V", product=group)
        del self.shop.records["listing"][id_]
        for resource in (id_, new, group, "L404"):
            self.announce(resource)
        self.assertEqual(self.look(), [("again", 4)])
        self.assertTrue(listing.missing_since)
        self.assertTrue(listing.attention)
        self.assertEqual(self.listings(item).external_id, new)
        self.assertEqual(self.row(variant).state, "unknown")
        del self.shop.records["listing"][variant]
        self.announce(group)
        self.assertEqual(self.look(), [("again", 2)])
        self.assertTrue(self.row(variant).gone_at)

    def test_what_was_announced_survives_a_cut(self):
        id_, listing = self.link()
        self.record(id_).status = "banned"
        self.announce(id_)
        cuts = [Retryable("cut")]

        def watch(_method, _kind):
            if cuts:
                raise cuts.pop()

        self.shop.watch = watch
        self.look()
        self.assertFalse(listing.attention)
        self.look()
        self.assertTrue(listing.attention)

    def test_a_full_run_has_seen_what_was_announced_before(self):
        id_, _listing = self.link()
        self.announce(id_)
        self.read_list()
        self.assertEqual(self.look(), [])

    def test_nothing_is_looked_at_before_the_list_is_known(self):
        self.flow("listings_in").enabled = True
        self.announce("L1")
        self.assertEqual(self.look(), [])

    # Several listings of a product

    def test_a_product_that_is_sold_several_times(self):
        item, other = self.make_item("A"), self.make_item("B", barcode=EAN)
        ids = [self.add(sku="A"), self.add(sku="A"), self.add(sku="A")]
        review = self.add(sku="B", barcode="7790000000003")
        self.read_list()
        rows = self.env["sale.channel.remote.listing"].search([], order="id")
        self.assertEqual(rows[:3].mapped("match_reason"), ["claimed"] * 3)
        rows[0].action_accept()
        with self.assertRaisesRegex(UserError, "further listing"):
            rows[1].action_accept()
        answer = rows.action_link_further()
        self.assertIn("3 linked, 0 left", answer["params"]["message"])
        listings = self.listings(item).sorted("number")
        self.assertEqual(listings.mapped("external_id"), ids)
        self.assertEqual(listings.mapped("number"), [0, 1, 2])
        self.assertEqual(self.listings(other).external_id, self.row(review).external_id)
        with self.assertRaises(UserError):
            rows.action_link_further()
        # A place that became free is taken again.
        del self.shop.records["listing"][ids[1]]
        again = self.add(sku="A")
        self.read_list()
        self.row(again).action_link_further()
        self.assertEqual(
            self.listings(item).sorted("number").mapped("external_id"),
            [ids[0], again, ids[2]],
        )

    def test_several_that_are_several_products_are_not_linked_at_once(self):
        self.make_item("A")
        self.make_item("A", barcode=EAN)
        id_ = self.add(sku="A")
        self.read_list()
        with self.assertRaises(UserError):
            self.row(id_).action_link_further()

    def test_another_is_linked_by_the_dialog(self):
        _id, listing = self.link()
        again = self.add(sku="A")
        self.read_list()
        row = self.row(again)
        dialog = self.env["sale.channel.remote.link"].create({"row_id": row.id})
        self.assertTrue(dialog.is_further)
        dialog.is_further = False
        with self.assertRaises(UserError):
            dialog.action_link()
        dialog.is_further = True
        dialog.action_link()
        self.assertEqual(row.listing_id.product_id, listing.product_id)

    def test_a_type_that_was_changed_there_is_followed(self):
        id_, listing = self.link()
        self.record(id_).more = {"listing_type": "premium"}
        self.read_list()
        self.assertEqual((listing.listing_type, listing.number), ("premium", 0))
        again = self.add(sku="A")
        self.record(again).more = {"listing_type": "premium"}
        self.read_list()
        self.row(again).action_link_further()
        # Back to where the other one is
        self.record(id_).more = {}
        self.record(again).more = {}
        self.read_list()
        types = self.listings().mapped("listing_type")
        self.assertEqual(types, ["", ""])
        self.assertEqual(sorted(self.listings().mapped("number")), [0, 1])
        with self.assertRaises(UserError):
            listing.listing_type = "premium"

    def test_what_is_sold_several_times_becomes_one_product(self):
        group = self.shop.add("product", title="Remera")
        rows = [
            {"sku": "R-S", "product": group, "options": {"Talle": "S"}},
            {"sku": "R-M", "product": group, "options": {"Talle": "M"}},
            {"sku": "R-S", "product": group, "options": {"Talle": "S"}},
            {"sku": "R-S", "product": group, "options": {"Talle": "S"}},
        ]
        ids = [self.add(**row) for row in rows]
        self.record(ids[2]).more = {"listing_type": "premium"}
        self.read_list()
        found = self.env["sale.channel.remote.listing"].search([], order="id")
        found.action_create_products()
        self.assertEqual(len(self.listings().product_tmpl_id), 1)
        self.assertEqual(
            found.mapped("state"), ["linked", "linked", "linked", "ambiguous"]
        )
        self.assertEqual(found[0].listing_id.product_id, found[2].listing_id.product_id)

    def test_what_odoo_is_just_making_was_not_there_before(self):
        item = self.make_item("A")
        self.start("listings_out")
        self.shop.faults = [("answer", Retryable("cut"))]
        self.run_out("listings_out")
        listing, [there] = self.listings(item), self.shop.records["listing"]
        self.assertFalse(listing.external_id)
        self.announce(there)
        self.look()
        self.assertEqual(listing.external_id, there)
        self.assertEqual(
            (listing.origin, listing.approved, listing.visibility),
            ("created", True, "hidden"),
        )
        self.make_due()
        self.run_out("listings_out")
        self.assertEqual(list(self.shop.records["listing"]), [there])
        self.assertEqual(self.rows().sync_state, "done")

    def test_what_was_hidden_there_before_the_approval_stays_so(self):
        id_, listing = self.link()
        self.assertEqual(listing.visibility, "visible")
        self.record(id_).content["visibility"] = "hidden"
        self.announce(id_)
        self.look()
        self.assertEqual(listing.visibility, "hidden")
        # What somebody chose here since then is not undone by another look.
        listing.visibility = "visible"
        self.read_list()
        self.assertEqual(listing.visibility, "visible")
        listing.approved = True
        self.record(id_).content["visibility"] = "visible"
        listing.visibility = "hidden"
        self.read_list()
        self.assertEqual(listing.visibility, "hidden")

    def test_what_is_made_again_keeps_nothing(self):
        id_, listing = self.link()
        self.record(id_).more = {"kept_fields": ("title",), "stock_kept": True}
        listing.kept_fields = ["barcode"]
        self.add(sku="X")
        self.read_list()
        self.assertTrue(listing.stock_kept)
        del self.shop.records["listing"][id_]
        self.read_list()
        self.shop.traits = CatalogTraits(made_types=("other",))
        with self.assertRaises(UserError):
            listing.action_make_again()
        self.shop.traits = CatalogTraits()
        listing.action_make_again()
        self.assertEqual(listing.kept_fields, ["barcode"])
        self.assertFalse(listing.stock_kept or listing.stock_there)

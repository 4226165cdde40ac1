from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .linking import ListCase


@tagged("post_install", "-at_install")
class TestLinkingPeople(ListCase):
    """Several people at once, other languages, and what a form does not offer."""

    def test_names_are_compared_in_the_language_of_the_listings(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        item = self.make_item("SILLA", name="Silla plegable")
        item.with_context(lang="pt_BR").name = "Cadeira dobrável"
        self.channel.catalog_lang = "pt_BR"
        there = self.add(title="Cadeira dobrável")
        self.read_list()
        row = self.row(there)
        self.assertEqual((row.state, row.product_id), ("review", item))

    def test_what_another_took_meanwhile_stops_no_other(self):
        items = [self.make_item(f"SILLA-{n}", name=f"Silla {n}") for n in (1, 2)]
        there = [self.add(title=item.name) for item in items]
        self.read_list()
        rows = self.row(there[0]) | self.row(there[1])
        listings = self.registry["sale.channel.remote.listing"]
        original = listings._link

        def link(row, product, *more):
            if product == items[0]:
                raise UniqueViolation("taken")
            return original(row, product, *more)

        with patch.object(listings, "_link", link):
            rows.action_accept()
        self.assertEqual(rows.mapped("state"), ["review", "linked"])

    def test_components_keep_the_listing_s_rules_over_rpc(self):
        items = [self.make_item(f"KIT-{n}") for n in (1, 2, 3)]
        kit, single = self.env["sale.channel.listing"].create(
            [
                {
                    "channel_id": self.channel.id,
                    "component_ids": [
                        Command.create({"product_id": item.id}) for item in items[:2]
                    ],
                },
                {"channel_id": self.channel.id, "product_id": items[0].id},
            ]
        )
        company = self.env["res.company"].create({"name": "Ajena"})
        foreign = self.make_item("AJENO", company_id=company.id)
        manager = self.make_user("gestora", "channel_base.group_channel_manager")
        components = self.env["sale.channel.listing.component"].with_user(manager)
        held = kit.component_ids.with_user(manager)
        of_single = {"listing_id": single.id, "product_id": items[1].id}
        of_others = {"listing_id": kit.id, "product_id": foreign.id}
        for error, refused in (
            (ValidationError, lambda: components.create(of_single)),
            (ValidationError, lambda: components.create(of_others)),
            (ValidationError, lambda: held[0].write({"product_id": foreign.id})),
            (AccessError, lambda: held[0].write({"listing_id": single.id})),
        ):
            with self.assertRaises(error), self.env.cr.savepoint():
                refused()
        self.env.invalidate_all()
        self.assertEqual(kit.component_ids.product_id, items[0] | items[1])
        held[1].product_id = items[2]
        self.env.flush_all()
        components.create({"listing_id": kit.id, "product_id": items[1].id})
        self.assertEqual(len(kit.component_ids), 3)

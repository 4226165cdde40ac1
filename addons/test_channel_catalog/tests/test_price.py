import random
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.channel_catalog.lib.traits import CatalogTraits

from .price import PriceCase

# Setting of the channel, its value, what the table costs then
SETTINGS = (("price_tax_mode", "none", 40), ("price_round", 50, 50))
SETTINGS += (("pricelist_id", False, 200),)
PLANNER = "odoo.addons.channel_outgoing.models.sale_channel_outgoing_planner"


@tagged("post_install", "-at_install")
class TestPrice(PriceCase):
    # What a listing costs

    def test_taxes_are_in_or_out_as_the_channel_shows_them(self):
        listing = self.offer(self.drill)
        twin = self.tax_21._get_included_twins()
        for taxes, mode, shown in (
            (self.tax_21, "included", "121.00"),
            (self.tax_21, "excluded", "100.00"),
            (self.tax_21, "none", "100.00"),
            (twin, "included", "100.00"),
            (twin, "excluded", "82.64"),
            (twin, "none", "100.00"),
            (self.env["account.tax"], "included", "100.00"),
        ):
            with self.subTest(mode, included=taxes.price_include):
                self.drill.taxes_id = taxes
                self.channel.price_tax_mode = mode
                self.assertEqual(self.price(listing), shown)

    def test_taxes_of_another_company_do_not_count(self):
        other = self.env["res.company"].sudo().create({"name": "Otra"})
        group = (
            self.env["account.tax.group"]
            .sudo()
            .create({"name": "Otro", "company_id": other.id})
        )
        foreign = self.tax_21.sudo().create(
            {
                "name": "50",
                "amount": 50,
                "company_id": other.id,
                "tax_group_id": group.id,
                "country_id": self.company.country_id.id,
            }
        )
        self.drill.sudo().taxes_id += foreign
        self.assertEqual(self.price(self.offer(self.drill)), "121.00")

    def test_a_price_that_is_bought_comes_back_to_the_cent(self):
        """Sent out and bought: the order has the same total, in each tax mode."""
        dice = random.Random(14)
        taxes = [self.tax_21, self.find_tax(10.5), self.find_tax(27.0)]
        products = [
            self.make_item(f"R-{n}", taxes_id=taxes[n % 3].ids, is_storable=False)
            for n in range(12)
        ]
        rules = {product: self.rule(1, product) for product in products}
        listings = {product: self.offer(product) for product in products}
        self.channel.price_round = 0
        for mode in ("included", "excluded", "none"):
            self.channel.price_tax_mode = mode
            wanted = {}
            for number in range(4):
                lines, total = [], Decimal(0)
                for product in dice.sample(products, 3):
                    rules[product].fixed_price = dice.randint(3, 10**6) / 100
                    price = self.price(listings[product])
                    quantity = dice.choice((1, 2, 7, 113))
                    total += Decimal(price) * quantity
                    sku = product.default_code
                    lines.append(
                        {"sku": sku, "quantity": str(quantity), "price": price}
                    )
                wanted[self.put(f"{mode}{number}", lines=lines)] = total
            self.run_flow()
            for external_id, total in wanted.items():
                with self.subTest(mode, order=external_id):
                    row = self.inbox(external_id)
                    self.assertEqual(row.state, "imported", row.error_message)
                    order = row.sale_order_id
                    got = order.amount_untaxed if mode == "excluded" else None
                    got = order.amount_total if got is None else got
                    self.assertEqual(f"{got:.2f}", f"{total:.2f}")

    def test_without_a_pricelist_products_cost_what_they_say(self):
        self.channel.pricelist_id = False
        self.assertEqual(self.price(self.offer(self.drill)), "121.00")

    def test_a_pack_costs_what_the_list_gives_for_so_many(self):
        self.rule(100, self.drill)
        self.rule(90, self.drill, min_quantity=6)
        self.assertEqual(self.price(self.offer(self.drill)), "121.00")
        self.assertEqual(self.price(self.offer(self.drill, quantity=6)), "653.40")

    def test_a_kit_costs_what_its_components_cost(self):
        bits = self.make_item("B-1", list_price=10, taxes_id=self.find_tax(10.5).ids)
        kit = self.offer(
            self.env["product.product"],
            component_ids=[
                Command.create({"product_id": self.drill.id}),
                Command.create({"product_id": bits.id, "quantity": 3}),
            ],
        )
        self.assertEqual(self.price(kit), "154.15")
        self.at_work()
        self.assertEqual(self.shop.prices[kit.external_id]["amount"], 154.15)
        bits.list_price = 20
        self.run_out("price_out", full=False)
        self.assertEqual(self.shop.prices[kit.external_id]["amount"], 187.3)
        self.rule(5, bits)
        self.run_out("price_out", full=False)
        self.assertEqual(self.shop.prices[kit.external_id]["amount"], 137.58)

    def test_the_dry_run_says_what_is_refused(self):
        self.drill.list_price = 0
        self.offer(self.drill)
        self.start("price_out")
        action = self.flow("price_out").action_dry_run()
        lines = self.env["sale.channel.dry.run"].browse(action["res_id"]).line_ids
        self.assertEqual(
            [(line.action, line.error_code) for line in lines],
            [("skip", "price_missing")],
        )
        self.assertFalse(self.rows("price_out"))

    def test_no_price_is_no_push(self):
        listing = self.offer(self.drill)
        fine = self.offer(self.make_item("T-2"))
        self.at_work()
        sent = dict(self.shop.prices)
        rule = self.rule(0, self.drill)
        for price in (0, -5, 0.001, float("nan"), float("inf")):
            with self.subTest(price=price):
                rule.flush_recordset()
                self.env.cr.execute(
                    "UPDATE product_pricelist_item SET fixed_price = %s WHERE id = %s",
                    (price, rule.id),
                )
                rule.invalidate_recordset()
                self.assertEqual(self.price(listing), "price_missing")
                self.run_out("price_out")
                row = self.rows("price_out").filtered(
                    lambda row: row.res_id == listing.id
                )
                self.assertEqual(row.error_code, "price_missing")
                self.assertTrue(row.error_message)
                self.assertFalse(row.wanted_text)
                self.assertEqual(self.shop.prices, sent)
        # Trying again sends nothing either.
        row.action_retry()
        self.run_out("price_out")
        self.assertEqual(self.shop.writes(), [])
        rule.unlink()
        self.drill.list_price = 0
        self.assertEqual(self.price(listing), "price_missing")
        self.assertEqual(self.price(fine), "100.00")
        problems = self.env["sale.channel.price"]._get_product_prices(
            self.channel, self.drill | fine.product_id
        )
        self.assertEqual(problems[self.drill].code, "price_missing")
        self.assertEqual(problems[fine.product_id].amount, 100)

    def test_prices_end_as_the_channel_wants(self):
        self.channel.write({"price_round": 10, "price_extra": -0.1})
        self.assertEqual(self.price(self.offer(self.drill)), "119.90")
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.channel.price_round = -1
            self.channel.flush_recordset()

    # What goes out

    def test_only_differences_are_sent(self):
        listing = self.offer(self.drill)
        other = self.offer(self.make_item("T-2"))
        self.start("price_out")
        self.run_out("price_out")
        self.assertEqual(self.shop.price("T-1"), 121)
        self.assertEqual(
            self.shop.prices[listing.external_id],
            {
                "item": listing.external_id,
                "amount": 121,
                "currency": "ARS",
                "promotion_amount": None,
                "promotion_from": None,
                "promotion_until": None,
            },
        )
        self.shop.writes()
        self.run_out("price_out")
        self.assertEqual(self.shop.writes(), [])
        other.product_id.list_price = 200
        self.run_out("price_out", full=False)
        self.assertEqual(self.shop.writes(), [("put", "price", 1)])
        self.assertEqual(self.shop.price("T-2"), 200)

    def test_what_is_not_ours_is_left_as_it_is(self):
        listing = self.offer(self.drill)
        self.offer(self.make_item("T-2"), approved=False)
        self.offer(self.make_item("T-4"), kept_fields=["price"])
        gone = self.offer(self.make_item("T-5"))
        self.env["sale.channel.listing"].create(
            {"channel_id": self.channel.id, "product_id": self.make_item("T-3").id}
        )
        self.start("price_out")
        gone.missing_since = fields.Datetime.now()
        self.run_out("price_out")
        self.shop.writes()
        self.assertEqual(list(self.shop.prices), [listing.external_id])
        self.channel.send_price = False
        self.drill.list_price = 300
        self.run_out("price_out")
        self.assertEqual(self.shop.writes(), [])
        self.assertFalse(self.rows("price_out"))
        self.channel.send_price = True
        self.run_out("price_out")
        self.assertEqual(self.shop.price("T-1"), 363)

    def make_table(self):
        """A product with an attribute, in a category within another one."""
        category = self.env["product.category"].create({"name": "Rama"})
        child = category.create({"name": "Hoja", "parent_id": category.id})
        attribute = self.env["product.attribute"].create(
            {"name": "Color", "value_ids": [Command.create({"name": "Rojo"})]}
        )
        template = self.env["product.template"].create(
            {
                "name": "Mesa",
                "list_price": 100,
                "categ_id": child.id,
                "taxes_id": self.tax_21.ids,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": attribute.value_ids.ids,
                        }
                    )
                ],
            }
        )
        table = template.product_variant_id
        table.default_code = "M-1"
        self.offer(table)
        calm = self.make_item("Q-1", categ_id=category.create({"name": "Otra"}).id)
        self.offer(calm)
        self.rule(7, calm)
        return table, template, category, child

    def test_whatever_decides_about_a_price_leaves_changes(self):
        base = self.make_list("Base")
        table, template, category, child = self.make_table()
        value = template.attribute_line_ids.product_template_value_ids
        on_base = {"compute_price": "formula", "base": "pricelist"}
        rule = [None]

        def make(*args, **values):
            rule[0] = self.rule(*args, **values)

        self.at_work()
        steps = [
            ("list price", lambda: template.write({"list_price": 200}), 242),
            ("extra", lambda: value.write({"price_extra": 10}), 254.1),
            ("variant", lambda: make(50, table), 60.5),
            ("changed rule", lambda: rule[0].write({"fixed_price": 60}), 72.6),
            ("no rule", lambda: rule[0].unlink(), 254.1),
            ("template", lambda: make(70, template), 84.7),
            ("other target", lambda: rule[0].write({"applied_on": "3_global"}), 84.7),
            ("no rule again", lambda: rule[0].unlink(), 254.1),
            ("category", lambda: make(80, category), 96.8),
            ("another category", lambda: rule[0].write({"categ_id": child.id}), 96.8),
            ("no category", lambda: rule[0].unlink(), 254.1),
            (
                "base",
                lambda: make(**on_base, base_pricelist_id=base.id),
                254.1,
            ),
            ("rule of the base", lambda: self.rule(40, pricelist=base), 48.4),
            ("tax", lambda: self.tax_21.write({"amount": 10}), 44),
            (
                "another tax",
                lambda: template.write({"taxes_id": self.find_tax(27.0).ids}),
                50.8,
            ),
        ]
        settings = [
            (field, lambda f=field, v=value: self.channel.write({f: v}), shown)
            for field, value, shown in SETTINGS
        ]
        for position, (name, step, shown) in enumerate([*steps, *settings]):
            with self.subTest(name):
                asked = self.flow("price_out").run_requests
                step()
                setting = position >= len(steps)
                self.assertIs(self.flow("price_out").run_requests > asked, setting)
                self.run_out("price_out", full=setting)
                self.assertEqual(round(self.shop.price("M-1"), 2), shown)
                sent = sum(count for _put, _kind, count in self.shop.writes())
                self.assertLessEqual(sent, 2 if setting else 1)

    def test_a_floor_stops_one_price_and_no_other(self):
        self.channel.write({"price_floor": True, "price_floor_margin": 25})
        listings = [self.offer(self.make_item(f"C-{n}")) for n in range(3)]
        fine = self.offer(self.drill)
        self.drill.standard_price = 80
        self.at_work()
        for listing in listings:
            listing.product_id.standard_price = 80.5
        self.drill.list_price = 110
        # However many they are, it is no failure of the plan.
        with patch(f"{PLANNER}.GUILTY_LIMIT", 0):
            self.run_out("price_out", full=False)
        self.assertEqual(self.shop.writes(), [("put", "price", 1)])
        rows = self.rows("price_out")
        stopped = rows.filtered(lambda row: row.res_id != fine.id)
        self.assertEqual(set(stopped.mapped("sync_state")), {"error"})
        self.assertEqual(set(stopped.mapped("error_code")), {"price_below_floor"})
        for number in ("100.00", "100.63", "80.50", "25"):
            self.assertIn(number, stopped[0].error_message)
        self.assertEqual(self.shop.price("C-1"), 100)
        # Noted once
        before = stopped.mapped("write_date")
        self.run_out("price_out")
        self.assertEqual(self.shop.writes(), [])
        self.assertEqual(stopped.mapped("write_date"), before)
        listings[0].product_id.list_price = 101
        self.run_out("price_out", full=False)
        self.assertEqual(self.shop.price("C-0"), 101)
        self.assertEqual(
            stopped.filtered(lambda row: row.res_id == listings[0].id).sync_state,
            "done",
        )

    def test_an_archived_list_sends_nothing(self):
        listing = self.offer(self.drill)
        self.at_work()
        self.list.active = False
        self.run_out("price_out", full=False)
        self.assertEqual(self.rows("price_out").error_code, "pricelist_archived")
        self.assertEqual(self.price(listing), "pricelist_archived")
        self.assertEqual(self.shop.writes(), [])

    # Promotions

    def test_a_promotion_begins_and_ends_without_a_full_run(self):
        self.shop.traits = CatalogTraits(promotions=True)
        listing = self.offer(self.drill)
        self.at_work()
        now = fields.Datetime.now()
        start, end = now + timedelta(hours=2), now + timedelta(hours=5)
        rule = self.promote(80, date_start=start, date_end=end)
        self.run_out("price_out", full=False)
        self.assertEqual(self.shop.writes(), [])
        flow = self.flow("price_out")
        self.assertEqual(flow._get_due(flow._get_state()), start)
        start = now - timedelta(minutes=1)
        self.at(rule, date_start=start)
        self.assertLessEqual(flow._get_due(flow._get_state()), fields.Datetime.now())
        self.run_out("price_out", full=False)
        there = self.shop.prices[listing.external_id]
        self.assertEqual((there["amount"], there["promotion_amount"]), (121, 96.8))
        self.assertEqual(there["promotion_from"], f"{start.isoformat()}Z")
        self.assertEqual(there["promotion_until"], f"{end.isoformat()}Z")
        self.assertEqual(flow._get_due(flow._get_state()), end + timedelta(seconds=1))
        self.at(rule, date_end=now - timedelta(seconds=5))
        self.run_out("price_out", full=False)
        there = self.shop.prices[listing.external_id]
        self.assertEqual((there["amount"], there["promotion_amount"]), (121, None))

    def test_a_shop_without_promotions_gets_the_price_that_is_paid(self):
        listing = self.offer(self.drill)
        self.promote(80)
        self.assertEqual(self.price(listing), "96.80")

    def test_rules_of_the_list_itself_begin_on_time(self):
        self.offer(self.drill)
        self.at_work()
        now = fields.Datetime.now()
        rule = self.rule(50, self.drill, date_start=now + timedelta(hours=2))
        self.run_out("price_out", full=False)
        self.at(rule, date_start=now - timedelta(minutes=1))
        self.run_out("price_out", full=False)
        self.assertEqual(self.shop.price("T-1"), 60.5)

    def test_who_may_see_and_set_prices(self):
        listing = self.offer(self.drill)
        user = self.make_user("vendedor", "channel_base.group_channel_user")
        self.assertEqual(listing.with_user(user).price_margin, 0)
        self.drill.standard_price = 80
        self.env.invalidate_all()
        shown = listing.with_user(user)
        self.assertEqual((shown.price_wanted, shown.price_margin), (121, 25))
        with self.assertRaises(AccessError):
            self.channel.with_user(user).price_floor = False

    def test_many_are_asked_at_once(self):
        def count(number):
            products = self.env["product.product"].create(
                [
                    {
                        "name": f"N{number}-{n}",
                        "default_code": f"N{number}-{n}",
                        "taxes_id": self.tax_21.ids,
                    }
                    for n in range(number)
                ]
            )
            listings = self.env["sale.channel.listing"].create(
                [
                    {
                        "channel_id": self.channel.id,
                        "product_id": product.id,
                        "external_id": product.default_code,
                    }
                    for product in products
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["sale.channel.price"]._get_prices(self.channel, listings)
            return self.env.cr.sql_log_count - before

        few = count(5)
        self.assertLessEqual(count(40), few + 2)

"""What selling costs, and what prices leave."""

from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.channel_base.lib.errors import Retryable
from odoo.addons.channel_catalog.lib.traits import CatalogTraits

from .price import PriceCase

FEES = "sale.channel.fee"


@tagged("post_install", "-at_install")
class TestMargin(PriceCase):
    def setUp(self):
        super().setUp()
        self.shop.traits = CatalogTraits(fees=True, listing_types=("", "premium"))
        self.shop.fees["C0"] = Decimal(10)
        self.channel._ensure_flows()
        self.drill.standard_price = 50
        self.listing = self.offer(self.drill)
        self.start("price_out")
        self.flow("fees_in").enabled = True
        self.run_out("price_out")

    def margin(self, listing=None):
        return (listing or self.listing).margin_ids

    def ask(self, full=False):
        """Let the fees be asked for; the questions."""
        self.shop.asked.clear()
        self.run_out("fees_in", full=full)
        return self.shop.asked

    def row(self, listing=None):
        listing = listing or self.listing
        return self.rows("price_out").filtered(lambda row: row.res_id == listing.id)

    # What is left

    def test_what_is_left_of_a_price(self):
        """121 with taxes: 100 without, a fee of 12.10, a freight of 10, taxes of 3."""
        self.channel.write({"price_freight": 12.1, "price_turnover_tax": 3})
        self.channel.price_charge_tax = 21
        self.assertFalse(self.margin().known)
        self.assertEqual(self.listing.price_margin, 0)
        self.ask(full=True)
        margin = self.margin()
        self.assertTrue(margin.known)
        for name, value in {
            "price": 121,
            "net": 100,
            "fee": 10,
            "freight": 10,
            "taxes": 3,
            "cost": 50,
            "amount": 27,
            "percent": 54,
        }.items():
            self.assertAlmostEqual(margin[name], value, 2, name)
        self.assertFalse(margin.below)
        self.assertAlmostEqual(self.listing.price_margin, 54)

    def test_without_a_cost_nobody_knows_the_margin(self):
        self.drill.standard_price = 0
        self.ask(full=True)
        self.assertFalse(self.margin().known)
        self.assertFalse(self.margin().below)

    def test_what_is_below_is_found(self):
        self.drill.standard_price = 100
        fine = self.offer(self.make_item("T-2", standard_price=1))
        self.ask(full=True)
        listings = self.env["sale.channel.listing"]
        found = listings.search([("margin_ids.below", "=", True)])
        self.assertIn(self.listing, found)
        self.assertNotIn(fine, found)
        # Without a floor it is the cost; with one it is that.
        self.channel.write({"price_floor": True, "price_floor_margin": 20000})
        self.ask(full=True)
        self.assertTrue(self.margin(fine).below)

    def test_a_margin_follows_price_cost_and_freight(self):
        self.ask(full=True)
        self.shop.fees["C0"] = Decimal(10)
        self.drill.list_price = 200
        self.run_out("price_out", full=False)
        self.ask()
        self.assertAlmostEqual(self.margin().amount, 200 - 24.2 - 50, 2)
        self.drill.standard_price = 60
        self.run_out("price_out", full=False)
        self.assertAlmostEqual(self.margin().amount, 200 - 24.2 - 60, 2)
        self.listing.write({"own_freight": True, "freight": 5})
        self.run_out("price_out", full=False)
        self.assertAlmostEqual(self.margin().amount, 200 - 24.2 - 60 - 5, 2)
        self.channel.price_freight = 7
        self.run_out("price_out")
        self.assertAlmostEqual(self.margin().freight, 5, 2)
        self.listing.own_freight = False
        self.run_out("price_out", full=False)
        self.assertAlmostEqual(self.margin().freight, 7, 2)
        self.drill.list_price = 0
        self.run_out("price_out", full=False)
        self.assertFalse(self.margin())

    # Asking

    def test_a_price_is_asked_for_once_for_all_that_have_it(self):
        for number in range(5):
            self.offer(self.make_item(f"S-{number}", taxes_id=self.tax_21.ids))
        premium = self.offer(self.drill, listing_type="premium")
        asked = self.ask(full=True)
        self.assertEqual(len(asked), 2)
        self.assertEqual({one.listing_type for one in asked}, {"", "premium"})
        self.assertEqual({one.price for one in asked}, {Decimal(121)})
        self.assertTrue(self.margin(premium).known)
        self.assertFalse(self.ask(full=True))
        # Nothing is asked for, nor lost, by a price that was asked for before.
        self.drill.list_price = 110
        self.run_out("price_out", full=False)
        self.assertEqual(len(self.ask()), 2)
        self.drill.list_price = 100
        self.run_out("price_out", full=False)
        self.assertFalse(self.ask())
        self.assertAlmostEqual(self.margin().fee, 12.1, 2)

    def test_what_was_told_long_ago_is_asked_again(self):
        self.ask(full=True)
        row = self.env[FEES].search([("channel_id", "=", self.channel.id)])
        row.sudo().last_synced_at = fields.Datetime.now() - timedelta(days=15)
        self.shop.fees["C0"] = Decimal(20)
        self.assertEqual(len(self.ask(full=True)), 1)
        self.assertAlmostEqual(self.margin().fee, 24.2, 2)

    def test_what_nobody_asks_for_is_forgotten(self):
        self.ask(full=True)
        self.drill.list_price = 110
        self.run_out("price_out", full=False)
        self.ask()
        rows = self.env[FEES].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(len(rows), 2)
        rows.flush_recordset()
        self.env.cr.execute(
            "UPDATE sale_channel_fee SET write_date = %s WHERE id = ANY(%s)",
            (fields.Datetime.now() - timedelta(days=40), rows.ids),
        )
        rows.invalidate_recordset()
        self.env[FEES]._gc_fees()
        self.assertEqual(rows.exists(), self.margin().fee_id)

    def test_what_the_channel_does_not_tell_holds_no_price(self):
        self.shop.fees.clear()
        self.ask(full=True)
        self.assertFalse(self.margin().known)
        row = self.margin().fee_id
        self.assertEqual((row.sync_state, row.error_code), ("error", "fee_unanswered"))
        self.drill.list_price = 90
        self.run_out("price_out", full=False)
        self.assertEqual(self.row().sync_state, "done")
        # No alarm, and nothing to look at
        self.assertEqual(self.channel.failed_count, 0)

    def test_what_could_not_be_told_is_asked_again(self):
        """By the daily look, and by whoever tries a price again or sees its margin."""
        self.channel.write({"price_floor": True, "price_floor_margin": 10})
        self.shop.fees.clear()
        self.ask(full=True)
        self.drill.list_price = 90
        self.run_out("price_out", full=False)
        self.ask()
        row, fee = self.row(), self.margin().fee_id
        self.assertEqual((row.sync_state, fee.sync_state), ("error", "error"))
        self.assertFalse(self.ask(full=True))
        for retry in (row.action_retry, self.margin().action_ask_fee):
            retry()
            self.assertEqual(len(self.ask()), 1)
        # What was known once and failed then is not asked for by each look.
        self.fail_long_ago(fee, hours=10, last_synced_at="2020-01-01")
        self.assertFalse(self.ask(full=True))
        self.fail_long_ago(fee, hours=23)
        self.shop.fees["C0"] = Decimal(10)
        self.assertEqual(len(self.ask(full=True)), 1)
        self.run_out("price_out", full=False)
        self.assertEqual(row.sync_state, "done")

    def fail_long_ago(self, fee, hours, **values):
        fee.flush_recordset()
        moment = fields.Datetime.now() - timedelta(hours=hours)
        for name, value in {"write_date": moment, **values}.items():
            self.env.cr.execute(
                f"UPDATE sale_channel_fee SET {name} = %s WHERE id = %s",
                (value, fee.id),
            )
        fee.invalidate_recordset()

    def test_what_was_told_together_gets_old_one_after_the_other(self):
        for number in range(30):
            price = 200 + number
            self.offer(self.make_item(f"A-{number}", list_price=price))
        self.ask(full=True)
        rows = self.env[FEES].search([("channel_id", "=", self.channel.id)])
        asked = []
        for days in range(15):
            moment = fields.Datetime.now() - timedelta(days=days)
            rows.sudo().last_synced_at = moment
            asked.append(sum(row._is_old() for row in rows))
        self.assertEqual((asked[6], asked[14]), (0, len(rows)))
        pairs = zip(asked[:-1], asked[1:], strict=True)
        steps = [later - before for before, later in pairs]
        self.assertLessEqual(max(steps), len(rows) - 1)

    def test_what_prices_wait_for_is_asked_first(self):
        self.ask(full=True)
        self.env[FEES].search([]).sudo().last_synced_at = "2020-01-01"
        self.offer(self.make_item("W-1", list_price=77))
        self.flow("fees_in").batch_size = 1
        asked = self.ask(full=True)
        self.assertEqual([one.price for one in asked], [77, 121])

    def test_what_a_promotion_of_the_channel_leaves(self):
        """It asks 121 and buyers pay 96.80: 80 without taxes, less 9.68 and 50."""
        self.assertFalse(self.listing.price_promotion_left)
        self.row().sudo().paid = 96.8
        self.env.invalidate_all()
        asked = self.ask(full=True)
        self.assertEqual({one.price for one in asked}, {121, Decimal("96.8")})
        self.env.invalidate_all()
        self.assertIn("20.32", self.listing.price_promotion_left)
        self.assertNotIn("20.32", self.listing.price_left)
        self.assertAlmostEqual(self.margin().price, 121, 2)

    def test_a_buyer_pays_the_freight_below_a_price(self):
        self.channel.write({"price_freight": 30, "price_freight_from": 121})
        self.ask(full=True)
        self.assertAlmostEqual(self.margin().freight, 30, 2)
        self.drill.list_price = 99
        self.run_out("price_out", full=False)
        self.assertAlmostEqual(self.margin().freight, 0, 2)
        self.channel.price_floor = True
        service = self.env["sale.channel.price"]
        found = service._get_product_prices(self.channel, self.drill)[self.drill]
        self.assertEqual(found.weighed.freight, 0)
        # What a listing has of its own counts at any price.
        self.listing.write({"own_freight": True, "freight": 5})
        self.run_out("price_out", full=False)
        self.assertAlmostEqual(self.margin().freight, 5, 2)

    def test_a_channel_that_cannot_be_asked_is_asked_later(self):
        fault = Retryable("503")
        self.shop.faults.append(("fees", fault))
        with mute_logger("odoo.addons.channel_base.models.sale_channel_flow"):
            self.ask(full=True)
        row = self.env[FEES].search([("channel_id", "=", self.channel.id)])
        self.assertEqual((row.sync_state, row.known), ("pending", False))
        row.sudo().next_attempt_at = fields.Datetime.now()
        self.ask(full=True)
        self.assertTrue(self.margin().known)

    def test_many_are_looked_at_page_by_page(self):
        for number in range(5):
            self.offer(self.make_item(f"S-{number}", list_price=10 + number))
        target = "odoo.addons.channel_catalog.models.sale_channel_fee.PAGE"
        with patch(target, 2):
            asked = self.ask(full=True)
        self.assertEqual(len(asked), 6)

    # The floor counts it

    def test_a_floor_waits_for_the_fee_and_counts_it(self):
        self.channel.write({"price_floor": True, "price_floor_margin": 80})
        self.shop.writes()
        self.drill.list_price = 110
        self.run_out("price_out")
        self.assertEqual(self.row().error_code, "price_fee_unknown")
        self.assertEqual(self.shop.price("T-1"), 121)
        # 110 less 13.31 is more than 90: it goes out as soon as that is known.
        self.ask()
        self.run_out("price_out", full=False)
        self.assertEqual(self.shop.price("T-1"), 133.1)
        self.drill.list_price = 102
        self.run_out("price_out", full=False)
        self.ask()
        self.run_out("price_out", full=False)
        row = self.row()
        self.assertEqual(row.error_code, "price_below_floor_charges")
        for number in ("102.00", "12.34", "89.66", "90.00", "50.00", "80"):
            self.assertIn(number, row.error_message)
        self.assertEqual(self.shop.price("T-1"), 133.1)
        self.assertTrue(self.margin().below)

    def test_the_dry_run_tells_what_is_left(self):
        self.ask(full=True)
        self.drill.list_price = 110
        self.ask(full=True)
        action = self.flow("price_out").action_dry_run()
        line = self.env["sale.channel.dry.run"].browse(action["res_id"]).line_ids
        line = line.filtered(lambda line: line.res_id == self.listing.id)
        self.assertIn("46.69", line.note)
        self.assertIn("93.4", line.note)

    def test_a_dry_run_asks_and_keeps_nothing(self):
        before = self.env[FEES].search_count([])
        self.drill.list_price = 111
        self.flow("price_out").action_dry_run()
        self.assertEqual(self.env[FEES].search_count([]), before)
        self.assertAlmostEqual(self.margin().price, 121, 2)

    # Who and what

    def test_who_may_see_and_nobody_may_write(self):
        self.ask(full=True)
        user = self.make_user("vendedora", "channel_base.group_channel_user")
        margin = self.margin().with_user(user)
        self.assertAlmostEqual(margin.fee, 12.1, 2)
        for record, values in (
            (margin, {"percent": 99}),
            (margin.fee_id, {"amount": 0}),
        ):
            with self.assertRaises(AccessError):
                record.write(values)
        with self.assertRaises(AccessError):
            self.listing.with_user(user).freight = 1

    def test_charges_are_plausible(self):
        for values in (
            {"price_freight": -1},
            {"price_freight_from": -1},
            {"price_turnover_tax": 101},
        ):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.channel.write(values)
                self.channel.flush_recordset()

    def test_confirming_prices_has_fees_asked(self):
        flow = self.flow("fees_in")
        flow.enabled = False
        self.flow("price_out")._confirm()
        self.assertTrue(flow.enabled)

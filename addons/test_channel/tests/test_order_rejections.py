"""Orders that cannot be imported: a named reason, the customer kept, nothing left."""

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import FakeCase

IMPORTER = "odoo.addons.channel_order.models.sale_channel_order_importer"


@tagged("post_install", "-at_install")
class TestOrderRejections(FakeCase):
    def line(self, sku="FAKE-1", quantity="1", price="100", **more):
        return [{"sku": sku, "quantity": quantity, "price": price, **more}]

    def service(self, name):
        return self.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "taxes_id": [Command.set(self.tax_21.ids)],
            }
        )

    def test_the_total_must_be_the_channel_s(self):
        row = self.bring(lines=self.line(), goods_total="100.01")
        self.assert_rejected(row, "amount_mismatch", "100.01", "100.0")
        row = self.bring(lines=self.line(), goods_total="99.99")
        self.assert_rejected(row, "amount_mismatch", "99.99")

    def test_a_rejected_order_reserves_no_stock_and_no_number(self):
        before = self.env["stock.picking"].search_count([])
        self.bring(lines=self.line(), goods_total="1")
        self.assertEqual(self.env["stock.picking"].search_count([]), before)

    def test_without_sku(self):
        row = self.bring(lines=self.line(sku="", title="Mate de calabaza"))
        self.assert_rejected(row, "sku_missing", "Mate de calabaza")

    def test_a_sku_of_several_products(self):
        self.make_product("FAKE-1")
        self.assert_rejected(self.bring(), "product_ambiguous", "FAKE-1")

    def test_a_product_by_its_barcode(self):
        self.product.write({"default_code": "OTHER", "barcode": "7790001112223"})
        order = self.imported(lines=self.line("7790001112223"))
        self.assertEqual(order.order_line.product_id, self.product)

    def test_the_reference_goes_before_the_barcode(self):
        other = self.make_product("SECOND")
        other.barcode = "FAKE-1"
        self.assertEqual(self.imported().order_line.product_id, self.product)

    def test_a_sku_is_looked_up_as_it_came(self):
        single = self.make_product("A 1", self.tax_21)
        long = "L" * 300
        for sku in ("A  1", "A\u00a01", " A 1", "A 1\t", long):
            with self.subTest(sku=sku):
                if sku != long:
                    # Nobody has it so: what reading makes of it is tried then.
                    self.assertEqual(
                        self.imported(lines=self.line(sku)).order_line.product_id,
                        single,
                    )
                exact = self.make_product(sku, self.tax_21)
                order = self.imported(lines=self.line(sku))
                self.assertEqual(order.order_line.product_id, exact)
        order = self.imported(lines=self.line("A 1"))
        self.assertEqual(order.order_line.product_id, single)
        self.assert_rejected(self.bring(lines=self.line("L" * 128)), "product_unknown")

    def test_a_barcode_as_it_came_beats_a_cleaned_reference(self):
        self.make_product("A 1", self.tax_21)
        other = self.make_product("OTHER", self.tax_21)
        other.barcode = "A  1"
        order = self.imported(lines=self.line("A  1"))
        self.assertEqual(order.order_line.product_id, other)

    def test_values_that_differ_by_a_space_are_two(self):
        kind = self.env.ref("channel_order.kind_carrier")
        second = self.make_carrier("Otro correo")
        for value, carrier in (("a b", self.carrier), ("a  b", second)):
            self.env["sale.channel.mapping"].create(
                {
                    "channel_id": self.channel.id,
                    "kind_id": kind.id,
                    "external_value": value,
                    "res_id": carrier.id,
                }
            )
            with self.subTest(value=value):
                self.assertEqual(self.imported(carrier=value).carrier_id, carrier)
        row = self.bring(carrier="a\u00a0b")
        self.assertEqual(row.blocked_mapping_id.external_value, "a\u00a0b")

    def test_another_company_s_product_is_none(self):
        stranger = self.env["res.company"].create({"name": "Ajena"})
        self.product.company_id = stranger
        self.assert_rejected(self.bring(), "product_unknown", "FAKE-1")

    def test_a_product_that_is_not_sold_or_archived_is_none(self):
        self.product.sale_ok = False
        self.assert_rejected(self.bring(), "product_unknown")
        self.product.write({"sale_ok": True, "active": False})
        self.assert_rejected(self.bring(), "product_unknown")

    def test_an_unknown_currency(self):
        self.assert_rejected(self.bring(currency="XTS"), "currency_unknown", "XTS")

    def test_another_currency_than_the_channel_s(self):
        self.env.ref("base.USD").active = True
        row = self.bring(currency="USD")
        self.assert_rejected(row, "currency_unexpected", "USD", "ARS")

    def test_a_pricelist_in_the_order_s_currency_settles_it(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.channel.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "USD",
                "currency_id": dollar.id,
                "company_id": self.company.id,
            }
        )
        order = self.imported(currency="USD")
        self.assertEqual(order.currency_id, dollar)
        self.assertAlmostEqual(order.amount_total, 242, 2)

    def test_a_company_without_a_warehouse(self):
        self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)]
        ).active = False
        row = self.bring()
        self.assert_rejected(row, "warehouse_missing", self.company.name)

    def test_a_channel_without_a_company(self):
        self.channel.company_id = False
        self.env["sale.channel.mapping"].search([]).flush_recordset()
        row = self.bring()
        self.assertEqual(row.error_code, "company_missing")

    def test_a_risk_of_fraud(self):
        row = self.bring(suspicious=True)
        self.assert_rejected(row, "fraud_risk")

    def test_a_test_purchase(self):
        self.assertEqual(self.channel.environment, "test")
        self.imported(rehearsal=True)
        self.channel.environment = "production"
        self.assert_rejected(self.bring(rehearsal=True), "test_purchase")

    def test_another_account_s_order(self):
        credential = self.env["sale.channel.credential"].create(
            {
                "channel_id": self.channel.id,
                "environment": "test",
                "account_id": "mine",
            }
        )
        self.assert_rejected(self.bring(), "wrong_account", "fake-seller")
        credential.account_id = "fake-seller"
        self.imported()

    def rule(self, owner, **values):
        return self.env["sale.channel.freight.rule"].create(
            {"channel_id": self.channel.id, "owner": owner, **values}
        )

    def test_freight_is_the_channel_s_without_a_rule(self):
        order = self.imported(freight="500")
        self.assertEqual(len(order.order_line), 1)

    def test_freight_of_the_seller_is_a_line(self):
        self.channel.shipping_product_id = self.service("Envío")
        self.rule("channel", logistic_type="drop_off", sequence=1)
        self.rule("seller", sequence=2)
        self.assertEqual(len(self.imported(freight="500").order_line), 1)
        order = self.imported(freight="500", logistic="self_service")
        freight = order.order_line.filtered("is_delivery")
        self.assertEqual(freight.product_id, self.channel.shipping_product_id)
        self.assertAlmostEqual(freight.price_total, 500, 2)
        self.assertAlmostEqual(order.amount_total, 742, 2)
        order.action_confirm() if order.state != "sale" else None
        self.assertEqual(len(order.order_line), 2)

    def test_freight_without_its_product(self):
        self.rule("seller")
        self.assert_rejected(self.bring(freight="500"), "shipping_product_missing")

    def test_a_discount_without_its_product(self):
        self.company.sale_discount_product_id = False
        row = self.bring(discount="10")
        self.assert_rejected(row, "discount_product_missing")
        self.channel.discount_product_id = self.service("Descuento")
        row.action_retry()
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertAlmostEqual(row.sale_order_id.amount_total, 232, 2)

    def test_what_odoo_refuses_is_told(self):
        archived = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        # Without its rules nothing can be delivered from it.
        self.env["stock.rule"].search(
            [("company_id", "=", self.company.id)]
        ).active = False
        self.assertTrue(archived)
        row = self.bring()
        self.assert_rejected(row, "order_refused", "FAKE-1")

    def test_an_impossible_number_is_one_order_s_problem(self):
        self.put("HUGE", lines=self.line(quantity="1e400"))
        self.put("FINE")
        with mute_logger(IMPORTER):
            self.run_flow()
        self.assertEqual(self.inbox("FINE").state, "imported")
        row = self.inbox("HUGE")
        self.assertEqual((row.state, row.sync_state), ("rejected", "error"))
        self.assertFalse(row.sale_order_id)

    def test_whatever_a_parser_stumbles_over_is_one_order_s_problem(self):
        for name in ("FINE-1", "STRANGE", "FINE-2"):
            self.put(name)
        provider = type(self.channel._get_provider())
        parse = provider._parse_order

        def stumble(model, channel, bundle):
            if "STRANGE" in str(bundle):
                raise IndexError("list index out of range")
            return parse(model, channel, bundle)

        with (
            patch.object(provider, "_parse_order", stumble),
            mute_logger(IMPORTER),
        ):
            self.run_flow()
            self.env["sale.channel.order.receiver"]._has_unread(self.channel)
        self.assertEqual(self.inbox("FINE-1").state, "imported")
        self.assertEqual(self.inbox("FINE-2").state, "imported")
        row = self.inbox("STRANGE")
        self.assertEqual((row.state, row.error_code), ("rejected", "payload_invalid"))

    def test_one_bad_line_refuses_the_whole_order(self):
        lines = self.line() + self.line("NOT-THERE")
        self.assert_rejected(self.bring(lines=lines), "product_unknown", "NOT-THERE")

    def test_no_lines(self):
        self.assert_rejected(self.bring(lines=[]), "no_lines")

    def test_unreadable_data_is_kept(self):
        self.put("F1", placed_at="2026-11-01T12:00:00")
        self.remote.orders["F1"]["lines"] = [{"sku": "FAKE-1"}]
        row = self.inbox(self.run_with("F1"))
        self.assertEqual((row.state, row.error_code), ("rejected", "payload_invalid"))
        self.assertIn("FAKE-1", row.payload)

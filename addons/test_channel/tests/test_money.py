"""The sale order and its invoice come to the channel's total, to the cent."""

import random
from decimal import Decimal

from odoo.fields import Command
from odoo.tests import tagged

from .common import FakeCase

SEED = 19
ORDERS = 60
BRAZILIAN_ORDERS = 25
METHODS = ("round_per_line", "round_globally")


@tagged("post_install", "-at_install")
class TestMoney(FakeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.company
        responsible = cls.env.ref("l10n_ar.res_IVARI")
        company.l10n_ar_afip_responsibility_type_id = responsible
        company.partner_id.vat = "30714295698"
        taxes = [cls.tax_21, cls.find_tax(10.5), cls.find_tax(27.0)]
        exempt = cls.env["account.tax"].search(
            [
                ("company_id", "=", company.id),
                ("type_tax_use", "=", "sale"),
                ("amount", "=", 0),
                ("tax_group_id.l10n_ar_vat_afip_code", "=", "2"),
            ],
            limit=1,
        )
        cls.rated = [*taxes, exempt]
        cls.skus = []
        for number, tax in enumerate(cls.rated):
            product = cls.make_product(f"P{number}", tax)
            product.write({"invoice_policy": "order", "is_storable": False})
            cls.skus.append(product.default_code)
        cls.final = cls.env.ref("l10n_ar.res_CF")

    def test_the_taxes_are_what_they_should_be(self):
        self.assertEqual([tax.amount for tax in self.rated], [21, 10.5, 27, 0])
        self.assertFalse(any(tax.price_include for tax in self.rated))

    def draw(self, dice, sku=None):
        cents = dice.choice((99, 9_999, 999_999, 99_999_999))
        return {
            "sku": sku or dice.choice(self.skus),
            "quantity": str(dice.choice((1, 1, 2, 3, 7, dice.randint(1, 999)))),
            "price": str(Decimal(dice.randint(1, cents)) / 100),
        }

    def orders(self, method):
        dice = random.Random(f"{SEED} {method}")
        for number in range(ORDERS):
            count = dice.randint(1, 5)
            # The first orders show each rate alone.
            sku = self.skus[number % 4] if number < 12 else None
            yield [self.draw(dice, sku) for _line in range(count)]

    def check(self, method):
        self.company.tax_calculation_rounding_method = method
        wanted = {}
        for lines in self.orders(method):
            external_id = self.put(lines=lines)
            wanted[external_id] = sum(
                Decimal(line["price"]) * int(line["quantity"]) for line in lines
            )
        self.run_flow()
        rows = self.env["sale.channel.order"].search(
            [("channel_id", "=", self.channel.id)]
        )
        self.assertEqual(len(rows), ORDERS)
        for row in rows:
            self.assertEqual(row.state, "imported", row.error_message)
        orders = rows.sale_order_id
        orders.partner_id.l10n_ar_afip_responsibility_type_id = self.final
        invoices = orders._create_invoices(grouped=True)
        self.assertEqual(len(invoices), ORDERS)
        invoices.action_post()
        for row in rows:
            expected = float(wanted[row.external_id])
            order, invoice = row.sale_order_id, row.sale_order_id.invoice_ids
            with self.subTest(order=row.external_id, method=method):
                self.assertEqual(round(order.amount_total, 2), expected)
                self.assertEqual(round(invoice.amount_total, 2), expected)
                self.assertEqual(
                    round(invoice.amount_untaxed + invoice.amount_tax, 2), expected
                )

    def test_rounding_per_line(self):
        self.check("round_per_line")

    def test_rounding_globally(self):
        self.check("round_globally")

    def test_a_discount_reduces_no_fixed_tax(self):
        """300 a unit is owed for each of three units, whatever the coupon."""
        internal = self.env["account.tax.group"].search(
            [
                ("company_id", "=", self.company.id),
                ("l10n_ar_tribute_afip_code", "=", "04"),
            ],
            limit=1,
        )
        fixed = self.tax_21.copy(
            {
                "name": "Interno",
                "amount_type": "fixed",
                "amount": 300,
                "tax_group_id": internal.id,
            }
        )
        group = self.env["account.tax"].create(
            {
                "name": "IVA e interno",
                "amount_type": "group",
                "type_tax_use": "sale",
                "children_tax_ids": [Command.set((self.tax_21 | fixed).ids)],
            }
        )
        self.channel.discount_product_id = self.env["product.product"].create(
            {"name": "Cupón", "type": "service", "invoice_policy": "order"}
        )
        for base, vat in ((False, 4876.86), (True, 5033.06)):
            fixed.write({"include_base_amount": base, "sequence": 0})
            for taxes in (self.tax_21 | fixed, group):
                if taxes == group and base:
                    continue
                product = self.make_product(f"X-{base}-{taxes[0].id}", taxes)
                product.write({"invoice_policy": "order", "is_storable": False})
                sku = product.default_code
                line = {"sku": sku, "quantity": "3", "price": "10000.00"}
                order = self.imported(lines=[line], discount="1000.00")
                order.partner_id.l10n_ar_afip_responsibility_type_id = self.final
                invoice = order._create_invoices()
                with self.subTest(base=base, taxes=taxes.mapped("name")):
                    self.assertAlmostEqual(order.amount_total, 29000.0)
                    amounts = self.taxed(invoice)
                    self.assertAlmostEqual(amounts[300], 900.0)
                    self.assertAlmostEqual(amounts[21], vat, 2)
                    self.assertAlmostEqual(invoice.amount_total, 29000.0)
                    self.check_refund(invoice)

    def taxed(self, invoice):
        """Rate, or amount a unit → what the invoice charges of the tax."""
        amounts = {}
        for line in invoice.line_ids.filtered("tax_line_id"):
            rate = line.tax_line_id.amount
            amounts[rate] = amounts.get(rate, 0) + line.balance
        return {rate: abs(amount) for rate, amount in amounts.items()}

    def check_refund(self, invoice):
        """Money that goes back leaves what is owed for each unit."""
        invoice.action_post()
        note = invoice._credit(2900.0, "refund", money=True)
        self.assertAlmostEqual(note.amount_total, 2900.0)
        self.assertEqual(set(self.taxed(note)), {21.0})
        rest = invoice._credit(invoice._get_uncredited(), "sale cancelled")
        self.assertAlmostEqual(rest.amount_total, 26100.0)
        self.assertAlmostEqual(self.taxed(rest)[300], 900.0)

    def test_seller_discounts_and_freight_keep_the_total(self):
        service = {"type": "service", "invoice_policy": "order"}
        for name in ("shipping_product_id", "discount_product_id"):
            self.channel[name] = self.env["product.product"].create(
                {
                    "name": name,
                    "taxes_id": [Command.set(self.tax_21.ids)],
                    **service,
                }
            )
        self.env["sale.channel.freight.rule"].create(
            {"channel_id": self.channel.id, "owner": "seller"}
        )
        dice = random.Random(SEED)
        wanted = {}
        for _number in range(20):
            lines = [self.draw(dice) for _line in range(3)]
            goods = sum(Decimal(ln["price"]) * int(ln["quantity"]) for ln in lines)
            discount = (goods * dice.randint(1, 40) / 100).quantize(Decimal("0.01"))
            freight = Decimal(dice.randint(0, 500_000)) / 100
            external_id = self.put(
                lines=lines, discount=str(discount), freight=str(freight)
            )
            wanted[external_id] = (goods - discount + freight, discount)
        self.run_flow()
        for external_id, (total, discount) in wanted.items():
            row = self.inbox(external_id)
            self.assertEqual(row.state, "imported", row.error_message)
            order = row.sale_order_id
            self.assertEqual(round(order.amount_total, 2), float(total))
            lines = order.order_line.filtered(
                lambda ln: ln.channel_line_ref == "discount"
            )
            self.assertEqual(
                round(sum(lines.mapped("price_total")), 2), -float(discount)
            )
            goods = order.order_line.filtered(
                lambda ln: ln.product_id.default_code in self.skus
            )
            for line in lines:
                # Each tax's discount stays below its goods.
                same = goods.filtered(lambda g, t=line.tax_ids: g.tax_ids == t)
                self.assertTrue(same)
                self.assertGreaterEqual(
                    sum(same.mapped("price_total")), -line.price_total
                )


@tagged("post_install", "-at_install")
class TestMoneyBrazil(FakeCase):
    @classmethod
    def make_company(cls, name, country, currency, chart):
        return super().make_company("Loja de Teste", "BR", "BRL", "br")

    @classmethod
    def find_tax(cls, rate):
        return cls.env["account.tax"].search(
            [("company_id", "=", cls.company.id), ("type_tax_use", "=", "sale")],
            limit=1,
        )

    def put_brazilian(self, lines):
        return self.put(
            currency="BRL",
            lines=lines,
            address={
                "street_name": "Rua das Flores",
                "street_number": "10",
                "city": "Campinas",
                "zip": "13010-000",
                "state_code": "BR-SP",
                "country_code": "BR",
                "comment": "",
                "receiver": "Ana",
            },
            buyer={
                "id": "9",
                "nickname": "ANABR",
                "name": "Ana Souza",
                "phone": "",
                "document": ["CPF", "52998224725"],
            },
        )

    def bring_brazilian(self, mode):
        self.channel.price_tax_mode = mode
        lines = [
            {"sku": "FAKE-1", "quantity": "3", "price": "33.33"},
            {"sku": "FAKE-1", "quantity": "1", "price": "0.01"},
        ]
        row = self.inbox(self.run_with(self.put_brazilian(lines)))
        self.assertEqual(row.state, "imported", row.error_message)
        order = row.sale_order_id
        self.assertEqual(round(order.amount_total, 2), 100.00)
        self.assertEqual(order.currency_id.name, "BRL")
        return order

    def test_without_taxes(self):
        self.assertTrue(self.product.taxes_id)
        order = self.bring_brazilian("none")
        self.assertFalse(order.order_line.tax_ids)

    def test_taxes_in_the_price(self):
        order = self.bring_brazilian("included")
        self.assertTrue(order.order_line.tax_ids)
        self.assertTrue(all(tax.price_include for tax in order.order_line.tax_ids))

    def make_products(self):
        """Products with taxes of the chart, with one that comes on top, and both."""
        embedded = self.env["account.tax"].search(
            [
                ("company_id", "=", self.company.id),
                ("type_tax_use", "=", "sale"),
                ("amount", ">", 0),
            ],
            limit=4,
        )
        on_top = embedded[0].copy(
            {
                "name": "Por fora",
                "amount_type": "percent",
                "amount": 9.75,
                "price_include_override": "tax_excluded",
            }
        )
        self.assertFalse(on_top.price_include)
        sets = [*embedded, on_top, embedded[0] | on_top]
        for number, taxes in enumerate(sets):
            product = self.make_product(f"B{number}", taxes)
            product.write({"invoice_policy": "order", "is_storable": False})
        return [f"B{number}" for number in range(len(sets))]

    def check_random(self, mode, method):
        self.channel.price_tax_mode = mode
        self.company.tax_calculation_rounding_method = method
        skus, dice = self.make_products(), random.Random(f"{SEED} {mode} {method}")
        wanted = {}
        for _number in range(BRAZILIAN_ORDERS):
            lines = [
                {
                    "sku": dice.choice(skus),
                    "quantity": str(dice.choice((1, 2, 3, dice.randint(1, 999)))),
                    "price": str(Decimal(dice.randint(1, 999_999)) / 100),
                }
                for _line in range(dice.randint(1, 5))
            ]
            wanted[self.put_brazilian(lines)] = sum(
                Decimal(line["price"]) * int(line["quantity"]) for line in lines
            )
        self.run_flow()
        for external_id, total in wanted.items():
            row = self.inbox(external_id)
            with self.subTest(order=external_id):
                self.assertEqual(row.state, "imported", row.error_message)
                order = row.sale_order_id
                self.assertEqual(round(order.amount_total, 2), float(total))
                invoice = order._create_invoices()
                self.assertEqual(round(invoice.amount_total, 2), float(total))

    def test_any_order_without_taxes(self):
        self.check_random("none", "round_per_line")

    def test_any_order_with_taxes_in_the_price(self):
        self.check_random("included", "round_per_line")

    def test_any_order_with_taxes_in_the_price_rounded_globally(self):
        self.check_random("included", "round_globally")

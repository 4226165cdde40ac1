from html import unescape

from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import PricingCase


@tagged("post_install", "-at_install")
class TestExplanation(PricingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scenario = cls.make_scenario(
            rate_contained=17, rule_ids=[Command.create({"adjustment": -5})]
        )
        cls.customer = cls.make_customer(
            state=cls.sp, pricing_scenario_id=cls.scenario.id
        )

    def explain(self, **values):
        action = self.env["pricing.explanation"]._open(
            {"partner_id": self.customer.id, "product_id": self.product.id, **values}
        )
        return self.env["pricing.explanation"].browse(action["res_id"])

    def test_the_chain_ends_in_the_price(self):
        wizard = self.explain()
        self.assertTrue(wizard.found)
        self.assertIn("89.60", wizard.verdict)
        for text in (
            "Customer's own scenario: Resale",
            "Resale / SP",
            "All Products: -5 %",
            "Base (Sales Price): R$\N{NO-BREAK SPACE}100.00",
            "Net of 17 %: × (1 − 0.17) = R$\N{NO-BREAK SPACE}83.00",
            "With 12 % inside (RSF 22/1989: 12 %)",
            "94.32",
            "Adjustment: -5 %",
            "Price: R$\N{NO-BREAK SPACE}89.60",
        ):
            self.assertIn(text, unescape(wizard.explanation))

    def test_the_arithmetic_gives_the_price_of_the_list(self):
        self.product.list_price = 1234.57
        for contained in (0, 7.25, 17, 22.5):
            self.scenario.rate_contained = contained
            self.scenario._generate()
            for state in (self.rs, self.sp, self.ba):
                wizard = self.explain(state_id=state.id)
                price = self.price(self.get_list(self.scenario, state))
                self.assertIn(
                    f"Price: R$\N{NO-BREAK SPACE}{price:,.2f}",
                    unescape(wizard.explanation),
                )

    def test_what_was_not_generated_yet(self):
        self.assertNotIn("was changed since", self.explain().explanation)
        self.scenario.rule_ids.unlink()
        wizard = self.explain()
        self.assertIn("89.60", wizard.verdict)
        self.assertIn("was changed since the pricelist", wizard.explanation)
        self.assertIn("The adjustment has been deleted", wizard.explanation)

    def test_what_if(self):
        form = Form(self.explain())
        self.assertIn("89.60", form.verdict)
        form.state_id = self.rs
        self.assertIn("95.00", form.verdict)
        form.state_id = self.env.ref("base.state_br_am")
        self.assertIn("does not list", unescape(form.explanation))
        self.assertFalse(form.found)

    def test_another_use_type_is_supposed(self):
        self.env["pricing.advanced.config"].create(
            {
                "company_id": self.company.id,
                "use_type": "industry",
                "pricing_scenario_id": self.make_scenario("Industry").id,
            }
        )
        self.assertIn(
            "Industry / SP", unescape(self.explain(use_type="industry").explanation)
        )
        self.assertNotIn("Industry / SP", self.explain().explanation)

    def test_why_there_is_no_price(self):
        self.product.sale_ok = False
        wizard = self.explain()
        self.assertFalse(wizard.found)
        self.assertIn("The product is not for sale.", wizard.verdict)
        self.product.write({"sale_ok": True, "active": False})
        self.assertIn("The product is archived.", self.explain().verdict)
        other = self.make_company("Outra", self.sp)
        self.product.write({"active": True, "company_id": other.id})
        self.assertIn("belongs to Outra alone", self.explain().verdict)

    def test_a_customer_without_a_scenario(self):
        self.customer.pricing_scenario_id = False
        wizard = self.explain(product_id=False)
        self.assertFalse(wizard.found)
        self.assertIn("No setting gives the customer a scenario", wizard.verdict)
        self.assertIn("the customer is in no group", unescape(wizard.explanation))
        self.assertIn("Odoo's own pricelist counts", unescape(wizard.explanation))

    def test_the_price_of_an_order_line(self):
        order = self.make_order(self.customer)
        order.order_line = [Command.create({"product_id": self.product.id})]
        action = order.order_line.action_explain_price()
        wizard = self.env["pricing.explanation"].browse(action["res_id"])
        self.assertIn(
            "The line has R$\N{NO-BREAK SPACE}89.60", unescape(wizard.explanation)
        )
        self.assertNotIn("changed by hand", unescape(wizard.explanation))
        order.order_line.price_unit = 50
        wizard.invalidate_recordset()
        self.assertIn("it was changed by hand", unescape(wizard.explanation))

    def test_from_customer_product_and_order(self):
        action = self.customer.action_explain_price()
        wizard = self.env["pricing.explanation"].browse(action["res_id"])
        self.assertEqual(wizard.origin_id, self.origin)
        self.assertEqual(wizard.state_id, self.sp)
        # The variant's form shows the button as well.
        for record in (self.product.product_tmpl_id, self.product):
            action = record.action_explain_price()
            wizard = self.env["pricing.explanation"].with_context(**action["context"])
            form = Form(wizard)
            self.assertEqual(form.product_id, self.product)
        form.partner_id = self.customer
        self.assertIn("89.60", form.verdict)
        action = self.make_order(self.customer).action_explain_price()
        self.assertTrue(self.env["pricing.explanation"].browse(action["res_id"]).found)

    def make_variants(self, create_variant="always", **values):
        """A product with a size that costs 20 more; its expensive variant or value."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "create_variant": create_variant,
                "value_ids": [
                    Command.create({"name": "S"}),
                    Command.create({"name": "L", "default_extra_price": 20.0}),
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Pan",
                "list_price": 100.0,
                "taxes_id": [Command.clear()],
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
                **values,
            }
        )
        value = template.attribute_line_ids.product_template_value_ids[-1]
        return template.product_variant_ids[-1], value

    def make_manual_list(self, **rule):
        return self.env["product.pricelist"].create(
            {
                "name": "By hand",
                "currency_id": self.company.currency_id.id,
                "item_ids": [Command.create(rule)],
            }
        )

    def assert_adds_up(self, line, *texts):
        """The steps of the explanation end in the line's price."""
        arithmetic = self.env["pricing.arithmetic"]
        case = arithmetic._get_line_case(line)
        walk = arithmetic._price(case, line.order_id.pricelist_id).walk
        total = sum(step.delta for step in walk.steps)
        self.assertAlmostEqual(total, line.price_unit, 6)
        self.assertAlmostEqual(walk.total, line.price_unit, 6)
        action = line.action_explain_price()
        wizard = self.env["pricing.explanation"].browse(action["res_id"])
        told = unescape(wizard.explanation).replace("\N{NO-BREAK SPACE}", " ")
        for text in (*texts, f"Price: R$ {line.price_unit:,.2f}"):
            self.assertIn(text, told)
        for text in ("Something else", "changed by hand"):
            self.assertNotIn(text, told)
        self.assertIn(f"{line.price_unit:,.2f}", wizard.verdict)
        return told

    def add(self, product, order=None, **values):
        order = order or self.make_order(self.customer)
        order.order_line = [Command.create({"product_id": product.id, **values})]
        return order.order_line[-1]

    def test_extra_prices_of_attribute_values(self):
        variant, _value = self.make_variants()
        text = "Extra price of Size: L: R$ 20.00"
        # 120 × 0.83 ÷ 0.88 × 0.95
        line = self.add(variant)
        self.assertEqual(line.price_unit, 107.52)
        self.assert_adds_up(line, text, "Base (Sales Price): R$ 100.00")
        product, value = self.make_variants("no_variant")
        values = [Command.set(value.ids)]
        line = self.add(product, product_no_variant_attribute_value_ids=values)
        self.assertEqual(line.price_unit, 107.52)
        self.assert_adds_up(line, text)
        line = self.add(product)
        self.assertEqual(line.price_unit, 89.6)
        self.assertNotIn("Extra", self.assert_adds_up(line))

    def test_units_tiers_and_days(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.product.uom_ids = dozen
        line = self.add(self.product, product_uom_id=dozen.id, product_uom_qty=2)
        self.assertEqual(line.price_unit, 1075.23)
        self.assert_adds_up(line, "For 1 Dozens instead of 1 Units: R$ 1,200.00")
        tier = self.get_list(self.scenario, self.sp)
        tier.item_ids = [
            Command.create(
                {"compute_price": "fixed", "fixed_price": 70, "min_quantity": 5}
            )
        ]
        line = self.add(self.product, product_uom_qty=5)
        text = self.assert_adds_up(line, "counts from 5 Units", "A person made this")
        self.assertIn("Fixed price of the rule: R$ 70.00", text)
        self.assert_adds_up(self.add(self.product, product_uom_qty=4), "-5 %")

    def get_manual_rules(self):
        """Rules as people make them, by what the explanation says of each."""
        base = self.make_manual_list(compute_price="fixed", fixed_price=80)
        formula = {"compute_price": "formula", "applied_on": "3_global"}
        return {
            "Fixed price": {"compute_price": "fixed", "fixed_price": 33},
            "-12.5 %": {"compute_price": "percentage", "percent_price": 12.5},
            "Adjustment: -7 %": {**formula, "price_discount": 7},
            "Adjustment: +50 %": {
                **formula,
                "base": "standard_price",
                "price_markup": 50,
            },
            "Base (By hand": {
                **formula,
                "base": "pricelist",
                "base_pricelist_id": base.id,
                "price_discount": 3,
            },
            "Rounded to 10": {**formula, "price_discount": 3, "price_round": 10},
            "Extra fee of the rule": {**formula, "price_surcharge": 4.5},
            "smallest margin": {
                **formula,
                "price_discount": 50,
                "price_min_margin": 10,
                "price_max_margin": 100,
            },
            "largest margin": {
                **formula,
                "price_discount": -50,
                "price_max_margin": 10,
            },
            "Net of 17 %": {
                **formula,
                "pricing_gross_up": True,
                "pricing_rate_contained": 17,
                "pricing_rate": 12,
            },
        }

    def test_rules_that_people_make(self):
        self.product.standard_price = 60.0
        rules = self.get_manual_rules()
        dozen = self.env.ref("uom.product_uom_dozen")
        self.product.uom_ids = dozen
        for text, rule in rules.items():
            for unit in (self.product.uom_id, dozen):
                with self.subTest(text, unit=unit.name):
                    order = self.make_order(
                        self.customer, pricelist_id=self.make_manual_list(**rule).id
                    )
                    line = self.add(self.product, order, product_uom_id=unit.id)
                    self.assert_adds_up(line, text)
        nothing = self.env["product.pricelist"].create({"name": "Empty"})
        order = self.make_order(self.customer, pricelist_id=nothing.id)
        self.assert_adds_up(self.add(self.product, order), "No rule is about")

    def test_a_discount_that_lines_show(self):
        self.env.user.group_ids += self.env.ref("sale.group_discount_per_so_line")
        mine = self.make_manual_list(compute_price="percentage", percent_price=10)
        order = self.make_order(self.customer, pricelist_id=mine.id)
        line = self.add(self.product, order)
        self.assertEqual((line.price_unit, line.discount), (100, 10))
        self.assert_adds_up(line, "shows the discount apart")

    def test_prices_in_another_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollar.id,
                "company_id": self.company.id,
                "rate": 0.2,
                "name": "2020-01-01",
            }
        )
        variant, _value = self.make_variants(company_id=self.company.id)
        mine = self.make_manual_list(compute_price="formula", price_discount=5)
        mine.currency_id = dollar
        order = self.make_order(self.customer, pricelist_id=mine.id)
        line = self.add(variant, order)
        self.assertEqual(line.price_unit, 22.8)
        arithmetic = self.env["pricing.arithmetic"]
        walk = arithmetic._price(arithmetic._get_line_case(line), mine).walk
        self.assertAlmostEqual(sum(s.delta for s in walk.steps), 22.8, 6)
        told = self.told(line)
        self.assertIn("$ 20.00 (from R$ 100.00)", told)
        self.assertIn("Size: L: $ 4.00 (from R$ 20.00)", told)

    def told(self, line):
        action = line.action_explain_price()
        wizard = self.env["pricing.explanation"].browse(action["res_id"])
        return unescape(wizard.explanation).replace("\N{NO-BREAK SPACE}", " ")

    def test_the_tax_inside_is_exchanged(self):
        taxes = self.env["account.tax"].create(
            [
                {
                    "name": f"Inside {amount}",
                    "amount": amount,
                    "type_tax_use": "sale",
                    "price_include_override": "tax_included",
                    "company_id": self.company.id,
                    "country_id": self.brazil.id,
                    "tax_group_id": self.env["account.tax.group"]
                    .create({"name": "T", "company_id": self.company.id})
                    .id,
                }
                for amount in (21, 10)
            ]
        )
        position = self.env["account.fiscal.position"].create(
            {"name": "Other rate", "company_id": self.company.id}
        )
        taxes[1].write(
            {
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(taxes[0].ids)],
            }
        )
        self.product.taxes_id = taxes[0]
        order = self.make_order(self.customer, fiscal_position_id=position.id)
        line = self.add(self.product, order)
        self.assertNotEqual(line.price_unit, 89.6)
        self.assert_adds_up(line, "Fiscal position Other rate exchanges")

    def make_combo(self, variant):
        """A set of the product, a variant for 7 more, and a gift; and its choices."""
        gift = self.env["product.product"].create(
            {"name": "Spoon", "list_price": 33.33}
        )
        choices = self.env["product.combo"].create(
            [
                {
                    "name": name,
                    "combo_item_ids": [
                        Command.create({"product_id": product.id, "extra_price": extra})
                    ],
                }
                for name, product, extra in (
                    ("Main", self.product, 0.0),
                    ("Side", variant, 7.0),
                    ("Gift", gift, 0.0),
                )
            ]
        )
        combo = self.env["product.product"].create(
            {
                "name": "Set",
                "type": "combo",
                "list_price": 150.0,
                "combo_ids": [Command.set(choices.ids)],
            }
        )
        return combo, choices.combo_item_ids

    def test_combos(self):
        variant, value = self.make_variants("no_variant")
        combo, items = self.make_combo(variant)
        order = self.make_order(self.customer)
        whole = self.add(combo, order)
        lines = [
            self.add(
                item.product_id,
                order,
                combo_item_id=item.id,
                linked_line_id=whole.id,
                product_no_variant_attribute_value_ids=[
                    Command.set(value.ids if item.product_id == variant else [])
                ],
            )
            for item in items
        ]
        self.assert_adds_up(whole, "The price of a combo is on its choices.")
        self.assert_adds_up(lines[0], "Share of “Main” in Set", "R$ 150.00")
        self.assert_adds_up(lines[2], "Share of “Gift” in Set")
        self.assert_adds_up(
            lines[1],
            "Share of “Side” in Set",
            "Extra price of Pan: R$ 7.00",
            "Extra price of Size: L: R$ 20.00",
        )
        # 150 × 0.83 ÷ 0.88 × 0.95, and both extras
        self.assertAlmostEqual(sum(line.price_unit for line in lines), 134.4 + 27, 2)

    def test_what_a_sent_quotation_has(self):
        line = self.add(self.product)
        order = line.order_id
        order.action_quotation_sent()
        self.customer.state_id = self.rs
        action = line.action_explain_price()
        wizard = self.env["pricing.explanation"].browse(action["res_id"])
        self.assertFalse(wizard.found)
        for price in ("89.60", "95.00"):
            self.assertIn(price, wizard.verdict)
        told = self.told(line)
        has, new = told.split("What it would have, decided anew")
        self.assertIn("Resale / SP ← RS", has)
        self.assertIn("Price: R$ 89.60", has)
        self.assertNotIn("changed by hand", has)
        self.assertIn("Update Prices", new)
        self.assertIn("Resale / RS ← RS", new)
        self.assertIn("Price: R$ 95.00", new)
        whole = order.action_explain_price()
        whole = self.env["pricing.explanation"].browse(whole["res_id"])
        self.assertIn("Resale / SP ← RS", whole.verdict)
        order.action_update_prices()
        self.assertNotIn("decided anew", self.told(line))
        order.action_confirm()
        self.customer.state_id = self.sp
        self.assertIn("The order keeps what it has.", self.told(line))

    def test_it_can_be_printed(self):
        report = self.env["ir.actions.report"]
        html, _kind = report._render_qweb_html(
            "pricing_scenario.explanation_document", self.explain().ids
        )
        self.assertIn("94.32", html.decode())

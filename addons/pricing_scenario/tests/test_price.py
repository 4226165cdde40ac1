from odoo.fields import Command
from odoo.tests import tagged

from .common import PricingCase


@tagged("post_install", "-at_install")
class TestPrice(PricingCase):
    def test_a_net_price_gets_the_tax_of_the_way_inside(self):
        scenario = self.make_scenario()
        prices = {
            state: self.price(self.get_list(scenario, state))
            for state in (self.rs, self.sp, self.ba)
        }
        # 100 / 0.83, 100 / 0.88, 100 / 0.93
        self.assertEqual(prices, {self.rs: 120.48, self.sp: 113.64, self.ba: 107.53})

    def test_a_price_that_contains_a_rate_is_converted(self):
        scenario = self.make_scenario(rate_contained=17)
        self.assertEqual(self.price(self.get_list(scenario, self.rs)), 100)
        # 100 × 0.83 / 0.88
        self.assertEqual(self.price(self.get_list(scenario, self.sp)), 94.32)

    def test_imported_goods_have_their_own_rate_between_states_only(self):
        scenario = self.make_scenario()
        self.product.pricing_imported = True
        self.assertEqual(self.price(self.get_list(scenario, self.rs)), 120.48)
        self.assertEqual(self.price(self.get_list(scenario, self.sp)), 104.17)

    def test_espirito_santo_counts_with_the_north(self):
        scenario = self.make_scenario(states=("es",))
        self.assertEqual(
            self.price(self.get_list(scenario, self.env.ref("base.state_br_es"))),
            107.53,
        )
        origin = self.make_origin("ES", self.company, scenario.state_ids)
        scenario.state_ids = self.ba
        scenario._generate()
        self.assertEqual(self.price(self.get_list(scenario, self.ba, origin)), 113.64)

    def test_every_rate_of_the_seed_is_found(self):
        rates = self.env["pricing.interstate.rate"]._get_table(self.company)
        states = self.brazil.state_ids
        self.assertEqual(len(states), 27)
        for state in states:
            found = next(r for r in rates if r.reaches(state.id, state.id))
            self.assertGreaterEqual(found.percent, 17)
            for other in states - state:
                found = [r for r in rates if r.reaches(state.id, other.id)]
                self.assertIn([r.percent for r in found], ([4, 12], [4, 7, 12]))

    def test_rates_with_the_addition_for_a_poverty_fund(self):
        rates = self.env["pricing.interstate.rate"]._get_table(self.company)
        for code, percent in (("al", 21.5), ("rj", 22), ("se", 20)):
            state = self.env.ref(f"base.state_br_{code}")
            found = next(r for r in rates if r.reaches(state.id, state.id))
            self.assertEqual(found.percent, percent, code)

    def test_a_line_of_the_company_counts_before_the_shared_ones(self):
        rate = {
            "name": "RS → SP",
            "origin_state_ids": [Command.set(self.rs.ids)],
            "destination_state_ids": [Command.set(self.sp.ids)],
            "rate": 20,
        }
        self.env["pricing.interstate.rate"].create(
            {**rate, "company_id": self.make_company("Outra", self.sp).id}
        )
        scenario = self.make_scenario(states=("sp",))
        self.assertEqual(self.price(self.get_list(scenario, self.sp)), 113.64)
        self.env["pricing.interstate.rate"].create(
            {**rate, "company_id": self.company.id}
        )
        scenario._generate()
        self.assertEqual(self.price(self.get_list(scenario, self.sp)), 125)

    def test_the_most_specific_adjustment_counts(self):
        brand = self.env["product.brand"].create({"name": "Andorinha"})
        category = self.env["product.category"].create({"name": "Kitchen"})
        template = self.product.product_tmpl_id
        scenario = self.make_scenario(
            states=("rs",),
            rate_contained=17,
            rule_ids=[
                Command.create({"adjustment": 1}),
                Command.create(
                    {
                        "applied_on": "2_product_category",
                        "categ_id": category.id,
                        "adjustment": 2,
                    }
                ),
                Command.create(
                    {
                        "applied_on": "2_brand",
                        "brand_id": brand.id,
                        "adjustment": 3,
                    }
                ),
                Command.create(
                    {
                        "applied_on": "1_product",
                        "product_tmpl_id": template.id,
                        "adjustment": -4,
                    }
                ),
            ],
        )
        pricelist = self.get_list(scenario, self.rs)
        other = self.env["product.product"].create(
            {
                "name": "Pan",
                "list_price": 100,
                "product_brand_id": brand.id,
                "categ_id": category.id,
            }
        )
        self.assertEqual(self.price(pricelist), 96)
        self.assertEqual(self.price(pricelist, other), 103)
        other.product_brand_id = False
        self.assertEqual(self.price(pricelist, other), 102)
        other.categ_id = self.env.ref("product.product_category_goods")
        self.assertEqual(self.price(pricelist, other), 101)

    def test_an_adjustment_outside_of_its_dates_does_not_count(self):
        scenario = self.make_scenario(
            states=("rs",),
            rate_contained=17,
            rule_ids=[
                Command.create({"adjustment": -50, "date_end": "2020-01-01 00:00:00"})
            ],
        )
        self.assertEqual(self.price(self.get_list(scenario, self.rs)), 100)

    def test_other_bases(self):
        cost = self.make_scenario(
            states=("rs",),
            base="standard_price",
            rate_contained=17,
            rule_ids=[Command.create({"adjustment": 50})],
        )
        self.assertEqual(self.price(self.get_list(cost, self.rs)), 90)
        base = self.env["product.pricelist"].create(
            {
                "name": "Base",
                "company_id": self.company.id,
                "item_ids": [
                    Command.create({"compute_price": "fixed", "fixed_price": 80})
                ],
            }
        )
        other = self.make_scenario(
            states=("sp",), base="pricelist", base_pricelist_id=base.id
        )
        # 80 / 0.88
        self.assertEqual(self.price(self.get_list(other, self.sp)), 90.91)

    def test_the_example_of_the_documentation(self):
        for name, state in (("SP", self.sp), ("MG", self.mg)):
            self.make_origin(name, self.company, state)
        scenario = self.make_scenario(
            states=(),
            rate_contained=17,
            rule_ids=[Command.create({"adjustment": -5})],
        )
        self.assertEqual(scenario.channel_group_count, 27)
        self.assertEqual(scenario.contract_count, 81)
        origins = self.env["pricing.origin"].search(
            [("company_id", "=", self.company.id)], order="id"
        )
        prices = {
            state.code: [
                self.price(self.get_list(scenario, state, origin)) for origin in origins
            ]
            for state in (self.rs, self.sp, self.ba)
        }
        self.assertEqual(
            prices,
            {
                "RS": [95.0, 89.6, 89.6],
                "SP": [89.6, 96.16, 89.6],
                "BA": [84.78, 84.78, 84.78],
            },
        )

    def test_labels_tell_the_tax(self):
        scenario = self.make_scenario(states=("sp",))
        item = self.get_list(scenario, self.sp).item_ids[:1]
        self.assertIn("% of tax inside", item.price)

    def make_tax(self, name="ICMS 18", company=None, **values):
        company = company or self.company
        group = self.env["account.tax.group"].create(
            {"name": name, "company_id": company.id}
        )
        return self.env["account.tax"].create(
            {
                "name": name,
                "amount": 18,
                "type_tax_use": "sale",
                "price_include_override": "tax_excluded",
                "company_id": company.id,
                "country_id": self.brazil.id,
                "tax_group_id": group.id,
                **values,
            }
        )

    def test_a_tax_on_top_of_one_inside_is_told(self):
        scenario = self.make_scenario()
        argentina = self.env.ref("base.ar")
        national = self.make_scenario("AR", states=(), country_id=argentina.id)
        template = self.product.product_tmpl_id
        customer = self.make_customer(state=self.sp, pricing_scenario_id=scenario.id)
        inside = {"price_include_override": "tax_included"}
        other = self.make_company("Outra", self.sp)
        cases = {
            "on top": (self.make_tax("Top"), True),
            "inside": (self.make_tax("Inside", **inside), False),
            "nothing": (self.make_tax("Zero", amount=0), False),
            "of another company": (self.make_tax("Other", other), False),
            "no tax": (self.env["account.tax"], False),
        }
        for name, (taxes, told) in cases.items():
            with self.subTest(name):
                template.taxes_id = taxes
                scenarios = scenario | national
                scenarios.invalidate_recordset()
                self.assertEqual(bool(template.pricing_tax_warning), told)
                action = scenario.action_view_tax_on_top()
                found = template.search(action["domain"])
                self.assertEqual(template in found, told)
                self.assertEqual(scenario.tax_on_top_count, len(found))
                self.assertFalse(national.tax_on_top_count)
                order = self.make_order(customer)
                order.order_line = [Command.create({"product_id": self.product.id})]
                for action in (
                    order.order_line.action_explain_price(),
                    self.env["pricing.explanation"]._open(
                        {"partner_id": customer.id, "product_id": self.product.id}
                    ),
                ):
                    wizard = self.env["pricing.explanation"].browse(action["res_id"])
                    self.assertEqual("pay it twice" in wizard.explanation, told)

    def test_no_word_about_taxes_where_the_price_has_none_inside(self):
        self.product.taxes_id = self.make_tax()
        self.assertFalse(self.product.pricing_tax_warning)
        argentina = self.env.ref("base.ar")
        self.make_scenario("AR", states=(), country_id=argentina.id)
        self.product.invalidate_recordset()
        self.assertFalse(self.product.pricing_tax_warning)
        self.make_scenario("Other", company_id=self.make_company("Outra", self.sp).id)
        self.product.invalidate_recordset()
        self.assertFalse(self.product.pricing_tax_warning)

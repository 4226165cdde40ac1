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
        action = self.product.product_tmpl_id.action_explain_price()
        form = Form(self.env["pricing.explanation"].with_context(**action["context"]))
        self.assertEqual(form.product_id, self.product)
        form.partner_id = self.customer
        self.assertIn("89.60", form.verdict)
        action = self.make_order(self.customer).action_explain_price()
        self.assertTrue(self.env["pricing.explanation"].browse(action["res_id"]).found)

    def test_it_can_be_printed(self):
        report = self.env["ir.actions.report"]
        html, _kind = report._render_qweb_html(
            "pricing_scenario.explanation_document", self.explain().ids
        )
        self.assertIn("94.32", html.decode())

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import PricingCase


@tagged("post_install", "-at_install")
class TestOrder(PricingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paulista = cls.make_origin("SP", cls.company, cls.sp)
        cls.scenario = cls.make_scenario()
        cls.customer = cls.make_customer(
            state=cls.sp, pricing_scenario_id=cls.scenario.id
        )

    def add_line(self, order):
        order.order_line = [Command.create({"product_id": self.product.id})]
        return order.order_line

    def test_the_contract_gives_the_pricelist_and_the_price(self):
        order = self.make_order(self.customer)
        self.assertEqual(order.pricing_origin_id, self.origin)
        self.assertEqual(order.pricing_contract_id.state_id, self.sp)
        self.assertEqual(order.pricelist_id, self.get_list(self.scenario, self.sp))
        self.assertEqual(order.warehouse_id, self.origin.warehouse_id)
        self.assertEqual(self.add_line(order).price_unit, 113.64)
        self.assertFalse(order.pricing_problem_text)

    def test_the_delivery_address_decides_about_the_state(self):
        delivery = self.make_customer(
            "Depósito",
            self.ba,
            parent_id=self.customer.id,
            is_company=False,
            type="delivery",
        )
        order = self.make_order(self.customer)
        self.assertEqual(order.partner_shipping_id, delivery)
        self.assertEqual(order.pricing_contract_id.state_id, self.ba)
        order.partner_shipping_id = self.customer
        self.assertEqual(order.pricing_contract_id.state_id, self.sp)

    def test_another_origin_asks_before_prices_change(self):
        order = self.make_order(self.customer)
        line = self.add_line(order)
        with Form(order) as form:
            form.pricing_origin_id = self.paulista
            self.assertTrue(form.show_update_pricelist)
        self.assertEqual(
            order.pricelist_id, self.get_list(self.scenario, self.sp, self.paulista)
        )
        self.assertEqual(order.warehouse_id, self.paulista.warehouse_id)
        self.assertEqual(line.price_unit, 113.64)
        order.action_update_prices()
        self.assertEqual(line.price_unit, 121.95)

    def test_a_salesperson_does_not_move_the_origin(self):
        order = self.make_order(self.customer, pricing_origin_id=self.paulista.id)
        order.user_id = self.env.ref("base.user_admin")
        self.assertEqual(order.pricing_origin_id, self.paulista)
        self.assertEqual(order.warehouse_id, self.paulista.warehouse_id)
        order.warehouse_id = self.origin.warehouse_id
        self.assertEqual(order.pricing_origin_id, self.paulista)

    def test_the_same_customer_again_does_not_move_the_origin(self):
        order = self.make_order(self.customer, pricing_origin_id=self.paulista.id)
        order.partner_id = self.customer
        self.assertEqual(order.pricing_origin_id, self.paulista)
        order.partner_id = self.make_customer("Outro", self.sp)
        self.assertEqual(order.pricing_origin_id, self.origin)

    def test_the_next_order_has_the_origin_of_the_last_one(self):
        order = self.make_order(self.customer, pricing_origin_id=self.paulista.id)
        self.assertEqual(self.make_order(self.customer).pricing_origin_id, self.origin)
        order.action_confirm()
        contact = self.make_customer("Ana", self.sp, parent_id=self.customer.id)
        contact.is_company = False
        for partner in (self.customer, contact):
            self.assertEqual(self.make_order(partner).pricing_origin_id, self.paulista)

    def test_a_pricelist_chosen_by_hand_stays(self):
        mine = self.env["product.pricelist"].create({"name": "Mine"})
        order = self.make_order(self.customer)
        order.pricelist_id = mine
        self.assertTrue(order.pricing_list_manual)
        order.pricing_origin_id = self.paulista
        self.assertEqual(order.pricelist_id, mine)
        order.action_follow_contract()
        self.assertEqual(order.pricelist_id, order.pricing_contract_id.pricelist_id)
        given = self.make_order(self.customer, pricelist_id=mine.id)
        self.assertEqual(given.pricelist_id, mine)
        self.assertTrue(given.pricing_list_manual)

    def test_a_list_chosen_without_a_contract_stays_too(self):
        mine = self.env["product.pricelist"].create({"name": "Mine"})
        order = self.make_order(self.make_customer("Plain", self.sp))
        order.pricelist_id = mine
        order.partner_id = self.customer
        self.assertTrue(order.pricing_contract_id)
        self.assertEqual(order.pricelist_id, mine)
        self.assertEqual(order.copy().pricelist_id, mine)

    def test_a_pricelist_chosen_in_the_form_stays(self):
        mine = self.env["product.pricelist"].create({"name": "Mine"})
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.customer
            self.assertEqual(form.pricelist_id.pricing_origin_id, self.origin)
            form.pricelist_id = mine
        order = form.save()
        self.assertEqual(order.pricelist_id, mine)
        self.assertTrue(order.pricing_list_manual)

    def test_a_pricelist_chosen_where_there_is_no_origin_stays(self):
        self.origin.is_default = False
        mine = self.env["product.pricelist"].create({"name": "Mine", "sequence": 99})
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.make_customer("Plain", self.sp)
            form.pricelist_id = mine
            with form.order_line.new() as line:
                line.product_id = self.product
            self.assertEqual(form.pricelist_id, mine)
        order = form.save()
        self.assertEqual(order.pricelist_id, mine)
        self.add_line(order)
        order.order_line[0].unlink()
        self.assertEqual(order.pricelist_id, mine)

    def test_saving_the_form_does_not_count_as_choosing(self):
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.customer
        self.assertFalse(form.save().pricing_list_manual)

    def test_without_a_contract_odoo_decides_and_says_why(self):
        reasons = {
            "no_scenario": self.make_customer("Plain", self.sp),
            "no_state": self.make_customer(
                "Stateless", pricing_scenario_id=self.scenario.id
            ),
            "foreign": self.make_customer(
                "Porteño",
                self.env.ref("base.state_ar_c"),
                pricing_scenario_id=self.scenario.id,
            ),
            "no_group": self.make_customer(
                "Amazonas",
                self.env.ref("base.state_br_am"),
                pricing_scenario_id=self.scenario.id,
            ),
        }
        for problem, partner in reasons.items():
            order = self.make_order(partner)
            self.assertEqual(order.pricing_problem, problem)
            self.assertTrue(order.pricing_problem_text)
            self.assertFalse(order.pricing_contract_id)
            self.assertEqual(order.pricelist_id, partner.property_product_pricelist)

    def test_a_generated_list_is_nobodys_by_default(self):
        lists = self.env["product.pricelist"].search([("pricing_group_id", "=", False)])
        lists.action_archive()
        order = self.make_order(self.make_customer("Plain", self.sp))
        self.assertFalse(order.pricelist_id)

    def test_an_order_made_as_confirmed_has_no_contract(self):
        order = self.make_order(self.customer, state="sale")
        self.assertFalse(order.pricing_contract_id)

    def test_a_missing_contract_is_told(self):
        self.get_list(self.scenario, self.sp).active = False
        order = self.make_order(self.customer)
        self.assertEqual(order.pricing_problem, "no_contract")

    def test_the_origin_decides_which_company_invoices(self):
        branch = self.make_company("Filial MG", self.mg, parent_id=self.company.id)
        companies = self.company | branch
        self.env.user.company_ids = [Command.link(branch.id)]
        self.env = self.env(
            context={**self.env.context, "allowed_company_ids": companies.ids}
        )
        origin = self.make_origin("MG", branch, self.mg)
        self.scenario._generate()
        order = self.make_order(self.customer, pricing_origin_id=origin.id)
        self.assertEqual(order.company_id, branch)
        self.assertEqual(order.pricelist_id.company_id, branch)
        order.pricing_origin_id = self.origin
        self.assertEqual(order.company_id, self.company)
        self.assertEqual(
            order.pricelist_id, self.get_list(self.scenario, self.sp, self.origin)
        )
        with self.assertRaisesRegex(ValidationError, "invoiced by Filial MG"):
            order.write({"pricing_origin_id": origin.id, "company_id": self.company.id})
        with Form(order) as form:
            form.pricing_origin_id = origin
        self.assertEqual(order.company_id, branch)

    def test_a_confirmed_order_keeps_everything(self):
        order = self.make_order(self.customer)
        self.add_line(order)
        order.action_confirm()
        contract, pricelist = order.pricing_contract_id, order.pricelist_id
        self.customer.pricing_scenario_id = False
        order.partner_shipping_id = self.make_customer("Elsewhere", self.ba)
        self.assertEqual(order.pricing_contract_id, contract)
        self.assertEqual(order.pricelist_id, pricelist)

    def test_many_orders_take_few_queries(self):
        counts = []
        for size in (2, 40):
            customers = [
                self.make_customer(
                    f"Customer {size} {number}",
                    self.sp,
                    pricing_scenario_id=self.scenario.id,
                )
                for number in range(size)
            ]
            orders = self.env["sale.order"].browse()
            for customer in customers:
                orders += self.make_order(customer)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for name in ("pricing_origin_id", "pricing_contract_id", "pricelist_id"):
                self.env.add_to_compute(orders._fields[name], orders)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

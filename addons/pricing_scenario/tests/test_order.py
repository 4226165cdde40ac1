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

    def make_sent(self, **values):
        order = self.make_order(self.customer, **values)
        self.add_line(order)
        order.action_quotation_sent()
        return order

    def outdated(self, order):
        order.invalidate_recordset()
        return order.pricing_outdated_text or ""

    def test_a_copy_is_decided_anew(self):
        def archive(order):
            order.pricing_contract_id.pricelist_id = self.make_list("New")
            order.pricelist_id.active = False

        changes = {
            "another list": lambda order: order.pricing_contract_id.write(
                {"pricelist_id": self.make_list("Other").id}
            ),
            "another scenario": lambda order: self.customer.write(
                {"pricing_scenario_id": self.make_scenario("Friends").id}
            ),
            "no scenario": lambda order: self.customer.write(
                {"pricing_scenario_id": False}
            ),
            "the list is archived": archive,
            "another state": lambda order: self.customer.write(
                {"state_id": self.ba.id}
            ),
        }
        for state in ("draft", "sale"):
            for name, change in changes.items():
                with self.subTest(name, state=state):
                    self.customer.write(
                        {
                            "state_id": self.sp.id,
                            "pricing_scenario_id": self.make_scenario(name).id,
                        }
                    )
                    order = self.make_order(self.customer)
                    self.add_line(order)
                    if state == "sale":
                        order.action_confirm()
                    change(order)
                    self.assert_as_new(order.copy(), order)
                    # Addons that make an order from another take its values.
                    values = order.copy_data()[0]
                    self.assert_as_new(order.create(values), order)

    def make_list(self, name, **values):
        return self.env["product.pricelist"].create({"name": name, **values})

    def assert_as_new(self, copy, order):
        """A copy has what a new order of the customer has, and the copied prices."""
        new = self.make_order(self.customer)
        for field in ("pricing_contract_id", "pricelist_id", "pricing_problem"):
            self.assertEqual(copy[field], new[field])
        self.assertNotEqual(copy.pricelist_id, order.pricelist_id)
        self.assertTrue(copy.pricelist_id.active)
        self.assertFalse(copy.pricing_list_manual)
        self.assertEqual(copy.order_line.price_unit, order.order_line.price_unit)
        self.assertIn(order.pricelist_id.name, self.outdated(copy))
        copy.action_update_prices()
        self.assertFalse(self.outdated(copy))
        self.assertEqual(
            copy.order_line.price_unit, self.add_line(new).price_unit, copy.pricelist_id
        )

    def test_a_copy_keeps_a_living_list_that_a_person_chose(self):
        mine = self.make_list("Mine")
        order = self.make_order(self.customer, pricelist_id=mine.id)
        copy = order.copy()
        self.assertEqual((copy.pricelist_id, copy.pricing_list_manual), (mine, True))
        mine.active = False
        self.assertIn("is archived", self.outdated(order))
        copy = order.copy()
        self.assertEqual(copy.pricelist_id, copy.pricing_contract_id.pricelist_id)
        self.assertFalse(copy.pricing_list_manual)

    def test_an_archived_list_is_nobody_s_choice(self):
        old = self.make_list("Old", active=False)
        order = self.make_order(self.customer, pricelist_id=old.id)
        self.assertEqual(order.pricelist_id, order.pricing_contract_id.pricelist_id)
        self.assertFalse(order.pricing_list_manual)

    def test_a_copy_without_a_living_origin(self):
        order = self.make_order(self.customer, pricing_origin_id=self.paulista.id)
        self.paulista.active = False
        self.assertEqual(order.copy().pricing_origin_id, self.origin)
        order.pricing_origin_id = False
        copy = order.copy()
        self.assertEqual(copy.pricing_origin_id, self.origin)
        self.assertTrue(copy.pricing_contract_id)
        self.assertFalse(copy.pricing_list_manual)
        # Where there is no origin, copying is Odoo's own matter.
        self.origin.is_default = False
        mine = self.make_list("Mine")
        order.pricelist_id = mine
        self.assertEqual(order.copy().pricelist_id, mine)

    def test_what_was_sent_says_what_it_would_have_now(self):
        away = self.make_customer(
            "Depósito",
            self.ba,
            parent_id=self.customer.id,
            is_company=False,
            type="other",
        )
        other = self.make_customer("Outro", self.ba, pricing_scenario_id=False)
        changes = {
            "address": lambda order: order.write({"partner_shipping_id": away.id}),
            "customer": lambda order: order.write(
                {"partner_id": other.id, "partner_shipping_id": other.id}
            ),
            "origin": lambda order: order.write(
                {"pricing_origin_id": self.paulista.id}
            ),
            "scenario": lambda order: self.customer.write(
                {"pricing_scenario_id": self.make_scenario("Friends").id}
            ),
            "moved": lambda order: self.customer.write({"state_id": self.mg.id}),
            "expired": lambda order: order.pricing_contract_id.write({"active": False}),
        }
        for name, change in changes.items():
            for reset in (False, True):
                with self.subTest(name, reset=reset):
                    self.customer.write(
                        {
                            "state_id": self.sp.id,
                            "pricing_scenario_id": self.make_scenario(name).id,
                        }
                    )
                    order = self.make_sent(pricing_origin_id=self.origin.id)
                    self.assertFalse(self.outdated(order))
                    self.assert_told_and_updated(order, change, reset)

    def assert_told_and_updated(self, order, change, reset):
        """A change is told and changes nothing until prices are updated."""
        before = (order.pricing_contract_id, order.pricelist_id)
        price = order.order_line.price_unit
        change(order)
        if reset:
            order.action_cancel()
            self.assertFalse(self.outdated(order))
            order.action_draft()
        text = self.outdated(order)
        self.assertIn(before[0].display_name, text)
        self.assertEqual((order.pricing_contract_id, order.pricelist_id), before)
        self.assertEqual(order.order_line.price_unit, price)
        order.action_update_prices()
        self.assertFalse(self.outdated(order))
        new = self.make_order(
            order.partner_id,
            partner_shipping_id=order.partner_shipping_id.id,
            pricing_origin_id=order.pricing_origin_id.id,
        )
        self.assertEqual(order.pricing_contract_id, new.pricing_contract_id)
        self.assertEqual(order.pricelist_id, new.pricelist_id)
        self.assertIn(order.pricelist_id.display_name, text)
        self.assertEqual(order.order_line.price_unit, self.add_line(new).price_unit)

    def test_lines_with_prices_of_another_list(self):
        order = self.make_order(self.customer)
        line = self.add_line(order)
        order.write({"pricing_origin_id": self.paulista.id})
        text = self.outdated(order)
        self.assertIn("Prices of 1 lines", text)
        self.assertIn(line.pricing_list_id.name, text)
        line.price_unit = 99
        self.assertFalse(self.outdated(order))
        self.add_line(order)
        self.assertFalse(self.outdated(order))

    def test_a_sent_quotation_with_a_list_chosen_by_hand_keeps_it(self):
        mine = self.make_list("Mine")
        order = self.make_sent(pricelist_id=mine.id)
        order.partner_shipping_id = self.make_customer("Elsewhere", self.ba)
        self.assertFalse(self.outdated(order))
        order.action_update_prices()
        self.assertEqual(order.pricelist_id, mine)
        self.assertEqual(order.pricing_contract_id.state_id, self.ba)

    def test_a_line_entered_in_the_form_knows_its_list(self):
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.product
        order = form.save()
        self.assertEqual(order.order_line.pricing_list_id, order.pricelist_id)

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

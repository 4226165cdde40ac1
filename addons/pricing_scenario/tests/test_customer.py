from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import PricingCase


@tagged("post_install", "-at_install")
class TestCustomer(PricingCase):
    """What the customer's page says about prices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paulista = cls.make_origin("SP", cls.company, cls.sp)
        cls.scenario = cls.make_scenario()
        cls.group = cls.env["pricing.customer.group"].create(
            {"name": "Resellers", "pricing_scenario_id": cls.scenario.id}
        )
        cls.customer = cls.make_customer(state=cls.sp, pricing_group_id=cls.group.id)

    def make_delivery(self, state):
        return self.make_customer(
            "Depósito",
            state,
            parent_id=self.customer.id,
            type="delivery",
            is_company=False,
        )

    def test_where_the_scenario_comes_from(self):
        size = self.env["pricing.company.size"].create(
            {"name": "Big", "pricing_scenario_id": self.scenario.id}
        )
        expected = {
            "Customer group: Resellers": {},
            "Company size: Big": {
                "pricing_group_id": False,
                "pricing_size_id": size.id,
            },
            "Customer's own scenario": {"pricing_scenario_id": self.scenario.id},
        }
        for text, values in expected.items():
            self.customer.write(values)
            self.assertEqual(self.customer.pricing_scenario_source, text)
        self.customer.write({"pricing_scenario_id": False, "pricing_size_id": False})
        self.assertFalse(self.customer.pricing_scenario_source)

    def test_channel_group_and_contracts_of_each_state(self):
        self.assertEqual(self.customer.pricing_channel_group_ids.state_id, self.sp)
        for _twice in range(2):
            self.make_delivery(self.ba)
        self.customer.invalidate_recordset()
        groups = self.customer.pricing_channel_group_ids
        self.assertEqual(groups.state_id, self.sp | self.ba)
        self.assertEqual(groups.scenario_id, self.scenario)
        contracts = self.customer.pricing_contract_ids
        self.assertEqual(len(contracts), 4)
        self.assertEqual(contracts.origin_id, self.origin | self.paulista)
        self.assertFalse(self.customer.pricing_problem_text)

    def test_what_is_missing(self):
        self.make_delivery(self.env.ref("base.state_br_am"))
        self.get_list(self.scenario, self.sp, self.paulista).active = False
        lines = self.customer.pricing_problem_text.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertEqual(
            lines.count(
                "São Paulo ← SP: The channel group has no contract for the origin."
            ),
            1,
        )
        self.assertFalse(
            self.make_customer("Plain", self.sp).pricing_problem_text,
        )

    def test_only_contracts_of_the_companies_in_use(self):
        other = self.make_company("Filial", self.mg, parent_id=self.company.id)
        self.make_origin("MG", other, self.mg)
        self.scenario._generate()
        contracts = self.customer.pricing_contract_ids
        self.assertEqual(contracts.company_id, self.company)
        companies = self.company | other
        self.env.user.company_ids = [Command.link(other.id)]
        partner = self.customer.with_context(allowed_company_ids=companies.ids)
        self.assertEqual(partner.pricing_contract_ids.company_id, companies)

    def test_a_contact_has_its_customers_settings_only(self):
        person = self.make_customer(
            "Ana", self.sp, is_company=False, pricing_group_id=self.group.id
        )
        firm = self.make_customer("Plain", self.sp, pricing_contributor=True)
        person.parent_id = firm
        self.assertFalse(person.pricing_group_id)
        self.assertTrue(person.pricing_contributor)
        self.assertFalse(person.copy().pricing_group_id)

    def test_a_person_becomes_a_company(self):
        person = self.make_customer(
            "Ana",
            self.sp,
            is_company=False,
            company_name="Ana Ltda.",
            pricing_group_id=self.group.id,
        )
        person.create_company()
        self.assertEqual(person.parent_id.pricing_group_id, self.group)
        self.assertEqual(self.effective(person), self.scenario)

    def test_merging_into_a_contact(self):
        firm = self.make_customer("Plain", self.sp)
        contact = self.make_customer(
            "Ana", self.sp, is_company=False, parent_id=firm.id
        )
        double = self.make_customer(
            "Ana", self.sp, is_company=False, pricing_group_id=self.group.id
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((contact | double).ids, contact)
        self.assertFalse(double.exists())
        self.assertFalse(contact.pricing_group_id)

    def merge(self, partners, into):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(partners.ids, into)

    def test_merging_customers_with_contacts(self):
        other = self.env["pricing.customer.group"].create({"name": "Others"})
        size = self.env["pricing.company.size"].create({"name": "Big"})
        firm = self.make_customer("Kept", self.sp, pricing_group_id=other.id)
        lost = self.make_customer(
            "Lost",
            self.sp,
            pricing_group_id=self.group.id,
            pricing_size_id=size.id,
            pricing_use_type="resale",
        )
        contact = self.make_customer(
            "Ana", self.sp, is_company=False, parent_id=lost.id
        )
        below = self.make_customer(
            "Rui", self.sp, is_company=False, parent_id=contact.id
        )
        gone = self.make_customer("Bia", self.sp, is_company=False, parent_id=lost.id)
        gone.active = False
        self.assertEqual((contact | below | gone).pricing_group_id, self.group)
        self.merge(firm | lost, firm)
        for person in contact | below | gone:
            self.assertEqual(person.commercial_partner_id, firm)
            self.assertEqual(person.pricing_group_id, other)
            self.assertEqual(person.pricing_size_id, size)
            self.assertEqual(person.pricing_use_type, "resale")
        self.customer.pricing_group_id = False
        self.group.unlink()

    def test_merging_customers_of_two_companies(self):
        theirs = self.make_company("Outra", self.sp)
        group = self.env["pricing.customer.group"].create(
            {"name": "Theirs", "company_id": theirs.id}
        )
        lost = self.make_customer("Lost", self.sp, pricing_group_id=group.id)
        firm = self.make_customer("Kept", self.sp, company_id=self.company.id)
        self.merge(firm | lost, firm)
        self.assertFalse(firm.pricing_group_id)

    def test_what_somebody_names_is_not_deleted(self):
        theirs = self.make_company("Outra", self.sp)
        size = self.env["pricing.company.size"].create({"name": "Big"})
        person = self.make_customer("Ana", self.sp, company_id=theirs.id)
        person.active = False
        spare = self.make_scenario("Spare")
        records = {
            "pricing_size_id": size,
            "pricing_group_id": self.group.copy({"name": "Two"}),
            "pricing_scenario_id": spare,
        }
        user = new_test_user(
            self.env,
            "gerente",
            "pricing_scenario.group_pricing_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
            lang="en_US",
        )
        for field, record in records.items():
            with self.subTest(field):
                person[field] = record
                told = "named by 1 records|has 1 customers"
                with self.assertRaisesRegex(UserError, told):
                    record.with_user(user).unlink()
                person[field] = False
                record.with_user(user).unlink()
        # A contact can keep what its customer has not.
        self.customer.pricing_group_id = False
        contact = self.make_customer(
            "Rui", self.sp, is_company=False, parent_id=self.customer.id
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET pricing_group_id = %s WHERE id = %s",
            (self.group.id, contact.id),
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "named by 1 records"):
            self.group.with_user(user).unlink()
        archived = self.env["pricing.company.size"].create(
            {"name": "Old", "pricing_scenario_id": self.scenario.id, "active": False}
        )
        users = self.env["pricing.customer.group"].search(
            [("pricing_scenario_id", "=", self.scenario.id)]
        )
        users.pricing_scenario_id = False
        with self.assertRaisesRegex(UserError, "named by 1 records"):
            archived.pricing_scenario_id.unlink()

    def test_the_page_opens_for_salespeople(self):
        user = new_test_user(
            self.env,
            "vendedora",
            "sales_team.group_sale_salesman,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with Form(self.customer.with_user(user)) as form:
            self.assertEqual(form.pricing_effective_scenario_id, self.scenario)
            form.state_id = self.ba
        self.assertEqual(self.customer.pricing_channel_group_ids.state_id, self.ba)
        Form(self.env["res.partner"].with_user(user))

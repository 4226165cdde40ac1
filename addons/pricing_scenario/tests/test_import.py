from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import PricingCase

COLUMNS = ["name", "country_id", "pricing_group_id", "pricing_size_id"]


@tagged("post_install", "-at_install")
class TestImport(PricingCase):
    """Customers come from a file, with the names of their group and size."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_company("Outra", cls.sp)
        cls.scenario = cls.make_scenario()
        cls.group = cls.env["pricing.customer.group"].create(
            {"name": "Resellers", "pricing_scenario_id": cls.scenario.id}
        )
        cls.theirs = cls.env["pricing.customer.group"].create(
            {"name": "Theirs", "company_id": cls.other.id}
        )
        cls.env["pricing.company.size"].create({"name": "Large"})
        cls.customer = cls.make_customer("Armazém Central", state=cls.rs)
        # Odoo gives imported contacts their customer's accounting fields, too.
        cls.user = new_test_user(
            cls.env,
            "importer",
            "base.group_partner_manager,sales_team.group_sale_salesman,"
            "account.group_account_readonly,pricing_scenario.group_pricing_user",
            company_id=cls.company.id,
            company_ids=[Command.set((cls.company | cls.other).ids)],
        )

    def load(self, columns, rows, companies=None):
        self.env.flush_all()
        self.env.invalidate_all()
        partners = self.env["res.partner"].with_user(self.user)
        companies = companies or self.company
        partners = partners.with_context(
            allowed_company_ids=companies.ids, import_file=True
        )
        return partners.load(columns, rows)

    def find(self, name):
        return self.env["res.partner"].search([("name", "=", name)])

    def assert_refused(self, columns, wrong, text, companies=None):
        """The wrong row in the middle is told; nothing of the file is kept."""
        right = ["Good", "Brazil", "Resellers", "Large", *[""] * (len(columns) - 4)]
        rows = [right, wrong, [f"{right[0]} too", *right[1:]]]
        result = self.load(columns, rows, companies)
        self.assertFalse(result["ids"])
        errors = [m for m in result["messages"] if m["type"] == "error"]
        self.assertEqual({m["rows"]["from"] for m in errors if "rows" in m} - {0}, {1})
        self.assertIn(text, " ".join(str(m["message"]) for m in errors))
        self.assertFalse(self.find("Good") | self.find("Good too") | self.find("Bad"))

    def test_groups_and_sizes_by_name(self):
        row = ["Good", "Brazil", "Resellers", "Large"]
        result = self.load(COLUMNS, [row, ["Plain", "Brazil", "", ""]])
        self.assertFalse(result["messages"])
        good = self.find("Good")
        self.assertEqual(good.pricing_group_id, self.group)
        self.assertEqual(self.effective(good), self.scenario)
        self.assertFalse(self.find("Plain").pricing_group_id)

    def test_an_unknown_group_is_told(self):
        wrong = ["Bad", "Brazil", "Reselers", "Large"]
        self.assert_refused(COLUMNS, wrong, "No matching record found for name")

    def test_a_group_of_another_company_is_not_found(self):
        wrong = ["Bad", "Brazil", "Theirs", "Large"]
        self.assert_refused(COLUMNS, wrong, "No matching record found for name")

    def test_a_customer_of_one_company_is_in_no_group_of_another(self):
        columns = [*COLUMNS, "company_id"]
        wrong = ["Bad", "Brazil", "Theirs", "Large", self.company.name]
        both = self.company | self.other
        self.assert_refused(columns, wrong, "belongs to Outra alone", both)
        with self.assertRaisesRegex(ValidationError, "belongs to Outra alone"):
            self.customer.write(
                {"company_id": self.company.id, "pricing_group_id": self.theirs.id}
            )

    def test_a_group_of_the_company_above_is_fine(self):
        branch = self.make_company("Filial", self.sp, parent_id=self.company.id)
        self.group.company_id = self.company
        self.customer.write(
            {"company_id": branch.id, "pricing_group_id": self.group.id}
        )
        self.assertEqual(self.customer.pricing_group_id, self.group)

    def test_a_group_of_a_contact_is_told(self):
        columns = [*COLUMNS, "parent_id"]
        wrong = ["Bad", "Brazil", "Resellers", "", "Armazém Central"]
        text = "“Customer Group” of Armazém Central instead"
        self.assert_refused(columns, wrong, text)
        # The same group as its customer's, or none, is no contradiction.
        self.customer.pricing_group_id = self.group
        silent = ["Ana", "Brazil", "", "", "Armazém Central"]
        result = self.load(columns, [["Rui", *wrong[1:]], silent])
        self.assertFalse(result["messages"])
        contacts = self.find("Rui") | self.find("Ana")
        self.assertEqual(contacts.mapped("pricing_group_id"), self.group)
        self.assertEqual(len(contacts.filtered("pricing_group_id")), 2)

    def test_groups_of_the_same_name(self):
        groups = self.env["pricing.customer.group"]
        branch = self.make_company("Filial", self.sp, parent_id=self.company.id)
        both = self.company | self.other | branch
        self.user.company_ids = both
        shared, ours, others = groups.create(
            [
                {"name": "Gold", "company_id": owner.id}
                for owner in (groups.company_id, self.company, self.other)
            ]
        )
        columns = ["name", "country_id", "pricing_group_id", "company_id"]
        rows = {
            "Plain": ("", shared),
            "Ours": (self.company.name, ours),
            "Branch": (branch.name, ours),
            "Others": (self.other.name, others),
        }
        for company in both:
            with self.subTest(company=company.name):
                names = [f"{name} {company.name}" for name in rows]
                data = [
                    [name, "Brazil", "Gold", row[0]]
                    for name, row in zip(names, rows.values(), strict=True)
                ]
                result = self.load(columns, data, company | both)
                self.assertFalse(result["messages"])
                found = [self.find(name).pricing_group_id for name in names]
                self.assertEqual(found, [row[1] for row in rows.values()])
        # Without a shared one it is the group of the company that imports.
        self.env["res.partner"].search([("pricing_group_id", "=", shared.id)]).write(
            {"pricing_group_id": False}
        )
        shared.unlink()
        self.load(columns[:3], [["Alone", "Brazil", "Gold"]], self.other | both)
        self.assertEqual(self.find("Alone").pricing_group_id, others)

    def test_scenarios_and_rows_that_exist_already(self):
        both = self.company | self.other
        theirs = self.make_scenario(company_id=self.other.id)
        self.customer.company_id = self.other
        self.env["ir.model.data"].create(
            {
                "name": "armazem",
                "module": "__import__",
                "model": "res.partner",
                "res_id": self.customer.id,
            }
        )
        columns = ["id", "name", "pricing_scenario_id"]
        row = ["__import__.armazem", "Armazém Central", "Resale"]
        result = self.load(columns, [row], both)
        self.assertFalse(result["messages"])
        self.assertEqual(self.customer.pricing_scenario_id, theirs)
        # An id says exactly which one.
        columns[2] = "pricing_scenario_id/.id"
        self.load(columns, [[*row[:2], str(self.scenario.id)]], both)
        self.assertEqual(self.customer.pricing_scenario_id, self.scenario)

from odoo import SUPERUSER_ID
from odoo.tests import TransactionCase, tagged

from odoo.addons.partner_registry.lib.errors import Choked

from ..models.partner_registry_test import KNOWN, Taxpayer


@tagged("post_install", "-at_install")
class RegistryCase(TransactionCase):
    """A company that asks the test registry, whose wire is faked.

    ``book`` holds (state, number) → taxpayer; ``poison`` the numbers on which every
    call chokes, ``ill`` what a state raises. ``calls`` tells what was asked.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.test_registry_environment = "production"
        cls.company.test_registry_days = 30
        cls.rows = cls.env["partner.registration"]
        cls.rows.search([("due_at", "!=", False)]).due_at = False

    def setUp(self):
        super().setUp()
        self.book, self.poison, self.ill, self.calls = {}, set(), {}, []
        self.patch(
            type(self.env["partner.registry.test"]),
            "_call",
            lambda _self, environment, scope, numbers: self._answer(scope, numbers),
        )
        self.enterContext(self.enter_registry_test_mode())

    def _answer(self, scope, numbers):
        self.calls.append((scope, list(numbers)))
        if scope in self.ill:
            raise self.ill[scope]
        if self.poison & set(numbers):
            raise Choked("service_error", "NullPointer")
        known = {KNOWN: Taxpayer(KNOWN, "Known")}
        return {
            number: self.book.get((scope, number))
            or known.get(number)
            or Taxpayer(number)
            for number in numbers
        }

    def make(self, *numbers, **values):
        """Customers whom both states know."""
        partners = self.env["res.partner"].create(
            [{"name": f"Cliente {n}", "company_registry": n, **values} for n in numbers]
        )
        for number in numbers:
            for scope, city in (("RJ", "Niterói"), ("SP", "Campinas")):
                taxpayer = Taxpayer(number, f"Cliente {number}", city)
                self.book[scope, number] = taxpayer
        return partners

    def request(self, partners):
        return self.rows._request("test", partners)

    def run_queue(self):
        """The scheduled action in a transaction that it commits and rolls back."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            env = self.env(cr=cr, user=SUPERUSER_ID, context={})
            env["partner.registration.queue"]._run()
        self.env.invalidate_all()

    @property
    def asked(self):
        """(state, how many numbers) of each call."""
        return [(scope, len(numbers)) for scope, numbers in self.calls]

    def get_pause(self, scope):
        return self.env["partner.registration.pause"].search(
            [("registry", "=", "test"), ("scope", "=", scope)]
        )

from contextlib import nullcontext

from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import PadronCase, person

RI = "30500010912"
FIELD = "l10n_ar_afip_responsibility_type_id"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestPortal(PadronCase, HttpCase):
    def enter_registry_test_mode(self):
        # A test with HTTP is in that mode all the time.
        self.env.flush_all()
        return nullcontext()

    def setUp(self):
        super().setUp()
        self.taxpayers[RI] = person(RI, "30")
        user = new_test_user(
            self.env, "zulma", "base.group_portal", email="zulma@example.com"
        )
        user.write(
            {"company_ids": [(4, self.company.id)], "company_id": self.company.id}
        )
        self.customer = user.partner_id.sudo()
        self.customer.write(
            {
                "name": "Zulma Torvane",
                "phone": "+54 11 5555 0100",
                "street": "Mitre 1",
                "city": "Rosario",
                "zip": "2000",
                "country_id": self.ref("base.ar"),
                "state_id": self.ref("base.state_ar_s"),
                "l10n_latam_identification_type_id": self.ref("l10n_ar.it_cuit"),
                "vat": RI,
            }
        )
        self.customer.action_l10n_ar_padron_update()
        self.user = user

    def _submit(self, **values):
        data = {
            "partner_id": self.customer.id,
            "address_type": "billing",
            "use_delivery_as_billing": "true",
            "name": self.customer.name,
            "email": "zulma@example.com",
            "phone": self.customer.phone,
            "street": self.customer.street,
            "city": self.customer.city,
            "zip": self.customer.zip,
            "country_id": self.customer.country_id.id,
            "state_id": self.customer.state_id.id,
            "vat": RI,
            "l10n_latam_identification_type_id": self.ref("l10n_ar.it_cuit"),
            FIELD: self.customer[FIELD].id,
            "csrf_token": Request.csrf_token(self),
            **values,
        }
        self.env.flush_all()
        answer = self.url_open("/my/address/submit", data=data).json()
        self.customer.invalidate_recordset()
        return answer

    def test_form(self):
        self.authenticate("zulma", "zulma")
        told = self._submit(street="Mitre 2")
        self.assertIn("redirectUrl", told)
        self.assertEqual(self.customer.street, "Mitre 2")
        self.assertEqual(self.customer.l10n_ar_responsibility_origin, "registry")
        told = self._submit(**{FIELD: self.responsibilities["5"].id})
        self.assertIn(FIELD, told["invalid_fields"])
        self.assertEqual(self.customer[FIELD].code, "1")

    def test_record(self):
        """The portal writes with all rights in the name of its user."""
        mine = self.customer.with_user(self.user).sudo()
        mine.write({"street": "Mitre 3", FIELD: self.responsibilities["1"].id})
        for chosen in (self.responsibilities["5"].id, False, None):
            with self.assertRaises(AccessError):
                mine.write({FIELD: chosen})
        public = self.customer.with_user(self.env.ref("base.public_user")).sudo()
        with self.assertRaises(AccessError):
            public.write({FIELD: self.responsibilities["5"].id})

    def _undecide(self, **values):
        """The customer as somebody whom nobody has looked at."""
        self.customer.l10n_ar_registration_id.unlink()
        self.customer.write(
            {
                FIELD: False,
                "l10n_ar_responsibility_origin": False,
                **values,
            }
        )

    def _invoice(self):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [(0, 0, {"name": "Mate", "price_unit": 100})],
            }
        )

    def test_declaration(self):
        """It counts until ARCA has answered; invoices wait for that."""
        self._undecide(vat=False)
        self.authenticate("zulma", "zulma")
        told = self._submit(
            **{
                FIELD: self.responsibilities["4"].id,
                "l10n_ar_responsibility_origin": "person",
                "l10n_ar_padron_confirmed_id": self.user.id,
            }
        )
        self.assertIn("redirectUrl", told)
        customer = self.customer
        self.assertEqual(customer[FIELD].code, "4")
        self.assertEqual(customer.l10n_ar_responsibility_origin, "customer")
        self.assertEqual(customer.l10n_ar_padron_state, "pending")
        self.assertTrue(customer.l10n_ar_padron_due_at)
        self.assertTrue(self._invoice()._l10n_ar_get_fiscal_hold())
        # A second one, while nobody has answered.
        self._submit(**{FIELD: self.responsibilities["1"].id})
        self.assertEqual(customer[FIELD].code, "1")
        self.taxpayers[RI] = person(RI, "", simple="20")
        customer.action_l10n_ar_padron_update()
        self.assertEqual(customer[FIELD].code, "6")
        self.assertEqual(customer.l10n_ar_responsibility_origin, "registry")
        self.assertFalse(customer.l10n_ar_padron_differs)

    def test_declaration_that_arca_does_not_settle(self):
        self._undecide(vat=False)
        self.taxpayers[RI] = person(RI, "30 32")
        self.authenticate("zulma", "zulma")
        self._submit(**{FIELD: self.responsibilities["4"].id})
        self.customer.action_l10n_ar_padron_update()
        self.assertTrue(self.customer.l10n_ar_fiscal_pending)
        self._submit(**{FIELD: self.responsibilities["1"].id})
        self.assertTrue(self.customer.l10n_ar_fiscal_pending, "it settles nothing")

    def test_declarations_that_nobody_can_look_up(self):
        """Abroad, or free by Law 19,640, would be sold to without tax."""
        foreign = {
            "vat": "AB123456",
            "l10n_latam_identification_type_id": self.ref("l10n_latam_base.it_pass"),
        }
        mine = self.customer.with_user(self.user).sudo()
        for code, held in (("9", True), ("10", True), ("5", False), ("8", True)):
            with self.subTest(code):
                self._undecide(**foreign)
                mine.write({FIELD: self.responsibilities[code].id})
                self.assertEqual(self.customer.l10n_ar_fiscal_pending, held)
        # The CUIT that comes afterwards is looked up.
        self.customer.write(
            {
                "l10n_latam_identification_type_id": self.ref("l10n_ar.it_cuit"),
                "vat": RI,
            }
        )
        self.assertEqual(self.customer.l10n_ar_padron_state, "pending")
        self.customer.action_l10n_ar_padron_update()
        self.assertEqual(self.customer[FIELD].code, "1", "it protects nobody")

    def test_declaration_without_certificate(self):
        """As with a channel's label: nothing waits, and it is looked up later."""
        self.env["res.company"].search([]).l10n_ar_arca_certificate_id = False
        mine = self.customer.with_user(self.user).sudo()
        self._undecide()
        mine.write({FIELD: self.responsibilities["6"].id})
        self.assertFalse(self.customer.l10n_ar_fiscal_pending)
        self.assertTrue(self.customer.l10n_ar_padron_due_at)
        self._undecide()
        mine.write({FIELD: self.responsibilities["10"].id})
        self.assertTrue(self.customer.l10n_ar_fiscal_pending)

    def test_new_customers_declare(self):
        """Who buys as a guest is made by the public user, with all rights."""
        public = self.env["res.partner"].with_user(self.env.ref("base.public_user"))
        made = (
            public.with_company(self.company)
            .sudo()
            .create(
                {
                    "name": "Elvio",
                    "country_id": self.ref("base.ar"),
                    "l10n_latam_identification_type_id": self.ref("l10n_ar.it_cuit"),
                    "vat": RI,
                    FIELD: self.responsibilities["4"].id,
                }
            )
        )
        self.assertEqual(made.l10n_ar_responsibility_origin, "customer")
        self.assertEqual(made.l10n_ar_padron_state, "pending")

    def test_another_number_of_theirs(self):
        """What we chose was chosen for the former number."""
        self._undecide()
        self.customer[FIELD] = self.responsibilities["4"]
        self.assertEqual(self.customer.l10n_ar_responsibility_origin, "person")
        mine = self.customer.with_user(self.user).sudo()
        mine.vat = "20305678903"
        self.assertEqual(self.customer.l10n_ar_responsibility_origin, "customer")
        self.assertTrue(self.customer.l10n_ar_fiscal_pending)

    def test_what_one_of_us_chose(self):
        self._undecide()
        self.customer[FIELD] = self.responsibilities["4"]
        mine = self.customer.with_user(self.user).sudo()
        mine.write({"street": "Mitre 3", FIELD: self.responsibilities["4"].id})
        with self.assertRaises(AccessError):
            mine.write({FIELD: self.responsibilities["5"].id})
        self.authenticate("zulma", "zulma")
        told = self._submit(**{FIELD: self.responsibilities["5"].id})
        self.assertIn(FIELD, told["invalid_fields"])

    def test_remote_call(self):
        self._undecide()
        self.authenticate("zulma", "zulma")
        for values in (
            {FIELD: self.responsibilities["4"].id},
            {"l10n_ar_responsibility_origin": "person"},
            {"l10n_ar_padron_state": "determined"},
        ):
            with mute_logger("odoo.http"):
                told = self._call("write", [self.customer.id], values)
            self.assertIn("AccessError", told["error"]["data"]["name"])
        self.assertFalse(self.customer[FIELD])

    def _call(self, method, *args):
        """The answer to a call of a method of contacts, errors included."""
        self.env.flush_all()
        params = {
            "model": "res.partner",
            "method": method,
            "args": list(args),
            "kwargs": {},
        }
        answer = self.url_open(
            "/web/dataset/call_kw", json={"params": params, "id": 1}
        ).json()
        self.customer.invalidate_recordset()
        return answer

from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from .common import PadronCase, person

RI = "30500010912"
FIELD = "l10n_ar_afip_responsibility_type_id"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestPortal(PadronCase, HttpCase):
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

    def test_nothing_decided(self):
        self.taxpayers[RI] = person(RI, "10")
        other = self._make_partner(RI, **{FIELD: self.responsibilities["5"].id})
        other.action_l10n_ar_padron_update()
        mine = other.with_user(self.user).sudo()
        mine.write({FIELD: self.responsibilities["1"].id})
        self.assertEqual(other.l10n_ar_responsibility_origin, "person")
        other.action_l10n_ar_padron_confirm()
        with self.assertRaises(AccessError):
            mine.write({FIELD: self.responsibilities["5"].id})

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PadronCase, person

RI, MONO, EXEMPT = "30500010912", "20305678903", "30678901233"
FIELD = "l10n_ar_afip_responsibility_type_id"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestPartner(PadronCase):
    def test_update_button(self):
        self.taxpayers[RI] = person(RI, "30")
        partner = self._make_partner(RI)
        partner.action_l10n_ar_padron_update()
        self.assertEqual(partner[FIELD].code, "1")
        self.assertEqual(partner.l10n_ar_padron_state, "determined")
        self.assertEqual(partner.l10n_ar_responsibility_origin, "registry")
        self.assertIn("30", partner.l10n_ar_padron_text)
        self.assertEqual(self.calls, ["login", [RI]])

    def test_person_wins(self):
        self.taxpayers[RI] = person(RI, "30")
        partner = self._make_partner(RI, **{FIELD: self.responsibilities["4"].id})
        partner.action_l10n_ar_padron_update()
        self.assertEqual(partner[FIELD].code, "4")
        self.assertTrue(partner.l10n_ar_padron_differs)
        partner.action_l10n_ar_padron_accept()
        self.assertEqual(partner[FIELD].code, "1")

    def test_unreachable(self):
        self.down.append(True)
        partner = self._make_partner(RI)
        with self.assertRaises(UserError):
            partner.action_l10n_ar_padron_update()

from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from .common import PadronCase, person

RI, MONO = "30500010912", "20305678903"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestWizards(PadronCase):
    def _review(self, **values):
        partner = self._make_partner(RI, **values)
        self.taxpayers[RI] = person(RI, "30", name="Aconcagua Holding")
        action = partner.action_l10n_ar_padron_update()
        form = Form(self.env[action["res_model"]].with_context(**action["context"]))
        return partner, form

    def _lines(self, form):
        lines = {}
        for index in range(len(form.line_ids)):
            with form.line_ids.edit(index) as line:
                lines[line.field_name] = (index, line.take, line.proposed)
        return lines

    def test_choose(self):
        partner, form = self._review(city="Rosario")
        lines = self._lines(form)
        # What is empty is proposed, what somebody wrote is not.
        self.assertEqual(lines["street"][1:], (True, "LOS ÑIRES 742"))
        self.assertFalse(lines["city"][1])
        # Addons that know of a legal name keep it apart.
        name = partner._l10n_ar_get_name_field()
        self.assertEqual(lines[name][1], not partner[name])
        with form.line_ids.edit(lines[name][0]) as line:
            line.take = True
        form.save().action_apply()
        self.assertEqual(partner[name], "Aconcagua Holding")
        self.assertEqual((partner.street, partner.city), ("LOS ÑIRES 742", "Rosario"))
        self.assertEqual(partner.state_id.code, "C")
        self.assertTrue(partner.l10n_ar_padron_proposes, "the city is still another")

    def test_nothing_chosen(self):
        partner, form = self._review()
        for index in range(len(form.line_ids)):
            with form.line_ids.edit(index) as line:
                line.take = False
        form.save().action_apply()
        self.assertEqual((partner.name, partner.street), ("Aconcagua", False))

    def test_keep(self):
        partner, form = self._review()
        form.save().action_keep()
        self.assertFalse(partner.l10n_ar_padron_proposes)
        partner.action_l10n_ar_padron_update()
        self.assertFalse(partner.l10n_ar_padron_proposes, "it is the same answer")
        self.taxpayers[RI] = person(RI, "30", name="Aconcagua Group")
        partner.action_l10n_ar_padron_update()
        self.assertTrue(partner.l10n_ar_padron_proposes)

    def test_case_and_accents_are_no_difference(self):
        partner = self._make_partner(
            RI,
            street="Los Nires 742",
            city="Ciudad Autónoma Buenos Aires",
            zip="1406",
            state_id=self.ref("base.state_ar_c"),
        )
        self.taxpayers[RI] = person(RI, "30", name="ACONCAGUA")
        partner.action_l10n_ar_padron_update()
        self.assertFalse(partner.l10n_ar_padron_proposes)

    def _with_dni(self):
        return self._make_partner(
            "30567890", l10n_latam_identification_type_id=self.ref("l10n_ar.it_dni")
        )

    def test_number_of_a_dni(self):
        partner = self._with_dni()
        self.documents["30567890"] = [MONO, "27305678909"]
        self.taxpayers[MONO] = person(MONO, "", simple="20")
        action = partner.action_l10n_ar_padron_find_cuit()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.line_ids.mapped("number"), [MONO, "27305678909"])
        self.assertEqual(partner.vat, "30567890", "a person chooses")
        wizard.line_ids[0].action_choose()
        self.assertEqual(partner.l10n_ar_vat, MONO)
        self.assertEqual(partner.l10n_ar_afip_responsibility_type_id.code, "6")

    def test_dni_of_nobody(self):
        with self.assertRaises(UserError):
            self._with_dni().action_l10n_ar_padron_find_cuit()
        with self.assertRaises(UserError):
            self._make_partner(RI).action_l10n_ar_padron_find_cuit()

    def test_number_that_is_none(self):
        partner = self._with_dni()
        self.documents["30567890"] = ["20305678900"]
        action = partner.action_l10n_ar_padron_find_cuit()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        with self.assertRaises(UserError):
            wizard.line_ids.action_choose()

    def test_seller(self):
        """Who may edit contacts may do all of this."""
        seller = new_test_user(
            self.env, "zulma", "base.group_user,base.group_partner_manager"
        )
        self.env = self.env(user=seller)
        partner, form = self._review()
        form.save().action_apply()
        self.assertEqual(partner.street, "LOS ÑIRES 742")

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import PadronCase, person

RI, MONO = "30500010912", "20305678903"
FIELD = "l10n_ar_afip_responsibility_type_id"


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
        name = self.env["partner.registry.arca"]._get_name_field()
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

    # Decisions of accountants

    def _conflict(self, **values):
        """A contradictory taxpayer with money that waits."""
        values = {FIELD: self.responsibilities["1"].id, **values}
        partner = self._make_partner(RI, **values)
        self.taxpayers[RI] = person(RI, "30 32", name="Aconcagua Holding")
        partner.action_l10n_ar_padron_update()
        self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_line_ids": [
                    Command.create({"name": "Mate", "price_unit": 1000, "tax_ids": []})
                ],
            }
        )
        return partner

    def _open_confirmation(self, partner):
        action = partner.action_l10n_ar_padron_confirm()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_confirmation_tells_what_it_does(self):
        partner = self._conflict()
        wizard = self._open_confirmation(partner)
        line = wizard.line_ids
        self.assertTrue(partner.l10n_ar_fiscal_pending, "nothing is confirmed yet")
        self.assertEqual(line.registry_name, "Aconcagua Holding")
        self.assertEqual(line.legal_name, "Aconcagua")
        self.assertIn("32 IVA EXENTO", line.reason_text)
        self.assertEqual((line.origin, line.letter), ("A person", "A"))
        self.assertEqual((line.held_amount, wizard.held_amount), (1000, 1000))
        line.responsibility_id = self.responsibilities["4"]
        self.assertEqual(line.letter, "B")
        wizard.action_confirm()
        self.assertEqual(partner[FIELD].code, "4")
        self.assertEqual(partner.l10n_ar_responsibility_origin, "person")
        self.assertFalse(partner.l10n_ar_fiscal_pending)

    def test_confirmation_is_about_what_was_seen(self):
        partner = self._conflict()
        wizard = self._open_confirmation(partner)
        self.taxpayers[RI] = person(RI, "30", simple="20")
        partner.action_l10n_ar_padron_update()
        with self.assertRaisesRegex(UserError, "changed meanwhile"):
            wizard.action_confirm()
        self.assertTrue(partner.l10n_ar_fiscal_pending)
        wizard = self._open_confirmation(partner)
        self._open_confirmation(partner).action_confirm()
        with self.assertRaises(UserError):
            wizard.action_confirm()
        with self.assertRaises(UserError):
            partner.action_l10n_ar_padron_confirm()
        self.assertEqual(len(partner.l10n_ar_padron_decision_ids), 1)

    def test_confirmation_of_several(self):
        partner = self._conflict()
        settled = self._make_partner(MONO, **{FIELD: self.responsibilities["6"].id})
        wizard = self._open_confirmation(partner + settled)
        self.assertEqual(wizard.line_ids.partner_id, partner)

    def test_decisions_are_undone(self):
        """Whatever was decided; everything is again as it was, and invoices wait."""

        def confirm(partner):
            self.confirm(partner)

        def confirm_another(partner):
            self.confirm(partner, self.responsibilities["4"])

        def confirm_twice(partner):
            self.confirm(partner)
            partner.l10n_ar_padron_decision_ids.action_undo()
            self.confirm(partner, self.responsibilities["6"])

        def consumer(partner):
            partner.action_l10n_ar_padron_final_consumer()

        for decide in (confirm, confirm_another, confirm_twice, consumer):
            with self.subTest(decide.__name__):
                partner = self._conflict(l10n_ar_responsibility_origin="registry")
                decisions = self.env["l10n_ar.padron.decision"].sudo()
                before = decisions._read(partner)
                decide(partner)
                self.assertFalse(partner.l10n_ar_fiscal_pending)
                decision = partner.l10n_ar_padron_decision_ids.sorted("id")[-1]
                decision.action_undo()
                self.assertEqual(decisions._read(partner), before)
                self.assertTrue(partner.l10n_ar_fiscal_pending)
                self.assertEqual(decision.undone_id, self.env.user)
                with self.assertRaises(UserError):
                    decision.action_undo()

    def test_taking_arca_s_is_undone(self):
        partner = self._make_partner(RI, **{FIELD: self.responsibilities["4"].id})
        self.taxpayers[RI] = person(RI, "30")
        partner.action_l10n_ar_padron_update()
        partner.action_l10n_ar_padron_accept()
        self.assertEqual(partner[FIELD].code, "1")
        partner.l10n_ar_padron_decision_ids.action_undo()
        self.assertEqual(partner[FIELD].code, "4")
        self.assertEqual(partner.l10n_ar_responsibility_origin, "person")
        self.assertTrue(partner.l10n_ar_padron_differs)

    def test_what_has_changed_since_is_not_undone(self):
        partner = self._conflict()
        self.confirm(partner)
        decision = partner.l10n_ar_padron_decision_ids
        partner[FIELD] = self.responsibilities["5"]
        with self.assertRaisesRegex(UserError, "changed since"):
            decision.action_undo()
        self.confirm(partner)
        with self.assertRaisesRegex(UserError, "last decision"):
            decision.action_undo()

    def test_undoing_takes_the_fiscal_position_along(self):
        position = self.env["account.fiscal.position"].create(
            {"name": "Exempt", "company_id": self.company.id}
        )
        self.env["l10n_ar.padron.position"].create(
            {
                "company_id": self.company.id,
                "responsibility_id": self.responsibilities["4"].id,
                "fiscal_position_id": position.id,
            }
        )
        partner = self._conflict()
        self.confirm(partner, self.responsibilities["4"])
        self.assertEqual(partner.property_account_position_id, position)
        partner.l10n_ar_padron_decision_ids.action_undo()
        self.assertFalse(partner.property_account_position_id)

    def test_who_may_decide_and_undo(self):
        accountant = new_test_user(self.env, "elvio", "account.group_account_invoice")
        seller = new_test_user(
            self.env, "zulma", "base.group_user,base.group_partner_manager"
        )
        for user in accountant + seller:
            user.write(
                {"company_ids": [(4, self.company.id)], "company_id": self.company.id}
            )
        partner = self._conflict()
        wizard = self._open_confirmation(partner.with_user(accountant))
        for action in (
            wizard.with_user(seller).action_confirm,
            partner.with_user(seller).action_l10n_ar_padron_confirm,
            self.env["l10n_ar.padron.confirm"].with_user(seller).create,
        ):
            with self.assertRaises(AccessError):
                action(*([{}] if action.__name__ == "create" else []))
        with Form(wizard.with_user(accountant)) as form, form.line_ids.edit(0) as line:
            line.responsibility_id = self.responsibilities["4"]
        wizard.with_user(accountant).action_confirm()
        self.assertEqual(partner.l10n_ar_padron_confirmed_id, accountant)
        decision = partner.l10n_ar_padron_decision_ids
        self.assertEqual(decision.user_id, accountant)
        with self.assertRaises(AccessError):
            decision.with_user(seller).action_undo()
        for values in ({"undone_id": accountant.id}, {"before": {}}):
            with self.assertRaises(AccessError):
                decision.with_user(accountant).write(values)
        other = self.env["res.company"].sudo().create({"name": "Other"})
        partner.company_id = other
        with self.assertRaises(AccessError):
            decision.with_user(accountant).action_undo()
        values = {"partner_id": partner.id}
        for model, vals, names in (
            ("confirm", {"line_ids": [Command.create(values)]}, ("reason_text", "vat")),
            ("dni", values, ("document",)),
        ):
            opened = self.env[f"l10n_ar.padron.{model}"].with_user(accountant)
            opened = opened.create(vals)
            for name in names:
                self.env.invalidate_all()
                with self.subTest(model, name=name), self.assertRaises(AccessError):
                    (opened.line_ids if model == "confirm" else opened).mapped(name)
        partner.company_id = False
        decision.with_user(accountant).action_undo()
        self.assertTrue(partner.l10n_ar_fiscal_pending)

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..models.res_partner import ResPartner
from .common import PadronCase, person

RI, MONO, EXEMPT = "30500010912", "20305678903", "30678901233"
FIELD = "l10n_ar_afip_responsibility_type_id"


def without_us():
    """Contacts are written as without this addon's own method."""
    return patch.object(
        ResPartner, "write", lambda self, vals: super(ResPartner, self).write(vals)
    )


@tagged("post_install", "-at_install", "post_install_l10n")
class TestPartner(PadronCase):
    def _ask(self, partner, *args, **kwargs):
        """Ask about a partner for whom ARCA says what :func:`person` makes."""
        number = partner._l10n_ar_get_cuit()
        self.taxpayers[number] = person(number, *args, **kwargs)
        return partner.action_l10n_ar_padron_update()

    def test_update_button(self):
        partner = self._make_partner(RI)
        self._ask(partner, "30")
        self.assertEqual(partner[FIELD].code, "1")
        self.assertEqual(partner.l10n_ar_padron_state, "determined")
        self.assertEqual(partner.l10n_ar_responsibility_origin, "registry")
        self.assertIn("30", partner.l10n_ar_padron_text)
        self.assertEqual(self.calls, ["login", [RI]])
        self.assertFalse(partner.l10n_ar_fiscal_pending)

    def test_nothing_is_written_while_arca_is_awaited(self):
        """Who saves the customer meanwhile does not wait."""
        partner = self._make_partner(RI)
        rows, seen = self.env["partner.registration"].sudo(), []
        arca = type(self.env["partner.registry.arca"])
        look_up = arca._look_up

        def watch(*args, **kwargs):
            seen.append(rows.search([("partner_id", "=", partner.id)]))
            return look_up(*args, **kwargs)

        self.patch(arca, "_look_up", watch)
        self._ask(partner, "30")
        self.assertEqual(seen, [rows])
        self.assertEqual(partner.l10n_ar_padron_state, "determined")

    def test_ordinary_contact_asks_its_commercial_customer(self):
        partner = self._make_partner(RI)
        child = self.env["res.partner"].create(
            {"name": "Zulma", "parent_id": partner.id, "type": "invoice"}
        )
        self.taxpayers[RI] = person(RI, "30")
        child.action_l10n_ar_padron_update()
        self.assertEqual(partner[FIELD].code, "1")
        self.assertEqual(child[FIELD].code, "1")
        self.assertFalse(child.l10n_ar_padron_state)

    def test_unreachable(self):
        self.down.append(True)
        partner = self._make_partner(RI)
        with self.assertRaises(UserError):
            partner.action_l10n_ar_padron_update()
        self.assertFalse(partner.l10n_ar_padron_state)

    def test_no_number(self):
        with self.assertRaises(UserError):
            self._make_partner(False).action_l10n_ar_padron_update()
        self.assertEqual(self.calls, [])

    # What people chose

    def test_person_wins(self):
        partner = self._make_partner(RI, **{FIELD: self.responsibilities["4"].id})
        self._ask(partner, "30")
        self.assertEqual(partner[FIELD].code, "4")
        self.assertEqual(partner.l10n_ar_responsibility_origin, "person")
        self.assertTrue(partner.l10n_ar_padron_differs)
        self.assertIn("IVA", partner.l10n_ar_padron_text)
        partner.action_l10n_ar_padron_accept()
        self.assertEqual(partner[FIELD].code, "1")
        self.assertEqual(partner.l10n_ar_responsibility_origin, "registry")
        self.assertFalse(partner.l10n_ar_padron_differs)

    def test_person_who_agrees_goes_on_winning(self):
        partner = self._make_partner(RI, **{FIELD: self.responsibilities["1"].id})
        self._ask(partner, "30")
        self.assertEqual(partner.l10n_ar_responsibility_origin, "person")
        self._ask(partner, "", simple="20")
        self.assertEqual(partner[FIELD].code, "1")
        self.assertTrue(partner.l10n_ar_padron_differs)

    def test_registry_follows_the_registry(self):
        partner = self._make_partner(RI)
        self._ask(partner, "30")
        self._ask(partner, "", simple="20")
        self.assertEqual(partner[FIELD].code, "6")
        self.assertFalse(partner.l10n_ar_padron_differs)
        self.assertIn("IVA Responsable Inscripto", partner.message_ids[0].body)

    def test_what_cannot_be_deduced_stays(self):
        for code in ("8", "9", "10"):
            partner = self._make_partner(RI)
            partner.sudo().write(
                {
                    FIELD: self.responsibilities[code].id,
                    "l10n_ar_responsibility_origin": "registry",
                }
            )
            self._ask(partner, "30")
            self.assertEqual(partner[FIELD].code, code)
            self.assertTrue(partner.l10n_ar_padron_differs)

    def test_edit_after_the_answer(self):
        several = self._make_partner(RI) + self._make_partner(MONO)
        for partner in several:
            self._ask(partner, "30")
        several.write({FIELD: self.responsibilities["1"].id})
        self.assertEqual(
            set(several.mapped("l10n_ar_responsibility_origin")), {"registry"}
        )
        several.write({FIELD: self.responsibilities["5"].id})
        self.assertEqual(
            several.mapped("l10n_ar_responsibility_origin"), ["person", "person"]
        )
        self.assertEqual(several.mapped("l10n_ar_padron_differs"), [True, True])

    def test_name_and_address_are_never_written(self):
        partner = self._make_partner(RI, street="Mitre 1")
        action = self._ask(partner, "30", name="ACONCAGUA HOLDING SA")
        self.assertEqual((partner.name, partner.street), ("Aconcagua", "Mitre 1"))
        self.assertTrue(partner.l10n_ar_padron_proposes)
        self.assertEqual(action["res_model"], "partner.registration.review")

    # Numbers that change

    def test_another_number_is_another_customer(self):
        partner = self._make_partner(RI)
        self._ask(partner, "30")
        partner.vat = MONO
        self.assertEqual(partner.l10n_ar_padron_state, "pending")
        self.assertTrue(partner.l10n_ar_fiscal_pending)
        self.assertFalse(partner.l10n_ar_padron_answer_id)
        self.assertTrue(partner.l10n_ar_padron_due_at)

    def test_number_spelled_differently_is_the_same(self):
        partner = self._make_partner(RI)
        self._ask(partner, "30")
        partner.vat = "30-50001091-2"
        self.assertEqual(partner.l10n_ar_padron_state, "determined")

    def test_no_cuit_any_more(self):
        partner = self._make_partner(MONO)
        self._ask(partner, "30")
        partner.write(
            {
                "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_dni").id,
                "vat": "30567890",
            }
        )
        self.assertFalse(partner.l10n_ar_padron_state)
        self.assertFalse(partner.l10n_ar_padron_due_at)
        self.assertFalse(partner.l10n_ar_fiscal_pending)

    def test_it_is_a_cuil(self):
        partner = self._make_partner(MONO)
        self._ask(partner, error="La clave ingresada no es una CUIT")
        self.assertEqual(partner.l10n_ar_padron_state, "undetermined")
        answer = partner.l10n_ar_padron_answer_id
        partner.action_l10n_ar_padron_final_consumer()
        self.assertEqual(partner[FIELD].code, "5")
        self.assertEqual(
            partner.l10n_latam_identification_type_id, self.env.ref("l10n_ar.it_CUIL")
        )
        self.assertEqual(partner.vat, MONO)
        self.assertFalse(partner.l10n_ar_fiscal_pending)
        self.assertEqual(partner.l10n_ar_padron_answer_id, answer)
        self.assertFalse(partner.l10n_ar_padron_due_at)

    # Decisions of accountants

    def test_confirmation(self):
        partner = self._make_partner(RI, **{FIELD: self.responsibilities["1"].id})
        self._ask(partner, "30 32")
        self.assertEqual(partner.l10n_ar_padron_state, "conflict")
        self.assertTrue(partner.l10n_ar_fiscal_pending)
        self.confirm(partner)
        self.assertFalse(partner.l10n_ar_fiscal_pending)
        self.assertEqual(partner.l10n_ar_padron_confirmed_id, self.env.user)
        self._ask(partner, "30 32", name="Another name")
        self.assertFalse(partner.l10n_ar_fiscal_pending, "the decision is the same")
        self._ask(partner, "30", simple="20")
        self.assertTrue(partner.l10n_ar_fiscal_pending, "another contradiction")
        self.assertFalse(partner.l10n_ar_padron_confirmed_id)

    def test_confirmation_in_another_environment(self):
        """It stays while the decision is the same, and goes with it; of a number that
        the customer had there before nothing is said."""
        certificate = self.certificate.sudo()
        partner = self._make_partner(RI, **{FIELD: self.responsibilities["1"].id})
        self._ask(partner, "30 32")
        self.confirm(partner)
        for environment in ("production", "homologation", "production"):
            certificate.environment = environment
            self._ask(partner, "30 32")
            row = partner.sudo().l10n_ar_registration_id
            self.assertEqual(row.environment, environment)
            self.assertTrue(partner.l10n_ar_padron_confirmed_id, environment)
            self.assertFalse(partner.l10n_ar_fiscal_pending)
        partner.vat = EXEMPT
        self.assertFalse(partner.l10n_ar_padron_confirmed_id)
        self._ask(partner, "30", simple="20")
        self.confirm(partner)
        certificate.environment = "homologation"
        self._ask(partner, "30 32")
        self.assertFalse(partner.l10n_ar_padron_confirmed_id, "another contradiction")
        self.assertTrue(partner.l10n_ar_fiscal_pending)

    def test_confirmation_is_of_what_was_there(self):
        partner = self._make_partner(RI, **{FIELD: self.responsibilities["1"].id})
        self._ask(partner, error="La CUIT fue cancelada")
        self.confirm(partner)
        partner[FIELD] = self.responsibilities["5"]
        self.assertTrue(partner.l10n_ar_fiscal_pending)

    def test_nothing_to_confirm(self):
        partner = self._make_partner(RI)
        self._ask(partner, error="No existe persona con ese Id")
        self.assertEqual(partner.l10n_ar_padron_state, "not_found")
        with self.assertRaises(UserError):
            self.confirm(partner)

    def test_who_may_do_what(self):
        seller = new_test_user(
            self.env, "zulma", "base.group_user,base.group_partner_manager"
        )
        accountant = new_test_user(self.env, "elvio", "account.group_account_invoice")
        reader = new_test_user(self.env, "nadia", "base.group_user")
        partner = self._make_partner(RI, **{FIELD: self.responsibilities["1"].id})
        self._ask(partner.with_user(seller), "30 32")
        self.assertEqual(partner.l10n_ar_padron_state, "conflict")
        self.assertTrue(partner.with_user(seller).l10n_ar_padron_text)
        with self.assertRaises(AccessError):
            self._ask(partner.with_user(reader), "30")
        for action in ("confirm", "final_consumer", "accept"):
            with self.assertRaises(AccessError):
                getattr(partner.with_user(seller), f"action_l10n_ar_padron_{action}")()
        self.confirm(partner.with_user(accountant))
        self.assertEqual(partner.l10n_ar_padron_confirmed_id, accountant)

    def test_settled_is_told(self):
        """Who waited hears of it once: from ARCA, or from an accountant."""
        told = []
        partner = self._make_partner(RI, **{FIELD: self.responsibilities["1"].id})
        self.patch(
            type(partner),
            "_l10n_ar_on_fiscal_settled",
            lambda partners: told.extend(partners.ids),
        )
        self._ask(partner, "30 32")
        self._ask(partner, "30")
        self._ask(partner, "30")
        self.assertEqual(told, [partner.id])
        self._ask(partner, "30 32")
        self.confirm(partner)
        self.assertEqual(told, [partner.id, partner.id])

    # Answers

    def test_same_content_same_row(self):
        partner = self._make_partner(RI)
        with freeze_time("2026-01-10 10:00:00"):
            self._ask(partner, "30")
        first = partner.l10n_ar_padron_answer_id
        with freeze_time("2026-02-10 10:00:00"):
            self._ask(partner, "30")
        self.assertEqual(partner.l10n_ar_padron_answer_id, first)
        self.assertEqual(fields.Datetime.to_string(first.fetched_at)[:7], "2026-01")
        self.assertEqual(fields.Datetime.to_string(first.checked_at)[:7], "2026-02")
        self.assertEqual(
            partner.l10n_ar_padron_due_at, first.checked_at + timedelta(days=30)
        )

    def test_new_content_new_row(self):
        partner = self._make_partner(RI)
        self._ask(partner, "30")
        first = partner.l10n_ar_padron_answer_id
        kept = first.read(["data", "reasons", "raw", "outcome", "checked_at"])
        self._ask(partner, "", simple="20")
        second = partner.l10n_ar_padron_answer_id
        self.assertNotEqual(second, first)
        self.assertEqual((first.is_current, second.is_current), (False, True))
        self.assertEqual(
            first.read(["data", "reasons", "raw", "outcome", "checked_at"]), kept
        )
        self._ask(partner, "30")
        self.assertNotIn(partner.l10n_ar_padron_answer_id, first + second)

    def test_setting_for_the_untaxed(self):
        partner = self._make_partner(MONO)
        self._ask(partner, "10")
        self.assertEqual(partner.l10n_ar_padron_state, "undetermined")
        self.env["ir.config_parameter"].set_param(
            "l10n_ar_padron.untaxed_id", self.responsibilities["5"].id
        )
        self._ask(partner, "10")
        self.assertEqual(partner[FIELD].code, "5")

    def test_setting_says_nothing_of_a_cuil(self):
        self.env["ir.config_parameter"].set_param(
            "l10n_ar_padron.untaxed_id", self.responsibilities["15"].id
        )
        partner = self._make_partner(MONO)
        self._ask(partner, "10", key="CUIL")
        self.assertFalse(partner[FIELD])
        self.assertTrue(partner.l10n_ar_padron_is_cuil)
        self.assertIn("CUIL", partner.l10n_ar_padron_text)
        partner.action_l10n_ar_padron_final_consumer()
        self.assertEqual(partner[FIELD].code, "5")
        self.assertFalse(partner.l10n_ar_fiscal_pending)

    def test_archived_responsibility(self):
        self.responsibilities["4"].sudo().active = False
        partner = self._make_partner(EXEMPT)
        self._ask(partner, "32")
        self.assertEqual(partner[FIELD].code, "4")

    def test_reasons_in_the_language_of_the_reader(self):
        """Every reason and every error has a sentence that its values fit."""
        texts = self.env["partner.registry.arca"]._get_reason_texts()
        params = dict.fromkeys(
            ["messages", "state", "taxes", "category", "tax", "kind", "block"], "100%"
        )
        for text in texts.values():
            self.assertTrue(text % params)

    def test_ordinary_contacts_cost_nothing(self):
        """A write takes as many queries as without this addon."""

        def count(write, values):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            write(values)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        partner = self.env["res.partner"].create({"name": "Zulma"})
        for number, values in enumerate(
            ({"comment": "{}"}, {"vat": "{}", "ref": "{}"})
        ):
            first, ours, theirs = (
                {
                    name: value.format(f"{number}{turn}")
                    for name, value in values.items()
                }
                for turn in "123"
            )
            count(partner.write, first)
            with_us = count(partner.write, ours)
            with without_us():
                without = count(partner.write, theirs)
            self.assertEqual(with_us, without)

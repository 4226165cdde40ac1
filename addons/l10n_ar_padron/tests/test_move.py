from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PadronCase, person

RI, MONO = "30500010912", "20305678903"
FIELD = "l10n_ar_afip_responsibility_type_id"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestMove(PadronCase):
    def _ask(self, partner, *args, **kwargs):
        number = partner._l10n_ar_get_cuit()
        self.taxpayers[number] = person(number, *args, **kwargs)
        partner.action_l10n_ar_padron_update()

    def _invoice(self, partner, **values):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": "2026-03-01",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Mate",
                            "price_unit": 100,
                            "tax_ids": [
                                Command.set(self.company.account_sale_tax_id.ids)
                            ],
                        }
                    )
                ],
                **values,
            }
        )

    def test_held(self):
        partner = self._make_partner(RI, **{FIELD: self.responsibilities["1"].id})
        for answer in (
            {"taxes": "30 32"},
            {"error": "La CUIT fue cancelada"},
            {"error": "No existe persona con ese Id"},
        ):
            self._ask(partner, **answer)
            invoice = self._invoice(partner)
            with self.assertRaises(UserError) as caught:
                invoice.action_post()
            self.assertIn(partner.l10n_ar_padron_text, str(caught.exception))
            self.assertEqual(invoice.state, "draft")
        self.confirm(partner)
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_held_while_nobody_answered(self):
        partner = self._make_partner(RI, **{FIELD: self.responsibilities["1"].id})
        partner._l10n_ar_padron_request()
        invoice = self._invoice(partner)
        self.assertTrue(invoice._l10n_ar_get_fiscal_hold())
        self.taxpayers[RI] = person(RI, "30")
        partner.action_l10n_ar_padron_update()
        self.assertFalse(invoice._l10n_ar_get_fiscal_hold())

    def test_never_looked_up(self):
        partner = self._make_partner(RI, **{FIELD: self.responsibilities["1"].id})
        self._invoice(partner).action_post()

    def test_holding_is_off(self):
        self.company.sudo().l10n_ar_padron_hold_invoices = False
        partner = self._make_partner(RI, **{FIELD: self.responsibilities["1"].id})
        self._ask(partner, "30 32")
        self._invoice(partner).action_post()

    def test_credit_notes_and_bills_are_not_held(self):
        partner = self._make_partner(RI, **{FIELD: self.responsibilities["1"].id})
        self._ask(partner, "30")
        invoice = self._invoice(partner)
        invoice.action_post()
        self._ask(partner, "30 32")
        note = self._invoice(partner, move_type="out_refund")
        self.assertFalse(note._l10n_ar_get_fiscal_hold())
        note.action_post()
        self.assertEqual(note.state, "posted")
        bill = self._invoice(partner, move_type="in_invoice")
        self.assertFalse(bill._l10n_ar_get_fiscal_hold())

    def test_the_invoice_keeps_why(self):
        partner = self._make_partner(RI)
        self._ask(partner, "30")
        invoice = self._invoice(partner)
        draft = invoice.l10n_ar_letter_reason
        invoice.action_post()
        why, answer = invoice.l10n_ar_letter_reason, partner.l10n_ar_padron_answer_id
        self.assertIn("letter A", why)
        self.assertIn("tax 30", why)
        self.assertEqual(why.splitlines()[1:], draft.splitlines()[1:])
        self._ask(partner, "32")
        partner.vat = MONO
        self._ask(partner, "", simple="20")
        invoice.invalidate_recordset()
        self.assertEqual(invoice.l10n_ar_padron_answer_id, answer)
        self.assertEqual(invoice.l10n_ar_letter_reason, why)
        self.assertNotIn("tax 30", partner.l10n_ar_padron_text)

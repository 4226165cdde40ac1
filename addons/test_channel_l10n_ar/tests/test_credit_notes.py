from odoo import fields
from odoo.tests import tagged

from odoo.addons.l10n_ar_padron.tests.common import person

from .common import FIELD, RI, FiscalCase


@tagged("post_install", "-at_install", "post_install_l10n")
class TestCreditNotes(FiscalCase):
    """A credit note names what it credits, and is of its class."""

    def invoice(self, **changes):
        self.product.invoice_policy = "order"
        order = self.bring_from("DNI", "30111222", **changes).sale_order_id
        invoice = order._create_invoices()
        invoice.invoice_date = fields.Date.to_date("2026-11-20")
        self.post(invoice)
        return order, invoice

    def become(self, partner, code):
        """The customer turns out to be somebody else by now."""
        partner.write(
            {
                FIELD: self.responsibilities[code].id,
                "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_cuit").id,
                "vat": RI,
            }
        )

    def make(self, invoice, amount=0.0):
        note = invoice._credit(
            amount or invoice._get_uncredited(), "refund", money=bool(amount)
        )
        self.post(note)
        return note

    def assert_credits(self, note, invoice):
        self.assertEqual(note.reversed_entry_id, invoice)
        kind = invoice.l10n_latam_document_type_id
        self.assertEqual(
            note.l10n_latam_document_type_id.l10n_ar_letter, kind.l10n_ar_letter
        )
        for text in (note.ref, self.print(note)):
            self.assertIn(f"{invoice.name} of 11/20/2026", text)

    def print(self, move):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "account.account_invoices", move.ids
        )
        return html.decode().partition('class="article')[2]

    def test_whole_or_an_amount_and_after_the_customer_changed(self):
        for amount, code in ((0, None), (50, None), (0, "1"), (50, "1")):
            order, invoice = self.invoice(buyer=f"7{amount}{code}")
            self.assertEqual(invoice.l10n_latam_document_type_id.code, "6")
            if code:
                self.become(order.partner_id, code)
            note = self.make(invoice, amount)
            with self.subTest(amount=amount, code=code):
                self.assert_credits(note, invoice)
                self.assertEqual(note.l10n_latam_document_type_id.code, "8")
                # Who was a consumer on the invoice is one on its note.
                self.assertEqual(note[FIELD].code, "5")

    def test_of_what_odoo_makes_of_the_order(self):
        """Fewer goods: Odoo's own credit note of the difference, of two lines."""
        lines = [
            {"id": f"L{number}", "sku": "FAKE-1", "quantity": "2", "price": "121.00"}
            for number in (1, 2)
        ]
        order, invoice = self.invoice(lines=lines)
        self.become(order.partner_id, "1")
        order.order_line.product_uom_qty = 1
        note = order._create_invoices(final=True)
        self.assertEqual(note.move_type, "out_refund")
        self.assertEqual(note.reversed_entry_id, invoice)
        self.assertEqual(note.l10n_latam_document_type_id.code, "8")

    def test_an_invoice_prints_nothing_credited(self):
        _order, invoice = self.invoice()
        self.assertNotIn("Credited Voucher", self.print(invoice))

    def test_of_a_mipyme_invoice(self):
        self.taxpayers[RI] = person(RI, "30")
        self.product.invoice_policy = "order"
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "sale")], limit=1
        )
        journal.l10n_ar_afip_pos_system = "RLI_RLM"
        invoice = self.bring_from("CUIT", RI).sale_order_id._create_invoices()
        kinds = invoice.l10n_latam_available_document_type_ids
        invoice.l10n_latam_document_type_id = kinds.filtered(lambda k: k.code == "201")
        self.post(invoice)
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"journal_id": journal.id}).refund_moves()
        note = invoice.reversal_move_ids
        self.assertEqual(note.l10n_latam_document_type_id.code, "203")

    def test_a_note_of_nothing_is_odoo_s(self):
        """Without an invoice the customer decides, as before."""
        order, _invoice = self.invoice()
        for code, expected in (("5", "8"), ("1", "3")):
            self.become(order.partner_id, code)
            note = self.env["account.move"].create(
                {"move_type": "out_refund", "partner_id": order.partner_id.id}
            )
            with self.subTest(code):
                self.assertEqual(note.l10n_latam_document_type_id.code, expected)

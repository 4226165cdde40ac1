from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.l10n_ar_padron.tests.common import person

from .common import FIELD, RI, FiscalCase


@tagged("post_install", "-at_install", "post_install_l10n")
class TestDrafts(FiscalCase):
    """Orders and drafts that were made before the fiscal data were settled."""

    def make_conflict(self):
        """An order of a contradictory taxpayer, for whom an accountant decides."""
        self.taxpayers[RI] = person(RI, "30 32")
        return self.bring_from("CUIT", RI, label="Responsable Inscripto").sale_order_id

    def decide(self, partner, code):
        partner[FIELD] = self.responsibilities[code]
        partner.action_l10n_ar_padron_confirm()

    def letter(self, invoice):
        return invoice.l10n_latam_document_type_id.l10n_ar_letter

    def test_a_consumer_turns_out_to_be_registered(self):
        """B stays possible for them, and is wrong."""
        self.down.append(True)
        order = self.bring_from("CUIT", RI, label="Consumidor Final").sale_order_id
        invoice = order._create_invoices()
        self.assertEqual(self.letter(invoice), "B")
        self.down.clear()
        self.taxpayers[RI] = person(RI, "30")
        self.run_look_ups()
        self.assertEqual(self.letter(invoice), "A")

    def test_a_locked_order(self):
        order = self.make_conflict()
        invoice = order._create_invoices()
        order.action_lock()
        self.decide(order.partner_id, "4")
        self.assertEqual(self.letter(invoice), "B")
        self.assertFalse(order.fiscal_position_id)

    def test_a_perception_that_somebody_added_stays(self):
        order = self.make_conflict()
        invoice = order._create_invoices()
        perception = self.env["account.tax"].create(
            {"name": "Perception", "amount": 3, "company_id": self.company.id}
        )
        line = invoice.invoice_line_ids
        line.tax_ids += perception
        both = line.tax_ids
        self.decide(order.partner_id, "4")
        self.assertEqual(line.tax_ids, both)

    def test_taxes_follow_the_position(self):
        """A company's own position changes the tax; the perception stays."""
        order = self.make_conflict()
        invoice = order._create_invoices()
        line = invoice.invoice_line_ids
        perception = self.env["account.tax"].create(
            {"name": "Perception", "amount": 3, "company_id": self.company.id}
        )
        line.tax_ids += perception
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Free Zone",
                "auto_apply": True,
                "sequence": 1,
                "company_id": self.company.id,
                "l10n_ar_afip_responsibility_type_ids": [
                    Command.set(self.responsibilities["4"].ids)
                ],
                "tax_ids": [
                    Command.create(
                        {
                            "name": "Free of it",
                            "amount": 0,
                            "type_tax_use": "sale",
                            "company_id": self.company.id,
                            "original_tax_ids": [
                                Command.set(order.order_line.product_id.taxes_id.ids)
                            ],
                        }
                    )
                ],
            }
        )
        sold = order.order_line.tax_ids
        self.decide(order.partner_id, "4")
        self.assertEqual(order.fiscal_position_id, position)
        self.assertNotEqual(order.order_line.tax_ids, sold)
        self.assertEqual(invoice.fiscal_position_id, position)
        self.assertEqual(line.tax_ids, order.order_line.tax_ids | perception)

    def test_a_position_that_somebody_chose_stays(self):
        order = self.make_conflict()
        chosen = self.env["account.fiscal.position"].create(
            {"name": "By agreement", "company_id": self.company.id}
        )
        order.fiscal_position_id = chosen
        self.decide(order.partner_id, "4")
        self.assertEqual(order.fiscal_position_id, chosen)

    def test_a_credit_note_needs_no_identification(self):
        order = self.bring_from().sale_order_id
        invoice = order._create_invoices()
        self.post(invoice)
        self.env["l10n_ar.identification.threshold"].create(
            {"date_from": "2026-01-01", "amount": 100}
        )
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        values = {"journal_id": invoice.journal_id.id}
        wizard.create(values).reverse_moves()
        note = invoice.reversal_move_ids
        self.post(note)
        self.assertEqual(note.state, "posted")

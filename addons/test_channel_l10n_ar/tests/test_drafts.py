from odoo.exceptions import UserError
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
        self.confirm(partner)

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

    def test_a_responsibility_changed_by_hand(self):
        """As with ARCA's changes; nobody has to press anything."""
        order = self.bring_from("DNI", "30111222").sale_order_id
        invoice = order._create_invoices()
        partner = order.partner_id
        for code, letter in (("1", "A"), ("5", "B"), ("6", "A"), ("4", "B")):
            with self.subTest(code):
                partner[FIELD] = self.responsibilities[code]
                self.assertEqual(self.letter(invoice), letter)
        self.assertEqual(
            order.fiscal_position_id.name, "Purchases VAT in the correspondent"
        )
        self.post(invoice)

    def test_a_document_that_somebody_chose(self):
        """It stays as long as it is possible, and is held when it is not."""
        self.taxpayers[RI] = person(RI, "30")
        order = self.bring_from("CUIT", RI).sale_order_id
        partner, invoice = order.partner_id, order._create_invoices()
        documents = invoice.l10n_latam_available_document_type_ids
        chosen = documents.filtered(lambda kind: kind.l10n_ar_letter == "B")[:1]
        invoice.l10n_latam_document_type_id = chosen
        partner[FIELD] = self.responsibilities["6"]
        self.assertEqual(invoice.l10n_latam_document_type_id, chosen)
        partner[FIELD] = self.responsibilities["16"]
        self.assertEqual(invoice.l10n_latam_document_type_id, chosen)
        with self.assertRaisesRegex(UserError, "letter B, and that of"):
            self.post(invoice)
        partner[FIELD] = self.responsibilities["1"]
        self.post(invoice)
        self.assertEqual(self.letter(invoice), "B")

    def test_a_letter_that_is_wrong_all_the_same_is_held(self):
        """Whatever left it behind: a merge of contacts, a database from before."""
        order = self.bring_from("DNI", "30111222").sale_order_id
        invoice = order._create_invoices()
        self.env.flush_all()
        self.cr.execute(
            "UPDATE res_partner SET l10n_ar_afip_responsibility_type_id = %s "
            "WHERE id = %s",
            [self.responsibilities["1"].id, order.partner_id.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "letter B, and that of"):
            self.post(invoice)
        self.assertEqual(invoice.state, "draft")

    def test_letter_a_needs_a_cuit(self):
        self.taxpayers[RI] = person(RI, "30")
        order = self.bring_from("CUIT", RI).sale_order_id
        invoice = order._create_invoices()
        order.partner_id.write(
            {
                "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_dni").id,
                "vat": "30111222",
            }
        )
        with self.assertRaisesRegex(UserError, "customers with a CUIT"):
            self.post(invoice)

    def test_the_second_invoice_of_an_order(self):
        """The order keeps its position, and what is still to be posted its letter."""
        order = self.bring_from(
            "DNI",
            "30111222",
            lines=[{"sku": "FAKE-1", "quantity": "2", "price": "121.00"}],
        ).sale_order_id
        first = order._create_invoices()
        first.invoice_line_ids.quantity = 1
        self.post(first)
        second = order._create_invoices()
        order.partner_id.write(
            {
                "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_cuit").id,
                "vat": RI,
            }
        )
        order.partner_id[FIELD] = self.responsibilities["1"]
        self.assertEqual((self.letter(first), self.letter(second)), ("B", "A"))

    def test_a_customer_who_becomes_a_contact_of_another(self):
        self.taxpayers[RI] = person(RI, "32")
        order = self.bring_from("CUIT", RI).sale_order_id
        invoice = order._create_invoices()
        self.assertEqual(self.letter(invoice), "B")
        # Odoo wants the same number.
        company = self._make_partner(
            RI, is_company=True, **{FIELD: self.responsibilities["1"].id}
        )
        order.partner_id.parent_id = company
        self.assertEqual(self.letter(invoice), "A")

    def test_what_was_posted_keeps_its_letter(self):
        order = self.bring_from("DNI", "30111222").sale_order_id
        invoice = order._create_invoices()
        self.post(invoice)
        order.partner_id[FIELD] = self.responsibilities["1"]
        self.assertEqual(self.letter(invoice), "B")
        invoice.button_draft()
        order.partner_id[FIELD] = self.responsibilities["6"]
        self.assertEqual(self.letter(invoice), "B")
        invoice.action_post()

    def test_a_confirmed_responsibility_is_not_the_channel_s_any_more(self):
        self.taxpayers[RI] = person(RI, "30 32")
        order = self.bring_from("CUIT", RI, label="IVA Exento").sale_order_id
        self.confirm(order.partner_id)
        self.bring_from("CUIT", RI, label="Monotributo")
        self.assertEqual(order.partner_id[FIELD].code, "4")
        self.assertFalse(order.partner_id.l10n_ar_fiscal_pending)

    def test_positions_of_imported_customers(self):
        """Of consumers, of labels and of ARCA's answers, from the first order on."""
        table = {}
        for code in ("1", "5", "6"):
            table[code] = self.env["account.fiscal.position"].create(
                {"name": f"For {code}", "company_id": self.company.id}
            )
            self.env["l10n_ar.padron.position"].create(
                {
                    "company_id": self.company.id,
                    "responsibility_id": self.responsibilities[code].id,
                    "fiscal_position_id": table[code].id,
                }
            )
        order = self.bring_from("DNI", "30111222").sale_order_id
        self.assertEqual(order.fiscal_position_id, table["5"])
        self.down.append(True)
        order = self.bring_from("CUIT", RI, "Monotributo", "701").sale_order_id
        self.assertEqual(order.fiscal_position_id, table["6"])
        self.down.clear()
        self.taxpayers[RI] = person(RI, "30")
        self.run_look_ups()
        self.assertEqual(order.fiscal_position_id, table["1"])
        self.assertEqual(
            order.partner_shipping_id.with_company(
                self.company
            ).property_account_position_id,
            table["1"],
        )

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

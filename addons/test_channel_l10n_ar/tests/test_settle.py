from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.l10n_ar_padron.tests.common import fault, person
from odoo.addons.partner_registry.lib.errors import RegistryError

from .common import FIELD, MONO, RI, FiscalCase


@tagged("post_install", "-at_install", "post_install_l10n")
class TestSettle(FiscalCase):
    """Who could not be settled in the import, and what follows once they are."""

    def test_conflict_waits_for_an_accountant(self):
        self.taxpayers[RI] = person(RI, "30 32")
        row = self.bring_from("CUIT", RI, label="IVA Responsable Inscripto")
        partner, order = row.partner_id, row.sale_order_id
        self.assertEqual(partner.l10n_ar_padron_state, "conflict")
        self.assertEqual(partner[FIELD].code, "1")
        self.assertIn("32 IVA EXENTO", partner.l10n_ar_padron_text)
        invoice = order._create_invoices()
        with self.assertRaisesRegex(UserError, "32 IVA EXENTO"):
            self.post(invoice)
        partner[FIELD] = self.responsibilities["4"]
        self.confirm(partner)
        self.assertEqual(invoice.l10n_latam_document_type_id.l10n_ar_letter, "B")
        self.post(invoice)
        self.assertEqual(invoice.l10n_ar_responsibility_origin, "person")
        self.assertIn("32 IVA EXENTO", invoice.l10n_ar_letter_reason)

    def test_unknown_label_of_unknown_taxpayer(self):
        row = self.bring_from("CUIT", RI, label="Sujeto Raro")
        partner = row.partner_id
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(partner.l10n_ar_padron_state, "not_found")
        self.assertFalse(partner[FIELD])
        mapping = self.env["sale.channel.mapping"].search(
            [
                ("channel_id", "=", self.channel.id),
                ("external_value", "=", "Sujeto Raro"),
            ]
        )
        self.assertEqual(mapping.kind_id.code, "l10n_ar_responsibility")
        exempt = self.responsibilities["4"]
        mapping.record_ref = f"{exempt._name},{exempt.id}"
        self.bring_from("CUIT", RI, label="Sujeto Raro")
        self.assertEqual(partner[FIELD], exempt)
        self.assertTrue(partner.l10n_ar_fiscal_pending)

    def test_broken_document(self):
        row = self.bring_from("CUIT", "30500010910", label="IVA Responsable Inscripto")
        partner = row.partner_id
        self.assertTrue(partner.l10n_ar_fiscal_pending)
        self.assertTrue(partner.l10n_ar_padron_text)
        self.assertEqual(self.calls, [])
        self.taxpayers[RI] = person(RI, "30")
        partner.write(
            {
                "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_cuit").id,
                "vat": RI,
            }
        )
        self.run_look_ups()
        self.assertFalse(partner.l10n_ar_fiscal_pending)

    def test_broken_document_of_a_consumer(self):
        row = self.bring_from("DNI", "1", label="Consumidor Final")
        self.assertEqual(row.partner_id[FIELD].code, "5")
        self.assertFalse(row.partner_id.l10n_ar_fiscal_pending)

    def test_gains_a_cuit(self):
        row = self.bring_from(label="")
        partner = row.partner_id
        self.assertEqual(partner[FIELD].code, "5")
        self.assertNotEqual(
            partner.l10n_latam_identification_type_id.country_id.code, "AR"
        )
        self.taxpayers[MONO] = person(MONO, simple="20")
        self.bring_from("CUIT", MONO)
        self.assertEqual(partner.vat, MONO)
        self.assertEqual(partner[FIELD].code, "6")

    def test_gains_a_cuit_by_hand(self):
        partner = self.bring_from().partner_id
        self.taxpayers[MONO] = person(MONO, simple="20")
        partner.write(
            {
                "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_cuit").id,
                "vat": MONO,
            }
        )
        self.assertTrue(partner.l10n_ar_padron_due_at)
        self.run_look_ups()
        self.assertEqual(partner[FIELD].code, "6")

    def test_delivery_address_is_a_child(self):
        self.taxpayers[RI] = person(RI, "32")
        order = self.bring_from("CUIT", RI).sale_order_id
        self.assertNotEqual(order.partner_shipping_id, order.partner_id)
        self.assertEqual(
            order.partner_shipping_id.commercial_partner_id, order.partner_id
        )
        self.assertEqual(order.partner_shipping_id[FIELD].code, "4")
        self.assertEqual(
            order.fiscal_position_id.name, "Purchases VAT in the correspondent"
        )

    def test_person_wins(self):
        partner = self.bring_from("DNI", "30111222").partner_id
        partner[FIELD] = self.responsibilities["15"]
        self.bring_from("DNI", "30111222", label="Consumidor Final")
        self.assertEqual(partner[FIELD].code, "15")

    def test_name_of_a_person_wins(self):
        self.taxpayers[RI] = person(RI, "30", name="ACONCAGUA SA")
        partner = self.bring_from("CUIT", RI).partner_id
        self.assertEqual(partner.legal_name, "ACONCAGUA SA")
        partner.legal_name = "Aconcagua Casa Matriz"
        self.taxpayers[RI] = person(RI, "30", name="ACONCAGUA SAS")
        self.ask_arca(partner)
        self.assertEqual(partner.legal_name, "Aconcagua Casa Matriz")
        self.assertTrue(partner.l10n_ar_padron_proposes)

    def test_pause_while_down(self):
        # With a ticket, so that it is the registry that is tried, and not the login.
        self.bring_from("CUIT", RI)
        self.attempts.clear()
        self.down.append(True)
        for number in range(60):
            self.put(buyer=self.person_with("CUIT", self.cuit(number), f"B{number}"))
        self.run_flow()
        rows = self.env["sale.channel.order"].search(
            [("channel_id", "=", self.channel.id)]
        )
        self.assertEqual(set(rows.mapped("state")), {"imported"})
        waiting = rows.partner_id.filtered(
            lambda p: p.l10n_ar_padron_state == "pending"
        )
        self.assertEqual(len(waiting), 60)
        self.assertEqual(len(self.attempts), 1, "ARCA is left alone for a while")

    def test_one_bad_number_makes_no_pause(self):
        """ARCA is well, so the orders that come next are looked up."""
        bad = self.cuit(1)
        real = type(self)._answer

        def answer(request):
            text = request.body if isinstance(request.body, str) else ""
            if bad in (text or request.body.decode()):
                return 500, fault("soap:Server", "NullPointerException")
            return real(request)

        self.patch(type(self), "_answer", answer)
        row = self.bring_from("CUIT", bad, label="Monotributo")
        self.assertEqual(row.partner_id.l10n_ar_padron_state, "pending")
        self.assertFalse(self.env["partner.registration.pause"].search([]))
        self.taxpayers[RI] = person(RI, "30")
        row = self.bring_from("CUIT", RI, buyer="701")
        self.assertEqual(row.partner_id[FIELD].code, "1")
        # Once the customer's own look-up has failed, orders leave the number to it.
        customer = row.search([("partner_id.vat", "=", bad)]).partner_id
        customer.l10n_ar_registration_id._fail(RegistryError("number_failed"))
        asked = len(self.calls)
        row = self.bring_from("CUIT", bad, label="Monotributo")
        self.assertEqual(row.partner_id.l10n_ar_padron_state, "pending")
        self.assertEqual(len(self.calls), asked)

    def test_later_answer_changes_drafts(self):
        self.taxpayers[RI] = person(RI, "30")
        order = self.bring_from("CUIT", RI).sale_order_id
        invoice = order._create_invoices()
        self.assertEqual(invoice.l10n_latam_document_type_id.l10n_ar_letter, "A")
        self.taxpayers[RI] = person(RI, "32")
        self.ask_arca(order.partner_id)
        self.assertEqual(invoice.l10n_latam_document_type_id.l10n_ar_letter, "B")
        self.assertEqual(
            order.fiscal_position_id.name, "Purchases VAT in the correspondent"
        )
        self.assertEqual(order.amount_total, 242)

    def test_without_certificate(self):
        self.company.l10n_ar_arca_certificate_id = False
        partner = self.bring_from("CUIT", RI, label="Monotributo").partner_id
        self.assertEqual(partner[FIELD].code, "6")
        self.assertFalse(partner.l10n_ar_fiscal_pending)
        self.company.l10n_ar_arca_certificate_id = self.certificate
        self.taxpayers[RI] = person(RI, "30")
        self.run_look_ups()
        self.assertEqual(partner[FIELD].code, "1")

    def test_identification_threshold(self):
        rich = [{"sku": "FAKE-1", "quantity": "1", "price": "10000000.00"}]
        order = self.bring_from(lines=rich).sale_order_id
        invoice = order._create_invoices()
        with self.assertRaisesRegex(UserError, "10,000,000"):
            self.post(invoice)
        order.partner_id.write(
            {
                "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_dni").id,
                "vat": "30111222",
            }
        )
        self.post(invoice)
        poorer = [{"sku": "FAKE-1", "quantity": "1", "price": "9999999.99"}]
        order = self.bring_from(lines=poorer, buyer="702").sale_order_id
        self.post(order._create_invoices())

    def test_old_answer_before_an_automatic_invoice(self):
        self.taxpayers[RI] = person(RI, "30")
        order = self.bring_from("CUIT", RI).sale_order_id
        self.assertIsNone(order._get_invoicing_obstacle())
        partner = order.partner_id
        old = fields.Datetime.now() - timedelta(days=31)
        partner.l10n_ar_padron_checked_at = old
        self.assertEqual(order._get_invoicing_obstacle()[0], "fiscal_old")
        self.run_look_ups()
        self.assertIsNone(order._get_invoicing_obstacle())

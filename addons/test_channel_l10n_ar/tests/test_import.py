from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.l10n_ar_padron.tests.common import person

from .common import FIELD, RI, FiscalCase


@tagged("post_install", "-at_install", "post_install_l10n")
class TestImport(FiscalCase):
    def code_of(self, partner):
        return partner[FIELD].code

    def test_registry_before_order(self):
        self.taxpayers[RI] = person(RI, "30", name="ACONCAGUA SA")
        row = self.bring_from("CUIT", RI, label="Monotributo")
        partner = row.sale_order_id.partner_id
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(self.code_of(partner), "1")
        self.assertEqual(partner.l10n_ar_responsibility_origin, "registry")
        self.assertEqual(partner.legal_name, "ACONCAGUA SA")
        self.assertEqual(partner.country_id.code, "AR")
        self.assertEqual(self.calls, ["login", [RI]])
        self.bring_from("CUIT", RI, buyer="701")
        self.assertEqual(self.calls, ["login", [RI]])

    def test_down(self):
        self.down.append(True)
        row = self.bring_from("CUIT", RI, label="Monotributo")
        partner = row.sale_order_id.partner_id
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(self.code_of(partner), "6")
        self.assertTrue(partner.l10n_ar_fiscal_pending)
        invoice = row.sale_order_id._create_invoices()
        with self.assertRaises(UserError):
            invoice.action_post()
        self.down.clear()
        self.taxpayers[RI] = person(RI, "30")
        self.run_look_ups()
        self.assertFalse(partner.l10n_ar_fiscal_pending)
        self.assertEqual(self.code_of(partner), "1")
        self.assertEqual(invoice.l10n_latam_document_type_id.l10n_ar_letter, "A")

    def test_consumer(self):
        row = self.bring_from("DNI", "30111222", label="Consumidor Final")
        partner = row.sale_order_id.partner_id
        self.assertEqual(self.code_of(partner), "5")
        self.assertFalse(partner.l10n_ar_padron_state)
        self.assertEqual(self.calls, [])

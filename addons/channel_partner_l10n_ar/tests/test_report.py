from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.l10n_ar.tests.common import TestArCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestReport(TestArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "PAZANA1234",
                "legal_name": "PAZ ANA MARIA",
                "vat": "20267565393",
                "l10n_latam_identification_type_id": cls.env.ref("l10n_ar.it_cuit").id,
                "l10n_ar_afip_responsibility_type_id": cls.env.ref("l10n_ar.res_CF").id,
                "country_id": cls.env.ref("base.ar").id,
            }
        )

    def render(self):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": "2026-11-02",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Mate",
                            "price_unit": 1,
                            "tax_ids": [Command.set(self.tax_21.ids)],
                        }
                    )
                ],
            }
        )
        move.action_post()
        self.assertEqual(
            move._get_name_invoice_report(), "l10n_ar.report_invoice_document"
        )
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "account.account_invoices", move.ids
        )
        return html.decode().partition('class="article')[2]

    def test_the_legal_name_is_printed(self):
        html = self.render()
        self.assertIn("PAZ ANA MARIA", html)
        self.assertNotIn("PAZANA1234", html)

    def test_without_it_the_name_is(self):
        self.customer.legal_name = False
        self.assertIn("PAZANA1234", self.render())

from unittest.mock import patch

from odoo.exceptions import ValidationError
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

    def test_numbers_are_cleaned_and_checked(self):
        """As l10n_ar does it, which writes again what is clean already."""
        dni, cuil = self.env.ref("l10n_ar.it_dni"), self.env.ref("l10n_ar.it_CUIL")
        values = {"name": "Ana Paz", "country_id": self.env.ref("base.ar").id}
        for type_, told, kept in (
            (dni, "24.681.357", "24681357"),
            (dni, "24681357", "24681357"),
            (dni, "024681357", "24681357"),
            (cuil, "20-26756539-3", "20267565393"),
            (cuil, "20267565393", "20267565393"),
        ):
            document = {"vat": told, "l10n_latam_identification_type_id": type_.id}
            with self.subTest(told):
                partner = self.env["res.partner"].create({**values, **document})
                self.assertEqual(partner.vat, kept)
        for type_, wrong in ((dni, "246"), (cuil, "20267565394")):
            document = {"vat": wrong, "l10n_latam_identification_type_id": type_.id}
            with self.subTest(wrong), self.assertRaises(ValidationError):
                self.env["res.partner"].create({**values, **document})

    def test_what_is_clean_is_not_written_again(self):
        model, written = type(self.env["res.partner"]), []
        write = model.write
        with patch.object(
            model, "write", lambda rows, vals: written.append(vals) or write(rows, vals)
        ):
            self.env["res.partner"].create(
                {
                    "name": "Ana Paz",
                    "vat": "24681357",
                    "l10n_latam_identification_type_id": self.env.ref(
                        "l10n_ar.it_dni"
                    ).id,
                    "country_id": self.env.ref("base.ar").id,
                }
            )
        self.assertFalse([vals for vals in written if "vat" in vals])

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

from odoo import Command
from odoo.tests import TransactionCase, tagged

CORRESPONDENT = "Purchases VAT in the correspondent"
ABROAD, FREE_ZONE = "Purchases / Sales abroad", "Purchases / Sales Free Trade Zone"
VAT, EXEMPT = "VAT 21%", "0% EXEMPT"
# Sellers: code of the responsibility, chart of accounts
REGISTERED, MONOTRIBUTO, EXEMPT_SELLER = (
    ("1", "ar_ri"),
    ("6", "ar_base"),
    ("4", "ar_ex"),
)
# Buyer → what Odoo gives when a company that is registered for IVA sells to them:
# fiscal position, tax of a line at 21 %, letter. docs/argentina-fiscal.md has it too.
FROM_REGISTERED = {
    "1": (False, VAT, "A"),
    "6": (CORRESPONDENT, VAT, "A"),
    "13": (False, VAT, "A"),
    "16": (False, VAT, "A"),
    "4": (CORRESPONDENT, VAT, "B"),
    "5": (False, VAT, "B"),
    "7": (False, VAT, "B"),
    "15": (False, VAT, "B"),
    # E with a journal for exports, which MercadoLibre's sales do not go through.
    "9": (ABROAD, EXEMPT, "B"),
    "10": (FREE_ZONE, EXEMPT, "B"),
}


@tagged("post_install", "-at_install", "post_install_l10n")
class TestExpectedTable(TransactionCase):
    """Buyer × seller → fiscal position, taxes and letter, as accountants expect."""

    def make_seller(self, seller):
        code, chart = seller
        company = self.env["res.company"].create(
            {
                "name": f"Tienda {code}",
                "country_id": self.env.ref("base.ar").id,
                "currency_id": self.env.ref("base.ARS").id,
            }
        )
        self.env.user.company_ids += company
        env = self.env(context={**self.env.context, "allowed_company_ids": company.ids})
        env["account.chart.template"].try_loading(
            chart, company=company, install_demo=False
        )
        self.types = {
            record.code: record
            for record in env["l10n_ar.afip.responsibility.type"].search(
                [("code", "!=", False)]
            )
        }
        company.l10n_ar_afip_responsibility_type_id = self.types[code]
        return env

    def sell(self, env, code):
        """Position, tax and letter of a draft invoice to a buyer."""
        country = "base.cl" if code == "9" else "base.ar"
        partner = env["res.partner"].create(
            {
                "name": "Quintarel",
                "country_id": env.ref(country).id,
                "l10n_ar_afip_responsibility_type_id": self.types[code].id,
            }
        )
        product = env["product.product"].create(
            {"name": "Pava", "type": "consu", "invoice_policy": "order"}
        )
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.action_confirm()
        invoice = order._create_invoices()
        self.assertEqual(invoice.fiscal_position_id, order.fiscal_position_id)
        self.assertEqual(invoice.invoice_line_ids.tax_ids, order.order_line.tax_ids)
        return (
            order.fiscal_position_id.name,
            order.order_line.tax_ids.name,
            invoice.l10n_latam_document_type_id.l10n_ar_letter,
        )

    def test_registered_seller(self):
        env = self.make_seller(REGISTERED)
        for code, expected in FROM_REGISTERED.items():
            with self.subTest(buyer=code):
                self.assertEqual(self.sell(env, code), expected)

    def test_other_sellers(self):
        """Who is not registered for IVA charges none, and issues letter C."""
        for seller in (MONOTRIBUTO, EXEMPT_SELLER):
            env = self.make_seller(seller)
            for code in FROM_REGISTERED:
                with self.subTest(seller=seller[0], buyer=code):
                    self.assertEqual(self.sell(env, code), (False, False, "C"))

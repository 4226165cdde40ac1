from odoo.tests import tagged

from .common import FakeCase

CUIT = "20267565393"
BUYER = {
    "id": "778",
    "nickname": "ANA.PAZ",
    "name": "Ana Paz",
    "phone": "",
    "document": ["CUIT", CUIT],
}


@tagged("post_install", "-at_install")
class TestAmbiguousCustomer(FakeCase):
    def test_the_order_waits_for_a_choice(self):
        partners = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "vat": CUIT,
                    "country_id": self.env.ref("base.ar").id,
                    "l10n_latam_identification_type_id": self.env.ref(
                        "l10n_ar.it_cuit"
                    ).id,
                }
                for name in ("Ana Paz", "Paz, Ana")
            ]
        )
        row = self.bring(buyer=BUYER)
        self.assertEqual(
            (row.state, row.error_code), ("rejected", "customer_ambiguous")
        )
        self.assertIn("Customers to Choose", row.error_message)
        self.assertFalse(row.partner_id)
        identity = row.buyer_id.identity_ids
        self.assertEqual(identity.candidate_ids.partner_id, partners)
        identity._choose(partners[1])
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(row.sale_order_id.partner_id, partners[1])
        self.assertEqual(row.sale_order_id.partner_shipping_id.parent_id, partners[1])

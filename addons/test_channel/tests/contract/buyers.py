from .case import ProviderCase

CUITS = (("CUIT", "30714295698"), ("CUIT", "30500010912"))


class BuyerContract(ProviderCase):
    """Buyers: names, documents, and whom they are among the customers."""

    def test_the_legal_name_is_beside_the_nickname(self):
        self.need("nickname")
        _external_id, row = self.bring()
        self.assertEqual(row.partner_id.name, row.nickname)
        self.assertTrue(row.partner_id.legal_name)
        self.assertNotEqual(row.partner_id.legal_name, row.nickname)
        self.assertEqual(row.identity_id.legal_name, row.partner_id.legal_name)

    def test_a_second_document_is_a_second_customer(self):
        _external_id, first = self.bring(document=CUITS[0])
        _external_id, second = self.bring(document=CUITS[1])
        _external_id, third = self.bring(document=CUITS[0])
        self.assertEqual(first.buyer_id, second.buyer_id)
        self.assertEqual(first.partner_id, third.partner_id)
        self.assertNotEqual(first.partner_id, second.partner_id)
        self.assertFalse(second.partner_id.parent_id)
        self.assertEqual(first.partner_id.vat, CUITS[0][1])
        self.assertEqual(second.partner_id.vat, CUITS[1][1])
        self.assertEqual(second.sale_order_id.partner_id, second.partner_id)

    def customers(self, number, count):
        values = {
            "vat": number,
            "country_id": self.env.ref("base.ar").id,
            "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_cuit").id,
        }
        names = [f"Cliente {turn}" for turn in range(count)]
        return self.env["res.partner"].create(
            [{**values, "name": name} for name in names]
        )

    def test_a_customer_is_recognised_by_document(self):
        known = self.customers(CUITS[0][1], 1)
        _external_id, row = self.bring(document=CUITS[0])
        self.assertEqual(row.partner_id, known)
        self.assertEqual(known.name, "Cliente 0")

    def test_several_customers_with_one_document_ask_a_person(self):
        known = self.customers(CUITS[0][1], 2)
        row = self.inbox(self.run_with(self.remote_order(document=CUITS[0])))
        self.assertEqual(
            (row.state, row.error_code), ("rejected", "customer_ambiguous")
        )
        self.assertFalse(row.partner_id)
        row.identity_id._choose(known[1])
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(row.sale_order_id.partner_id, known[1])

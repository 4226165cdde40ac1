from odoo.tests import tagged

from odoo.addons.l10n_ar_padron.tests.common import person

from .common import FIELD, MONO, RI, FiscalCase

BUYERS = 25
# Writing what ARCA said on the customer, their address and contact.
QUERIES_OF_A_NEW_TAXPAYER = 6


@tagged("post_install", "-at_install", "post_install_l10n")
class TestCustomers(FiscalCase):
    """Buyers who say something else with each order, and what people made of them."""

    def bring_unnamed(self, buyer="700", **told):
        """An order of a buyer whose billing data have no document."""
        return self.bring(buyer={**self.person_with(buyer=buyer), **told})

    def test_an_order_without_document_says_nothing_about_a_taxpayer(self):
        self.down.append(True)
        partner = self.bring_from("CUIT", RI, label="Monotributo").partner_id
        row = self.bring_unnamed(billing="B2")
        self.assertEqual(row.partner_id, partner)
        self.assertEqual(partner[FIELD].code, "6")

    def test_a_right_document_after_a_broken_one(self):
        number = "30500010910"
        row = self.bring_from("CUIT", number, label="IVA Responsable Inscripto")
        partner = row.partner_id
        self.assertTrue(partner.l10n_ar_fiscal_pending)
        self.bring_from("DNI", "30111222", label="Consumidor Final")
        self.assertEqual(partner.vat, "30111222")
        self.assertEqual(partner[FIELD].code, "5")
        self.assertFalse(partner.l10n_ar_fiscal_pending)
        self.assertFalse(partner.l10n_ar_padron_text)

    def test_a_broken_document_after_a_right_one(self):
        self.company.l10n_ar_arca_certificate_id = False
        label = "IVA Responsable Inscripto"
        partner = self.bring_from("CUIT", RI, label=label).partner_id
        row = self.bring_from("CUIT", "30500010910", label="Monotributo")
        self.assertEqual(row.partner_id, partner)
        self.assertEqual(partner[FIELD].code, "1")
        self.assertFalse(partner.l10n_ar_fiscal_pending)

    def test_a_buyer_of_whom_nothing_was_told_gains_a_cuit(self):
        partner = self.bring_unnamed(legal_name="").partner_id
        self.assertFalse(partner.identity_ids)
        partner.write(
            {
                "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_cuit").id,
                "vat": MONO,
            }
        )
        self.assertTrue(partner.l10n_ar_fiscal_pending)
        self.assertEqual(self.channel.fiscal_pending_count, 1)

    def test_each_channel_counts_its_own_customers(self):
        """Once who is there by account and identity; a channel more, no query more."""
        number = "30500010910"
        partner = self.bring_from("CUIT", number, label="Monotributo").partner_id
        other = self.channel.copy()
        self.assertTrue(partner.identity_ids and partner.buyer_ids)
        self.env["res.partner"].create({"name": "Somebody", "vat": False})
        channels = self.channel | other
        self.assertEqual(channels.mapped("fiscal_pending_count"), [1, 0])
        used = []
        for some in (other, channels):
            self.env.invalidate_all()
            some.mapped("name")
            before = self.env.cr.sql_log_count
            some.mapped("fiscal_pending_count")
            used.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*used)
        partner.active = False
        self.env.invalidate_all()
        self.assertFalse(self.channel.fiscal_pending_count)

    def test_a_customer_of_their_own_is_looked_up(self):
        self.down.append(True)
        row = self.bring_from("CUIT", RI, label="Monotributo")
        importer = self.env["sale.channel.partner.importer"]
        partner = importer._create_own_customer(row.buyer_id, row.identity_id)
        self.assertEqual(partner.vat, RI)
        self.assertTrue(partner.l10n_ar_fiscal_pending)
        self.assertTrue(partner.l10n_ar_padron_due_at)

    def test_chosen_among_several(self):
        """The customer whom a person chose is looked up before the order exists."""
        self.taxpayers[MONO] = person(MONO, simple="20")
        first, _second = self._make_partner(MONO), self._make_partner(MONO)
        row = self.bring_from("CUIT", MONO)
        self.assertEqual(row.error_code, "customer_ambiguous")
        row.identity_id._choose(first)
        self.run_flow()
        self.assertEqual(row.sale_order_id.partner_id, first)
        self.assertEqual(first[FIELD].code, "6")
        self.assertEqual(first.l10n_ar_responsibility_origin, "registry")

    def test_a_new_one_instead_of_several(self):
        self.down.append(True)
        self._make_partner(MONO)
        self._make_partner(MONO)
        row = self.bring_from("CUIT", MONO, label="IVA Exento")
        row.identity_id.action_choose_new()
        self.run_flow()
        partner = row.sale_order_id.partner_id
        self.assertEqual(partner[FIELD].code, "4")
        self.assertTrue(partner.l10n_ar_fiscal_pending)

    def test_nobody_asks_without_certificate(self):
        self.company.l10n_ar_arca_certificate_id = False
        partner = self.bring_from("CUIT", RI, label="Monotributo").partner_id
        partner.l10n_ar_padron_due_at = noted = partner.create_date.replace(
            year=2025, microsecond=0
        )
        self.bring_from("CUIT", RI, label="Monotributo")
        self.assertEqual(partner.l10n_ar_padron_due_at, noted)

    def test_orders_of_companies_elsewhere_stay(self):
        """Companies of two countries share a customer."""
        self.down.append(True)
        partner = self.bring_from("CUIT", RI, label="Monotributo").partner_id
        other = self.make_company("Outra Loja", "US", "USD", "generic_coa")
        env = self.env(context={**self.env.context, "allowed_company_ids": other.ids})
        position = env["account.fiscal.position"].create(
            {"name": "Export", "auto_apply": True, "country_id": other.country_id.id}
        )
        channel = self.channel.with_env(env).create(
            {"name": "Canal B", "channel_type": "fake", "company_id": other.id}
        )
        sold = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": other.id,
                "sale_channel_id": channel.id,
                "fiscal_position_id": position.id,
            }
        )
        self.down.clear()
        self.taxpayers[RI] = person(RI, "30")
        self.run_look_ups()
        self.assertEqual(partner[FIELD].code, "1")
        self.assertEqual(sold.fiscal_position_id, position)


@tagged("post_install", "-at_install", "post_install_l10n")
class TestManyCustomers(FiscalCase):
    def count_import(self, prefix, kind, numbers):
        """The queries in which an order of each buyer comes in."""
        for number in numbers:
            buyer = self.person_with(kind, number, f"B{number}")
            self.put(f"{prefix}{number}", buyer=buyer)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.run_flow()
        self.assertEqual(
            set(self.channel.channel_order_ids.mapped("state")), {"imported"}
        )
        return self.env.cr.sql_log_count - before

    def test_queries_that_taxpayers_cost(self):
        """Compared with consumers, of whom nothing is looked up."""
        consumers = [f"301112{number:02}" for number in range(BUYERS)]
        taxpayers = [self.cuit(number) for number in range(BUYERS)]
        for number in taxpayers:
            self.taxpayers[number] = person(number, "30", name=f"TIENDA {number}")
        usual = self.count_import("A", "DNI", consumers)
        first = self.count_import("B", "CUIT", taxpayers)
        again = self.count_import("C", "CUIT", taxpayers)
        asked = [number for numbers in self.calls[1:] for number in numbers]
        self.assertCountEqual(asked, taxpayers)
        self.assertLess((first - usual) / BUYERS, QUERIES_OF_A_NEW_TAXPAYER)
        self.assertLess(again, usual)

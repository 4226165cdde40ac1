from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.l10n_ar_padron.tests.common import person

from .common import MONO, RI, FiscalCase


@tagged("post_install", "-at_install", "post_install_l10n")
class TestAutomatic(FiscalCase):
    """Automatic invoices of Argentine companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.write({"invoicing": "post", "invoicing_moment": "paid"})
        cls.journal = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "sale")], limit=1
        )

    def run_invoices(self):
        """Let the invoices flow run; the invoices of the channel's orders."""
        flow = self.flow("orders_invoice")
        flow.enabled = True
        flow.run_requests += 1
        with self.enter_registry_test_mode():
            flow.cron_id.method_direct_trigger()
        self.env.invalidate_all()

    def row_of(self, order):
        return self.env["sale.channel.order.invoicing"].search(
            [("sale_order_id", "=", order.id)]
        )

    def test_held_until_settled(self):
        self.down.append(True)
        order = self.bring_from("CUIT", RI).sale_order_id
        self.run_invoices()
        row = self.row_of(order)
        self.assertEqual((row.sync_state, row.error_code), ("held", "fiscal_pending"))
        self.assertFalse(order.invoice_ids)
        self.down.clear()
        self.taxpayers[RI] = person(RI, "30")
        self.run_look_ups()
        self.assertEqual(row.sync_state, "pending")
        self.run_invoices()
        invoice = order.invoice_ids
        self.assertEqual(invoice.l10n_latam_document_type_id.l10n_ar_letter, "A")

    def hold_cai(self, until="2099-12-31"):
        self.journal.write(
            {"l10n_ar_cai": "40123456789012", "l10n_ar_cai_valid_to": until}
        )

    def assert_posted(self, order, state, code=False):
        """What became of the invoice, and why it stayed a draft."""
        row = self.row_of(order)
        self.assertEqual(
            (order.invoice_ids.state, row.error_code),
            (state, code),
            row.error_message,
        )

    def test_a_fresh_company_numbers_nothing_by_itself(self):
        """Its journal, the chart's, is a point of sale for printed forms."""
        self.assertEqual(self.journal.l10n_ar_afip_pos_system, "II_IM")
        order = self.bring_from("DNI", "30111222").sale_order_id
        self.run_invoices()
        self.assert_posted(order, "draft", "cai_missing")
        self.assertFalse(order.invoice_ids.highest_name or order.invoice_ids.name)
        self.assertIn(self.journal.name, self.row_of(order).error_message)

    def test_printed_forms_with_a_cai(self):
        self.hold_cai()
        order = self.bring_from("DNI", "30111222").sale_order_id
        self.run_invoices()
        self.assert_posted(order, "posted")

    def test_a_cai_in_force_on_the_day_of_the_channel(self):
        # Half past one in Greenwich, still yesterday evening in Buenos Aires.
        for until, expected in (
            ("2026-11-18", ("draft", "cai_expired")),
            ("2026-11-19", ("posted", False)),
        ):
            self.hold_cai(until)
            with self.subTest(until), freeze_time("2026-11-20 01:30:00"):
                order = self.bring_from("DNI", "30111222").sale_order_id
                self.run_invoices()
                self.assert_posted(order, *expected)

    def test_each_kind_of_point_of_sale(self):
        """None of Odoo's own gets an authorisation, with or without a CAI."""
        self.hold_cai()
        order = self.bring_from("DNI", "30111222").sale_order_id
        invoice = order._create_invoices()
        self.assertIsNone(invoice._get_posting_obstacle())
        systems = self.journal._fields["l10n_ar_afip_pos_system"].get_values(self.env)
        self.assertGreater(len(systems), 5)
        for system in set(systems) - {"II_IM"}:
            self.journal.l10n_ar_afip_pos_system = system
            with self.subTest(system):
                self.assertEqual(invoice._get_posting_obstacle()[0], "cae_outside")
        self.journal.l10n_ar_is_pos = False
        self.assertTrue(invoice._get_posting_obstacle())
        self.journal.l10n_latam_use_documents = False
        self.env.invalidate_all()
        self.assertIsNone(invoice._get_posting_obstacle())

    def test_an_addon_that_gets_the_authorisation(self):
        """It answers for its points of sale, whatever they are called."""
        self.journal.l10n_ar_afip_pos_system = "RLI_RLM"
        moves = type(self.env["account.move"])

        def authorised(move):
            return move.journal_id.l10n_ar_afip_pos_system == "RLI_RLM"

        order = self.bring_from("DNI", "30111222").sale_order_id
        with patch.object(moves, "_l10n_ar_is_authorised", authorised):
            self.run_invoices()
        self.assert_posted(order, "posted")

    def test_who_declares_a_cai(self):
        biller = self.make_user("biller", "account.group_account_invoice")
        seller = self.make_user("seller", "channel_base.group_channel_manager")
        values = {"l10n_ar_cai": "40123456789012", "l10n_ar_cai_valid_to": "2099-12-31"}
        for user in (biller, seller):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.journal.with_user(user).write(values)
        for wrong in (
            {**values, "l10n_ar_cai": "4012345678901"},
            {**values, "l10n_ar_cai": "4012345678901٣"},
            {**values, "l10n_ar_cai_valid_to": False},
            {"l10n_ar_cai": False, "l10n_ar_cai_valid_to": "2099-12-31"},
        ):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                self.journal.write(wrong)
        accountant = self.make_user("chief", "account.group_account_manager")
        self.journal.with_user(accountant).write(values)
        self.assertFalse(self.journal.copy().l10n_ar_cai)

    def test_billing_data_that_the_channel_still_prepares(self):
        """In the end it goes through without them; its invoice waits."""
        buyer = {**self.person_with(buyer="700"), "billing_pending": True}
        external_id = self.put(buyer=buyer, placed_at="2026-01-05T12:00:00")
        row = self.inbox(self.run_with(external_id))
        self.assertTrue(row.awaits_data)
        self.pass_time(row, minutes=61)
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        self.run_invoices()
        self.assertEqual(self.row_of(row.sale_order_id).error_code, "billing_pending")
        self.assertFalse(row.sale_order_id.invoice_ids)
        self.taxpayers[MONO] = person(MONO, simple="20")
        self.bring(external_id, buyer=self.person_with("CUIT", MONO))
        self.run_invoices()
        invoice = row.sale_order_id.invoice_ids
        self.assertEqual(invoice.l10n_latam_document_type_id.l10n_ar_letter, "A")

    def test_goes_on_when_the_document_is_entered(self):
        rich = [{"sku": "FAKE-1", "quantity": "1", "price": "10000000.00"}]
        order = self.bring_from(lines=rich).sale_order_id
        self.run_invoices()
        row = self.row_of(order)
        self.assertEqual(
            (row.sync_state, row.error_code), ("held", "identification_needed")
        )
        order.partner_id.write(
            {
                "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_dni").id,
                "vat": "30111222",
            }
        )
        self.assertEqual(row.sync_state, "pending")

    def test_goes_on_when_an_accountant_confirms(self):
        self.taxpayers[RI] = person(RI, "30 32")
        order = self.bring_from("CUIT", RI, label="IVA Exento").sale_order_id
        self.run_invoices()
        row = self.row_of(order)
        self.assertEqual((row.sync_state, row.error_code), ("held", "fiscal_pending"))
        self.confirm(order.partner_id)
        self.assertEqual(row.sync_state, "pending")

    def test_goes_on_for_whom_it_is_billed_to(self):
        """A person bills it to somebody else, whose data are settled later."""
        order = self.bring_from("DNI", "30111222").sale_order_id
        other = self._make_partner(MONO)
        other._l10n_ar_padron_request()
        order.partner_invoice_id = other
        self.run_invoices()
        row = self.row_of(order)
        self.assertEqual(row.error_code, "fiscal_pending")
        self.taxpayers[MONO] = person(MONO, simple="20")
        self.run_look_ups()
        self.assertEqual(row.sync_state, "pending")

    def make_old(self):
        """An order whose customer was looked up too long ago."""
        self.taxpayers[RI] = person(RI, "30")
        order = self.bring_from("CUIT", RI).sale_order_id
        old = fields.Datetime.now() - timedelta(days=31)
        order.partner_id.l10n_ar_padron_checked_at = old
        return order

    def test_goes_on_after_a_fresh_answer(self):
        order = self.make_old()
        self.run_invoices()
        row = self.row_of(order)
        self.assertEqual((row.sync_state, row.error_code), ("held", "fiscal_old"))
        self.run_look_ups()
        self.assertEqual(row.sync_state, "pending")
        self.run_invoices()
        self.assertTrue(order.invoice_ids)

    def test_old_answers_wait_for_nobody_without_certificate(self):
        order = self.make_old()
        self.company.l10n_ar_arca_certificate_id = False
        self.assertIsNone(order._get_invoicing_obstacle())

    def test_looking_again_does_not_hurry_what_was_put_off(self):
        order = self.make_old()
        later = fields.Datetime.now().replace(microsecond=0) + timedelta(hours=3)
        order.partner_id.write(
            {"l10n_ar_padron_failures": 4, "l10n_ar_padron_due_at": later}
        )
        self.assertEqual(order._get_invoicing_obstacle()[0], "fiscal_old")
        self.assertEqual(order.partner_id.l10n_ar_padron_due_at, later)

from odoo.exceptions import ConcurrencyError, UserError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.l10n_ar_padron.lib.taxpayer import not_found
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
        again = self.bring_from("CUIT", RI, label="Monotributo", buyer="701")
        self.assertEqual(self.calls, ["login", [RI]])
        self.assertEqual(again.partner_id, partner)
        self.assertEqual(self.code_of(partner), "1", "the registry wins over labels")

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

    def test_two_workers_store_the_same_answer(self):
        """What another worker committed meanwhile is a conflict, to be tried again."""
        with db_connect(self.cr.dbname).cursor() as other:
            other.execute(
                """
                INSERT INTO partner_registration_finding (registry, scope, number,
                    environment, is_current, fetched_at, checked_at, outcome,
                    content_hash)
                VALUES ('arca', '', %s, 'homologation', TRUE, now(), now(),
                        'not_found', 'x')
                """,
                [RI],
            )
        self.addCleanup(self.forget_answers)
        found = {RI: not_found(RI)}
        with mute_logger("odoo.sql_db"), self.assertRaises(ConcurrencyError):
            self.flow()._store_taxpayers("homologation", found)

    def forget_answers(self):
        with db_connect(self.cr.dbname).cursor() as other:
            other.execute(
                "DELETE FROM partner_registration_finding WHERE number = %s", [RI]
            )

    def test_nothing_is_read_while_arca_is_asked(self):
        """Reading begins a transaction, that would be open as long as ARCA takes."""
        row = self.bring_from("CUIT", RI)
        self.env["partner.registration.finding"].search([]).is_current = False
        read = []
        real = type(self)._answer

        def answer(request):
            read.extend(self.certificate._cache)
            return real(request)

        self.patch(type(self), "_answer", answer)
        with self.enter_registry_test_mode():
            for _step in self.flow()._enrich_steps([row._read_order()]):
                # As the driver's commit would.
                self.env.flush_all()
                self.env.invalidate_all()
        self.assertEqual(self.calls[-1], [RI])
        self.assertEqual(read, [])

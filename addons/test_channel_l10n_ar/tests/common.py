from odoo.tests import tagged

from odoo.addons.l10n_ar_padron.tests.common import PadronWire
from odoo.addons.test_channel.lib.remote import PAYLOAD
from odoo.addons.test_channel.tests.common import FakeCase

FIELD = "l10n_ar_afip_responsibility_type_id"
RI, MONO, EXEMPT = "30500010912", "20305678903", "30678901233"


@tagged("post_install", "-at_install", "post_install_l10n")
class FiscalCase(PadronWire, FakeCase):
    """The fake channel of a company that asks ARCA; both wires are faked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.certificate = cls.make_asking(cls.company)

    def person_with(self, kind="", number="", buyer="700", label=""):
        """A buyer of the fake channel who has a document, or none."""
        return {
            **PAYLOAD["buyer"],
            "id": buyer,
            "document": [kind, number] if number else None,
            "taxpayer": label,
        }

    def bring_from(self, kind="", number="", label="", buyer="700", **changes):
        """Let an order of a buyer with a document come in; its inbox row."""
        return self.bring(buyer=self.person_with(kind, number, buyer, label), **changes)

    @staticmethod
    def cuit(serial):
        """A valid CUIT of an invented company."""
        digits = f"30{70000000 + serial}"
        weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
        rest = -sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
        return f"{digits}{rest}" if rest < 10 else FiscalCase.cuit(serial + 10_000)

    def ask_arca(self, partner):
        """Press the button; tickets are read by cursors of their own."""
        with self.enter_registry_test_mode():
            partner.action_l10n_ar_padron_update()
        self.env.invalidate_all()

    def post(self, invoice):
        """Post; the first of a document type needs its number."""
        if not invoice.highest_name:
            invoice.l10n_latam_document_number = "1-1"
        invoice.action_post()

    def run_look_ups(self):
        """Let the scheduled look-ups run after their pauses."""
        partners = self.env["res.partner"].search(
            [("l10n_ar_padron_due_at", "!=", False)]
        )
        partners.filtered(
            "l10n_ar_fiscal_pending"
        ).l10n_ar_padron_due_at = "2026-01-01 00:00:00"
        pauses = self.env["partner.registration.pause"].search([])
        pauses.until = "2026-01-01 00:00:00"
        tickets = self.env["l10n_ar.arca.ticket"].search([("problem", "!=", False)])
        tickets.retry_at = "2026-01-01 00:00:00"
        with self.enter_registry_test_mode():
            self.env.ref("partner_registry.ir_cron_look_up").method_direct_trigger()
        self.env.invalidate_all()

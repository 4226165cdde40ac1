from odoo.tests import tagged

from odoo.addons.l10n_ar_padron.tests.common import PadronWire
from odoo.addons.test_channel.lib.fake import PAYLOAD
from odoo.addons.test_channel.tests.common import FakeCase

RI, MONO, EXEMPT = "30500010912", "20305678903", "30678901233"


@tagged("post_install", "-at_install", "post_install_l10n")
class FiscalCase(PadronWire, FakeCase):
    """The fake channel of a company that asks ARCA; both wires are faked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.certificate = cls.make_asking(cls.company)

    def bring_from(self, *document, label="", buyer="700", **changes):
        """Let an order of a buyer with a document come in; its inbox row."""
        person = {
            **PAYLOAD["buyer"],
            "id": buyer,
            "document": list(document),
            "taxpayer": label,
        }
        return self.bring(buyer=person, **changes)

    def run_look_ups(self):
        """Let the scheduled look-ups run after their pauses."""
        partners = self.env["res.partner"].search(
            [("l10n_ar_padron_due_at", "!=", False)]
        )
        partners.filtered(
            "l10n_ar_fiscal_pending"
        ).l10n_ar_padron_due_at = "2026-01-01 00:00:00"
        tickets = self.env["l10n_ar.arca.ticket"].search([("problem", "!=", False)])
        tickets.retry_at = "2026-01-01 00:00:00"
        with self.enter_registry_test_mode():
            self.env.ref("l10n_ar_padron.ir_cron_refresh").method_direct_trigger()
        self.env.invalidate_all()

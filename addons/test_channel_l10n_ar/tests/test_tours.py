from odoo.tests import HttpCase, tagged

from odoo.addons.l10n_ar_padron.tests.common import person
from odoo.addons.test_channel.lib.remote import PAYLOAD
from odoo.addons.test_channel.tests.common import AlwaysInTestMode

from .common import EXEMPT, MONO, RI, FiscalCase

BUYERS = (
    ("INSCRIPTA", ["CUIT", RI]),
    ("MONOTRIBUTISTA", ["CUIT", MONO]),
    ("EXENTA", ["CUIT", EXEMPT]),
    ("CONSUMIDORA", ["DNI", "30111222"]),
)


@tagged("post_install", "-at_install", "post_install_l10n")
class TestTours(AlwaysInTestMode, FiscalCase, HttpCase):
    def test_letters_of_draft_invoices(self):
        self.taxpayers[RI] = person(RI, "30")
        self.taxpayers[MONO] = person(MONO, simple="20")
        self.taxpayers[EXEMPT] = person(EXEMPT, "32")
        self.make_user(
            "contadora",
            "account.group_account_invoice",
            "sales_team.group_sale_salesman_all_leads",
        )
        for nickname, document in BUYERS:
            buyer = {**PAYLOAD["buyer"], "id": nickname, "nickname": nickname}
            self.imported(buyer={**buyer, "document": document})
        self.start_tour("/odoo/orders", "fiscal_letters", login="contadora")

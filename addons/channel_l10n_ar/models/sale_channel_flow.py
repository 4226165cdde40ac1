from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.channel_base.lib.steps import Step
from odoo.addons.channel_partner.lib import documents
from odoo.addons.l10n_ar_padron.models.partner_registration import ARCA
from odoo.addons.partner_registry.lib.errors import RegistryError
from odoo.addons.partner_registry.lib.lookup import STUBBORN

REGISTRY = "partner.registry.arca"


class SaleChannelFlow(models.Model):
    """With ``sudo``: who runs a flow need not see the company's certificate."""

    _inherit = "sale.channel.flow"

    def _enrich_steps(self, orders):
        """Also look up at ARCA who buys with a CUIT, all of the batch at once.

        When ARCA cannot be asked the orders go on: their customers are marked, their
        invoices held, and the scheduled look-up goes on trying.
        """
        yield from super()._enrich_steps(orders)
        company = self.channel_id.company_id
        if company.account_fiscal_country_id.code != "AR":
            return
        arca, findings = self.env[REGISTRY], self.env["partner.registration.finding"]
        numbers = arca._can_ask(company) and self._get_cuits(orders)
        if not numbers:
            return
        if self.env["partner.registration.pause"]._get_open(ARCA, company):
            return
        days = company.l10n_ar_padron_refresh_days
        environment = arca._get_environment(company)
        fresh = findings._find(
            ARCA,
            "",
            environment,
            numbers,
            days and fields.Datetime.now() - timedelta(days=days),
        )
        wanted = numbers - set(fresh)
        wanted = sorted(wanted - self._get_stubborn(wanted))
        if not wanted:
            return
        try:
            client = arca._connect(company)
        except RegistryError as error:
            found = {"": error}
        else:
            # No transaction is open while the network is awaited.
            yield Step.COMMIT
            found = arca._look_up(client, "", wanted)
        self._retry_conflicts(self._store_taxpayers, environment, found)
        yield Step.COMMIT

    @api.model
    def _get_cuits(self, orders):
        """CUITs in whose name orders were bought."""
        identities = [order.buyer.identity for order in orders if order.buyer.identity]
        checked = [
            documents.check(identity.document_type, identity.document_number, "AR")
            for identity in identities
        ]
        return {
            found.number
            for found in checked
            if found and found.kind == "CUIT" and not found.problem
        }

    @api.model
    def _get_stubborn(self, numbers):
        """Of CUITs, those on which ARCA fails; the scheduled look-up asks again."""
        failed = numbers and self.env["partner.registration"].sudo().search(
            [
                ("registry", "=", ARCA),
                ("number", "in", list(numbers)),
                ("failures", ">", 0),
            ]
        )
        return {row.number for row in failed if row._is_stubborn()}

    def _store_taxpayers(self, environment, found):
        """Keep what ARCA answered; when it is ill it is left alone for a while."""
        taxpayers = [t for t in found.values() if not isinstance(t, RegistryError)]
        findings = self.env["partner.registration.finding"]
        findings._store(ARCA, "", environment, taxpayers)
        outages = [
            error
            for error in found.values()
            if isinstance(error, RegistryError) and error.code not in STUBBORN
        ]
        if outages and not taxpayers:
            self.env["partner.registration.pause"]._note(
                ARCA, "", self.channel_id.company_id, outages[0]
            )

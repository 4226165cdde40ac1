from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.channel_base.lib.steps import Step
from odoo.addons.l10n_ar_padron.lib.errors import ArcaError
from odoo.addons.l10n_ar_padron.lib.lookup import STUBBORN

# After ARCA could not be reached: one batch of orders has waited for it already.
PAUSE = timedelta(minutes=5)


class SaleChannelFlow(models.Model):
    _inherit = "sale.channel.flow"

    def _enrich_steps(self, rows):
        """Also look up at ARCA who buys with a CUIT, all of the batch at once.

        When ARCA cannot be asked the orders go on: their customers are marked, their
        invoices held, and the scheduled look-up goes on trying.
        """
        yield from super()._enrich_steps(rows)
        company = self.channel_id.company_id
        if company.account_fiscal_country_id.code != "AR":
            return
        certificate = company.sudo().l10n_ar_arca_certificate_id
        now = fields.Datetime.now()
        paused = certificate.unavailable_until
        if not certificate or (paused and paused > now):
            return
        answers = self.env["l10n_ar.padron.answer"]
        numbers = rows._get_cuits()
        days = company.l10n_ar_padron_refresh_days
        fresh = answers._find(
            certificate.environment, numbers, days and now - timedelta(days=days)
        )
        wanted = sorted(numbers - set(fresh) - self._get_stubborn(numbers))
        if not wanted:
            return
        try:
            registry = certificate._get_registry()
        except ArcaError as error:
            found = {"": error}
        else:
            # No transaction is open while the network is awaited.
            yield Step.COMMIT
            found = answers._ask(registry, wanted)
        self._retry_conflicts(self._store_taxpayers, certificate, found)
        yield Step.COMMIT

    @api.model
    def _get_stubborn(self, numbers):
        """Of CUITs, those on which ARCA fails; the scheduled look-up asks again."""
        failed = (
            self.env["res.partner"]
            .sudo()
            .search([("vat", "in", list(numbers)), ("l10n_ar_padron_failures", ">", 0)])
        )
        return {
            partner.vat
            for partner in failed
            if (partner.l10n_ar_padron_problem or [None])[0] in STUBBORN
        }

    def _store_taxpayers(self, certificate, found):
        """Keep what ARCA answered; when it is ill it is left alone for a while."""
        taxpayers = [t for t in found.values() if not isinstance(t, ArcaError)]
        self.env["l10n_ar.padron.answer"]._store(certificate.environment, taxpayers)
        errors = {e.code for e in found.values() if isinstance(e, ArcaError)}
        if not taxpayers and not errors <= STUBBORN:
            certificate.unavailable_until = fields.Datetime.now() + PAUSE

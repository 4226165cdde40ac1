import logging

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.errors import ArcaError
from ..lib.lookup import STUBBORN
from ..lib.registry import LIST_LIMIT
from .l10n_ar_padron_lookup_mixin import CONFLICTS, KEPT_FOR

_logger = logging.getLogger(__name__)


class PadronRefreshMixin(models.AbstractModel):
    """The scheduled look-ups of contacts."""

    _name = "l10n_ar.padron.refresh.mixin"
    _description = "Scheduled Look-Up at ARCA of a Contact"

    @api.model
    def _cron_l10n_ar_padron(self):
        """Look up who is due, in the batches that ARCA takes at once."""
        cron, left = self.env["ir.cron"], self.browse()
        companies = self._l10n_ar_get_asking_companies()
        domains = [
            (company, self._l10n_ar_get_due_domain(company, shared=index == 0))
            for index, company in enumerate(companies)
        ] or [(self.env["res.company"], self._l10n_ar_get_due_domain())]
        for company, domain in domains:
            while partners := self.search(
                domain & Domain("id", "not in", left.ids),
                limit=LIST_LIMIT,
                order="l10n_ar_padron_due_at, id",
            ):
                own = partners.with_company(company or self.env.company)
                lang = company.partner_id.lang or self.env.lang
                left |= own.with_context(lang=lang)._l10n_ar_padron_refresh(company)
                if not cron._commit_progress(len(partners)):
                    self._l10n_ar_padron_wake()
                    return
        if left:
            self._l10n_ar_padron_wake()
        self._l10n_ar_plan_next()

    @api.model
    def _l10n_ar_get_asking_companies(self):
        """Companies with a certificate; one that works comes first, for the others."""
        companies = self.env["res.company"].search(
            [("l10n_ar_arca_certificate_id", "!=", False)], order="id"
        )
        return companies.sorted(
            lambda company: bool(company.l10n_ar_arca_certificate_id._get_own_problem())
        )

    @api.model
    def _l10n_ar_get_due_domain(self, company=None, shared=True):
        """Who is due and looked up with a company's certificate.

        :param company: None for everybody, when no company can ask
        :param shared: whether also those of no company, or of one without certificate
        """
        due = Domain("l10n_ar_padron_due_at", "<=", fields.Datetime.now())
        if not company:
            return due
        mine = Domain("company_id", "=", company.id)
        if shared:
            mine |= Domain("company_id", "=", False) | Domain(
                "company_id.l10n_ar_arca_certificate_id", "=", False
            )
        return mine & due

    def _l10n_ar_padron_refresh(self, company):
        """Look these customers up; every failure ends on its own customer.

        :return: those whose answer could not be written, because somebody else was
            writing them
        """
        certificate = company.sudo().l10n_ar_arca_certificate_id
        gone = self.filtered(
            lambda partner: (
                not partner._l10n_ar_get_cuit()
                or partner.commercial_partner_id != partner
            )
        )
        gone.write({"l10n_ar_padron_due_at": False})
        partners = self - gone
        environment = certificate.environment or ""
        kept = partners._l10n_ar_get_kept(environment)
        numbers = {partner._l10n_ar_get_cuit() for partner in partners}
        found = partners._l10n_ar_padron_ask(certificate, sorted(numbers - set(kept)))
        return partners._l10n_ar_save(environment, found, kept)

    def _l10n_ar_get_kept(self, environment):
        """What ARCA said lately about the numbers of those who were never looked up."""
        new, again = set(), set()
        for partner in self:
            numbers = again if partner.l10n_ar_padron_answer_id else new
            numbers.add(partner._l10n_ar_get_cuit())
        since = fields.Datetime.now() - KEPT_FOR
        answers = self.env["l10n_ar.padron.answer"]
        return answers._find(environment, new - again, newer_than=since)

    def _l10n_ar_padron_ask(self, certificate, numbers):
        """Ask ARCA with no transaction open; see ``l10n_ar.padron.answer._ask``."""
        if not numbers:
            return {}
        try:
            registry = certificate._get_registry()
        except ArcaError as error:
            return dict.fromkeys(numbers, error)
        alone = {
            partner._l10n_ar_get_cuit()
            for partner in self
            if (partner.l10n_ar_padron_problem or [None])[0] in STUBBORN
        }
        # Whatever is written while the network is awaited is seen afterwards.
        self.env["ir.cron"]._commit_progress()
        return self.env["l10n_ar.padron.answer"]._ask(registry, numbers, alone)

    def _l10n_ar_save(self, environment, found, kept):
        """Write what was found out, half by half when somebody else is in the way.

        :param found: see ``l10n_ar.padron.answer._ask``
        :param kept: dict CUIT → answer that needs no asking
        :return: the customers that could not be written
        """
        if not self:
            return self
        numbers = {partner._l10n_ar_get_cuit() for partner in self}
        mine = {n: item for n, item in found.items() if n in numbers}
        try:
            self._l10n_ar_padron_settle(environment, mine)
            self._l10n_ar_padron_apply(kept)
            self.env["ir.cron"]._commit_progress()
            return self.browse()
        # Whatever somebody's rule says about one customer must not hold the others.
        except Exception as error:  # noqa: BLE001 - it ends on the guilty one
            self.env.cr.rollback()
            self.env.invalidate_all()
            if len(self) == 1:
                return self._l10n_ar_give_up(error)
        middle = len(self) // 2
        first = self[:middle]._l10n_ar_save(environment, found, kept)
        return first | self[middle:]._l10n_ar_save(environment, found, kept)

    def _l10n_ar_give_up(self, error):
        """Put a customer off on whom an answer cannot be written.

        :return: the customer, when it was somebody else who was in the way
        """
        if isinstance(error, CONFLICTS):
            return self
        _logger.warning("ARCA's answer about partner %s: %s", self.id, error)
        problem = ArcaError("not_applied", detail=str(error))
        try:
            self._l10n_ar_padron_fail(problem)
            self.env["ir.cron"]._commit_progress()
        except CONFLICTS:
            self.env.cr.rollback()
            self.env.invalidate_all()
            return self
        return self.browse()

    @api.model
    def _l10n_ar_plan_next(self):
        """Leave a trigger for the next one who was put off after a failure."""
        soonest = self.search(
            [
                ("l10n_ar_padron_due_at", ">", fields.Datetime.now()),
                ("l10n_ar_padron_failures", ">", 0),
            ],
            order="l10n_ar_padron_due_at",
            limit=1,
        )
        if soonest:
            cron = self.env.ref("l10n_ar_padron.ir_cron_refresh").sudo()
            cron._trigger(soonest.l10n_ar_padron_due_at)

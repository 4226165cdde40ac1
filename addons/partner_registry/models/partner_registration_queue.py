import logging
from datetime import timedelta

from psycopg2.errors import (
    DeadlockDetected,
    LockNotAvailable,
    SerializationFailure,
)

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain

from ..lib.errors import RegistryError
from ..lib.lookup import STUBBORN

_logger = logging.getLogger(__name__)

# How long who asks is taken to be alive; longer than a look-up goes on.
LEASE = timedelta(minutes=10)
# Who was never looked up takes what was said lately about somebody else with the same
# number; who asks again is asked about.
KEPT_FOR = timedelta(days=1)
# What another transaction may do to one that writes the same rows.
CONFLICTS = (
    ConcurrencyError,
    DeadlockDetected,
    LockNotAvailable,
    SerializationFailure,
)


class PartnerRegistrationQueue(models.AbstractModel):
    """The scheduled look-ups: claims what is due, asks, writes what was said."""

    _name = "partner.registration.queue"
    _description = "Queue of Registrations"

    @api.model
    def _run(self):
        """Look up what is due at every registry."""
        cron, rows = self.env["ir.cron"], self.env["partner.registration"]
        left = rows.browse()
        for provider in rows._get_registries():
            companies = provider._get_companies()
            for company in companies:
                while claimed := self._claim(provider, companies, company, left):
                    lang = company.partner_id.lang or self.env.lang
                    own = claimed.with_company(company).with_context(lang=lang)
                    left |= self._look_up(provider, company, own)
                    if not cron._commit_progress(len(claimed)):
                        rows._wake()
                        return
        if left:
            rows._wake()
        self._plan_next()

    @api.model
    def _get_due_domain(self, provider, companies, company):
        """What is due and asked by a company.

        :param companies: all that can ask; the first one asks for the others
        """
        now = fields.Datetime.now()
        mine = Domain("company_id", "=", company.id)
        if company == companies[0]:
            mine |= Domain("company_id", "not in", companies.ids)
        domain = (
            Domain("registry", "=", provider._get_name())
            & Domain("due_at", "<=", now)
            & Domain("partner_id.active", "=", True)
            & (Domain("claimed_until", "=", False) | Domain("claimed_until", "<=", now))
            & mine
        )
        pauses = self.env["partner.registration.pause"]
        for scope in pauses._get_open(provider._get_name(), company):
            domain &= Domain("scope", "!=", scope)
        return domain

    @api.model
    def _claim(self, provider, companies, company, left):
        """Take what is due, so that nobody else asks about it meanwhile; commits.

        Of one scope: the lease is as long as one look-up may take.

        :param left: what was tried already
        """
        rows = self.env["partner.registration"]
        domain = self._get_due_domain(provider, companies, company)
        domain &= Domain("id", "not in", left.ids)
        first = rows.search(domain, limit=1, order="due_at, id")
        if not first:
            return first
        rows = rows.search(
            domain & Domain("scope", "=", first.scope),
            limit=provider._get_limit(),
            order="due_at, id",
        )
        try:
            rows = rows.try_lock_for_update(allow_referencing=True)
            rows.write({"claimed_until": fields.Datetime.now() + LEASE})
            self.env["ir.cron"]._commit_progress()
        except CONFLICTS:
            # Another worker was faster; the next run sees what it left.
            self._roll_back()
            self.env["partner.registration"]._wake()
            return rows.browse()
        return rows

    @api.model
    def _look_up(self, provider, company, rows):
        """Look claimed registrations up; every failure ends on its own row.

        :param rows: of one scope
        :return: those that are still due
        """
        until, scope = rows[:1].claimed_until, rows[:1].scope
        held = self._write_apart(rows, lambda part: self._note_numbers(part, until))
        own = rows.filtered(lambda row: row.claimed_until == until) - held
        if not own:
            self._commit(lambda: self._release(held, until))
            return held
        environment = provider._get_environment(company)
        kept = self._get_kept(environment, own)
        numbers = sorted(set(own.mapped("number")) - set(kept))
        found = self._ask(provider, company, scope, own, numbers)
        held |= self._save(environment, own, found, kept)
        left = held | self._put_off(company, scope, own - held, found)
        self._commit(lambda: self._release(left, until))
        return left

    @api.model
    def _note_numbers(self, rows, until):
        """Note the numbers that customers have now; who has none is not asked about.

        :param until: end of the lease; who has another number is asked about at once
        """
        rows._renumber()
        gone = rows.filtered(
            lambda row: (
                not row.number or row.partner_id.commercial_partner_id != row.partner_id
            )
        )
        gone.write({"due_at": False, "claimed_until": False})
        (rows - gone).write({"claimed_until": until})

    @api.model
    def _release(self, rows, until):
        """Give claimed registrations back, unless somebody else has them by now.

        :param until: end of the lease when they were claimed
        """
        mine = rows.filtered(lambda row: row.claimed_until == until)
        mine.write({"claimed_until": False})

    @api.model
    def _get_kept(self, environment, rows):
        """What was said lately about the numbers of those never looked up."""
        again = {row.number for row in rows if row.finding_id}
        return self.env["partner.registration.finding"]._find(
            rows[0].registry,
            rows[0].scope,
            environment,
            set(rows.mapped("number")) - again,
            newer_than=fields.Datetime.now() - KEPT_FOR,
        )

    @api.model
    def _ask(self, provider, company, scope, rows, numbers):
        """Ask with no transaction open; see ``partner.registry._look_up``."""
        if not numbers:
            return {}
        alone = {row.number for row in rows if row._is_stubborn()}
        try:
            client = provider._connect(company)
        except RegistryError as error:
            return dict.fromkeys(numbers, error)
        # Whatever is written while the network is awaited is seen afterwards.
        self.env["ir.cron"]._commit_progress()
        return provider._look_up(client, scope, numbers, alone)

    @api.model
    def _save(self, environment, rows, found, kept):
        """Write what was said.

        :param found: see ``partner.registry._look_up``
        :param kept: dict number → finding that needs no asking
        :return: the rows that could not be written
        """

        def write(part):
            numbers = set(part.mapped("number"))
            mine = {number: item for number, item in found.items() if number in numbers}
            part._settle(environment, mine)
            part._apply(kept)

        return self._write_apart(rows, write)

    @api.model
    def _write_apart(self, rows, write):
        """Write rows, half by half when somebody else is in the way.

        :param write: function of some of the rows
        :return: the rows that could not be written
        """
        if not rows:
            return rows
        try:
            write(rows)
            self.env["ir.cron"]._commit_progress()
            return rows.browse()
        # Whatever somebody's rule says about one customer must not hold the others.
        except Exception as error:  # noqa: BLE001 - it ends on the guilty one
            self._roll_back()
            if len(rows) == 1:
                return self._give_up(rows, error)
        middle = len(rows) // 2
        first = self._write_apart(rows[:middle], write)
        return first | self._write_apart(rows[middle:], write)

    @api.model
    def _give_up(self, row, error):
        """Put a registration off on which a finding cannot be written.

        :return: it, when it was somebody else who was in the way
        """
        if not isinstance(error, CONFLICTS):
            _logger.warning("What was found about registration %s: %s", row.id, error)
            try:
                row._fail(RegistryError("not_applied", str(error)))
                self.env["ir.cron"]._commit_progress()
                return row.browse()
            except CONFLICTS:
                self._roll_back()
        return row

    @api.model
    def _put_off(self, company, scope, rows, found):
        """Leave due what the registry said nothing about; one that is ill pauses.

        :return: those rows
        """
        outage, unasked = None, set()
        for number, item in found.items():
            if isinstance(item, RegistryError) and item.code not in STUBBORN:
                unasked.add(number)
                if item.code != "postponed":
                    outage = item
        unsaid = rows.filtered(lambda row: row.number in unasked)
        pauses = self.env["partner.registration.pause"]
        key = (rows[:1].registry, scope, company)

        def write():
            if outage:
                pauses._note(*key, outage)
            elif len(unasked) < len(found):
                pauses._lift(*key)
            unsaid.filtered(lambda row: not row.state).write({"state": "pending"})

        self._commit(write)
        return unsaid

    @api.model
    def _commit(self, write):
        """Write something that may as well wait until the lease ends."""
        try:
            write()
            self.env["ir.cron"]._commit_progress()
        except CONFLICTS:
            self._roll_back()

    @api.model
    def _plan_next(self):
        """Leave a trigger for the next one put off, and the next pause's end."""
        now, rows = fields.Datetime.now(), self.env["partner.registration"]
        waiting = [
            ("due_at", ">", now),
            ("failures", ">", 0),
            ("partner_id.active", "=", True),
        ]
        soonest = rows.search(waiting, order="due_at", limit=1)
        pause = self.env["partner.registration.pause"].search(
            [("until", ">", now)], order="until", limit=1
        )
        for moment in filter(None, (soonest.due_at, pause.until)):
            rows._wake(moment)

    @api.model
    def _roll_back(self):
        self.env.cr.rollback()
        self.env.invalidate_all()

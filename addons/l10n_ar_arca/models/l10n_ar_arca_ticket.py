import logging
from datetime import datetime, timedelta, timezone

from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import SUPERUSER_ID, api, fields, models
from odoo.modules.registry import Registry
from odoo.tools import SQL

from ..lib.errors import ArcaError
from ..lib.wsaa import Ticket, login

_logger = logging.getLogger(__name__)

RENEWAL_MARGIN = timedelta(minutes=10)
# What is left of a ticket's life counts while WSAA gives no new one.
LAST_MARGIN = timedelta(minutes=1)
# Longer than a login may take, repeated connections included.
LOCK_SECONDS = 90
LOCK_TRIES = 5
# WSAA wants no repetition within a minute; a ticket that somebody else has is not
# given again before its retention is over, ten minutes in homologation.
WAIT = timedelta(seconds=60)
LONG_WAIT = timedelta(minutes=10)
# WSAA has given a ticket that is still valid: to us, or to somebody else.
HELD = "ticket_elsewhere"
LONG_WAIT_CODES = {HELD}


class ArcaTicket(models.Model):
    """Access ticket of one certificate for one service, shared by all processes.

    WSAA gives a ticket once and it is valid for twelve hours: losing it means waiting.
    So it is written in a cursor of its own and committed before it is used.

    With ``sudo``: tickets are the server's, shared by all processes.
    """

    _name = "l10n_ar.arca.ticket"
    _description = "ARCA Access Ticket"
    _rec_name = "service"

    environment = fields.Char(required=True)
    fingerprint = fields.Char(required=True, help="Of the certificate.")
    service = fields.Char(required=True)
    token = fields.Char()
    sign = fields.Char()
    expires_at = fields.Datetime()
    problem = fields.Char(help="Why the last login failed.")
    problem_detail = fields.Char()
    # Empty together with a problem: nothing changes until a person does something.
    retry_at = fields.Datetime()

    _key_uniq = models.Constraint(
        "UNIQUE (environment, fingerprint, service)", "There is such a ticket already."
    )

    @api.model
    def _make_reader(self, key, credentials):
        """A function that gives tickets, for any thread; see
        :data:`..lib.client.GetTicket`.

        :param key: values of ``environment`` and ``fingerprint``
        :param credentials: address of WSAA, private key and certificate
        """
        dbname, cache, session = self.env.cr.dbname, {}, credentials["session"]

        def get_ticket(service, refused):
            stale = cache[service].token if refused and service in cache else None
            if service not in cache or refused:

                def ask():
                    return login(
                        credentials["url"],
                        session,
                        service,
                        credentials["key"],
                        credentials["certificate"],
                        datetime.now(timezone.utc),
                    )

                with Registry(dbname).cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    cache[service] = env[self._name]._obtain(
                        {**key, "service": service}, ask, stale
                    )
            return cache[service]

        return get_ticket

    @api.model
    def _obtain(self, key, ask, stale=None):
        """The ticket in force, or a new one; only in a cursor of its own.

        :param key: environment, fingerprint and service
        :param ask: logs in and answers a :class:`Ticket`
        :param stale: token that the service has just refused
        :raises ArcaError: there is none, and when to ask again
        """
        for _attempt in range(LOCK_TRIES):
            try:
                row = self._get_row(key)
                ticket = row._read_ticket(stale)
                if ticket:
                    return ticket
                row._lock()
            except SerializationFailure:
                # Somebody else has just made or renewed it: read again.
                self._start_again()
                continue
            except LockNotAvailable:
                break
            row.invalidate_recordset()
            return row._read_ticket(stale) or row._renew(ask, stale)
        raise ArcaError("ticket_busy", retryable=True)

    @api.model
    def _get_row(self, key):
        """The row of a key, made and committed if it is new."""
        domain = [(name, "=", value) for name, value in key.items()]
        row = self.search(domain)
        if not row:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO l10n_ar_arca_ticket (environment, fingerprint, "
                    "service) VALUES (%(environment)s, %(fingerprint)s, %(service)s) "
                    "ON CONFLICT DO NOTHING",
                    **key,
                ),
                log_exceptions=False,
            )
            self._commit()
            row = self.search(domain)
        return row

    def _lock(self):
        self.env.cr.execute(SQL("SET LOCAL lock_timeout = %s", f"{LOCK_SECONDS}s"))
        self.env.cr.execute(
            SQL(
                "SELECT id FROM l10n_ar_arca_ticket WHERE id = %s FOR NO KEY UPDATE",
                self.id,
            ),
            log_exceptions=False,
        )

    def _read_ticket(self, stale):
        """The row's ticket, None when one has to be asked for.

        :raises ArcaError: it is too early to ask again
        """
        if self._is_usable() and self.token != stale:
            return Ticket(self.token, self.sign, self.expires_at)
        if self._is_waiting():
            raise ArcaError(
                self.problem,
                retryable=bool(self.retry_at),
                detail=self.problem_detail or "",
            )
        return None

    def _is_waiting(self):
        """Whether it is too early to ask for another ticket."""
        retry_at = self.retry_at
        return bool(self.problem) and (not retry_at or retry_at > fields.Datetime.now())

    def _is_usable(self):
        """Whether there is a ticket that can be asked with."""
        margin = LAST_MARGIN if self._is_waiting() else RENEWAL_MARGIN
        return bool(self.token) and self.expires_at - fields.Datetime.now() > margin

    def _renew(self, ask, stale=None):
        """Log in and commit the ticket, or the reason why there is none.

        A ticket that the service refused is kept: WSAA gives no other one as long as
        it holds that one for good, and it knows better than a service that may be ill.

        :raises ArcaError: there is none, and the last one is not valid any more
        """
        try:
            ticket = ask()
        except ArcaError as error:
            _logger.info("login of %s: %s", self.service, error.code)
            wait = LONG_WAIT if error.code in LONG_WAIT_CODES else WAIT
            held = error.code == HELD and self.token and self.token == stale
            self.write(
                {
                    "problem": "ticket_refused" if held else error.code,
                    "problem_detail": error.detail,
                    "retry_at": error.retryable and fields.Datetime.now() + wait,
                }
            )
            self._commit()
            return self._read_ticket(stale)
        self.write(
            {
                "token": ticket.token,
                "sign": ticket.sign,
                "expires_at": ticket.expires_at.replace(microsecond=0),
                "problem": False,
                "problem_detail": False,
                "retry_at": False,
            }
        )
        self._commit()
        return ticket

    @api.model
    def _forget_problems(self, key):
        """A person says that the cause is mended: ask again."""
        rows = self.sudo().search([(name, "=", value) for name, value in key.items()])
        rows.write({"problem": False, "problem_detail": False, "retry_at": False})

    def _start_again(self):
        self.env.cr.rollback()
        self.env.invalidate_all()

    def _commit(self):
        # The cursor was opened for this alone: see _make_reader.
        self.env.cr.commit()  # pylint: disable=invalid-commit

    @api.autovacuum
    def _gc_tickets(self):
        """Delete tickets of certificates that nobody uses any more."""
        limit = fields.Datetime.now() - timedelta(days=30)
        old = self.search([("expires_at", "<", limit)], limit=1000)
        old.unlink()
        return len(old), len(old) == 1000

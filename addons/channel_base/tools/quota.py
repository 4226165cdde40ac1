"""The row that holds what all processes may call together."""

import logging
from dataclasses import dataclass

import psycopg2

from odoo.sql_db import PoolError, db_connect
from odoo.tools import SQL

from ..lib.ratelimit import Bucket, burst_of

_logger = logging.getLogger(__name__)

LOCK_SECONDS = 2


@dataclass(frozen=True)
class AccountQuota:
    """A :class:`~..lib.ratelimit.Quota` kept in ``sale.channel.quota``.

    Any thread may ask, in the middle of any transaction: each question is a short one
    of its own, on a connection of its own, and waits for a lock for two seconds at
    most. A channel that nobody has committed yet has no row.
    """

    dbname: str
    channel_id: int
    environment: str

    def take(self, maximum, wanted, succeeded, patience):
        def change(bucket, now):
            bucket.succeed(succeeded)
            return bucket.grant(now, wanted, patience)

        return self._change(maximum, change)

    def throttle(self, maximum, after):
        def change(bucket, now):
            bucket.throttle(now, after)
            return bucket.grant(now, 0, 0.0)

        return self._change(maximum, change)

    def _change(self, maximum, change):
        """Let a function change the bucket; its answer, None without a bucket."""
        try:
            # The registry's cursors are one and the same in some tests.
            with db_connect(self.dbname).cursor() as cr:
                # Who waited for the row has to see what was written meanwhile.
                self._execute(cr, SQL("SET TRANSACTION ISOLATION LEVEL READ COMMITTED"))
                self._execute(
                    cr, SQL("SET LOCAL lock_timeout = %s", f"{LOCK_SECONDS}s")
                )
                found = self._lock(cr)
                if not found:
                    self._make(cr, maximum)
                    found = self._lock(cr)
                if not found:
                    return None
                bucket, now = found
                bucket.allow(maximum)
                answer = change(bucket, now)
                self._store(cr, bucket)
                return answer
        except (psycopg2.Error, PoolError) as error:
            _logger.info("the quota of channel %s: %s", self.channel_id, error)
            return None

    @staticmethod
    def _execute(cr, query):
        cr.execute(query, log_exceptions=False)

    def _lock(self, cr):
        """The bucket and the time on the database's clock, the row being locked."""
        where = SQL(
            "channel_id = %s AND environment = %s", self.channel_id, self.environment
        )
        self._execute(
            cr, SQL("SELECT FROM sale_channel_quota WHERE %s FOR NO KEY UPDATE", where)
        )
        self._execute(
            cr,
            SQL(
                """
                SELECT maximum / 60, rate / 60, tokens,
                       extract(epoch FROM counted_at)::float8,
                       coalesce(extract(epoch FROM blocked_until), 0)::float8,
                       extract(epoch FROM clock_timestamp())::float8
                  FROM sale_channel_quota WHERE %s
                """,
                where,
            ),
        )
        row = cr.fetchone()
        if not row:
            return None
        maximum, rate, tokens, counted_at, blocked_until, now = row
        burst = burst_of(maximum)
        return Bucket(maximum, rate, burst, tokens, counted_at, blocked_until), now

    def _make(self, cr, maximum):
        """Make the row of a channel that there is."""
        self._execute(
            cr,
            SQL(
                """
                INSERT INTO sale_channel_quota
                            (channel_id, environment, maximum, rate, tokens, counted_at)
                SELECT id, %(environment)s, %(rate)s, %(rate)s, %(burst)s,
                       clock_timestamp() AT TIME ZONE 'UTC'
                  FROM sale_channel WHERE id = %(channel)s
                    ON CONFLICT DO NOTHING
                """,
                environment=self.environment,
                rate=maximum * 60,
                burst=burst_of(maximum),
                channel=self.channel_id,
            ),
        )

    def _store(self, cr, bucket):
        is_blocked = bucket.blocked_until > bucket.counted_at
        self._execute(
            cr,
            SQL(
                """
                UPDATE sale_channel_quota
                   SET maximum = %s, rate = %s, tokens = %s,
                       counted_at = to_timestamp(%s) AT TIME ZONE 'UTC',
                       blocked_until = to_timestamp(%s) AT TIME ZONE 'UTC'
                 WHERE channel_id = %s AND environment = %s
                """,
                bucket.maximum * 60,
                bucket.rate * 60,
                bucket.tokens,
                bucket.counted_at,
                bucket.blocked_until if is_blocked else None,
                self.channel_id,
                self.environment,
            ),
        )

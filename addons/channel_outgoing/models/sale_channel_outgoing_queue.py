from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.dry_run import AWAITS, UNTRIED

EXHAUSTED = "attempts_exhausted"
# States of rows that the channel did not take as it was asked
LOOKED_AT = ("kept", "asks")
# Where a million rows wait, nobody counts them for a card.
COUNT_LIMIT = 10_000
# Word by word as in the index
WAITING = (
    "sync_state = 'pending'"
    f" AND (error_code IS NULL OR error_code NOT IN ('{AWAITS}', '{UNTRIED}'))"
)


class SaleChannelOutgoingQueue(models.AbstractModel):
    """Which rows of a family wait, since when, and what lets them go on.

    Methods take rows of the family, maybe none, as ``rows``.

    With ``sudo``: rows of the outbox are the server's; a button checks first who
    presses it.
    """

    _name = "sale.channel.outgoing.queue"
    _description = "What Waits to Go Out"

    @api.model
    def _count_open(self, rows, channels):
        """As it is counted for cards: in the partial indexes, not beyond the limit."""
        counts = {
            (channel.id, "pending"): self._count_pending(rows, channel)
            for channel in channels
        }
        stopped = rows._read_group(
            [
                ("channel_id", "in", channels.ids),
                ("sync_state", "in", ("error", "blocked", "by_hand", "asks")),
            ],
            ["channel_id", "sync_state"],
            ["__count"],
        )
        counts.update(((c.id, state), count) for c, state, count in stopped)
        return counts

    @api.model
    def _count_pending(self, rows, channel, condition="sync_state = 'pending'"):
        """How many rows of a channel are to be sent, at most ``COUNT_LIMIT``."""
        rows.flush_model(["channel_id", "sync_state", "error_code"])
        found = rows.env.execute_query(
            SQL(
                """
                SELECT count(*)
                  FROM (SELECT 1 FROM %s WHERE channel_id = %s AND %s LIMIT %s) AS found
                """,
                SQL.identifier(rows._table),
                channel.id,
                SQL(condition),
                COUNT_LIMIT,
            )
        )
        return found[0][0]

    @api.model
    def _get_waiting_since(self, rows, channels):
        rows.flush_model(["channel_id", "sync_state", "error_code", "waiting_since"])
        found = rows.env.execute_query(
            SQL(
                """
                SELECT channel, oldest.waiting_since
                  FROM unnest(%s::integer[]) AS channel
                 CROSS JOIN LATERAL (
                       SELECT waiting_since FROM %s
                        WHERE channel_id = channel AND %s
                        ORDER BY waiting_since LIMIT 1) AS oldest
                """,
                channels.ids,
                SQL.identifier(rows._table),
                SQL(WAITING),
            )
        )
        return dict(found)

    @api.model
    def _get_next_due(self, rows, channel):
        """As the rows are claimed: by kind and operation, each in its index."""
        kinds, operations = zip(
            *(
                (kind.code, operation)
                for operation, kind in rows._outgoing_family.order
            ),
            strict=True,
        )
        rows.flush_model()
        found = rows.env.execute_query(
            SQL(
                """
                SELECT min(due.next_attempt_at)
                  FROM unnest(%(kinds)s::varchar[], %(operations)s::varchar[])
                       AS pair (kind, operation)
                 CROSS JOIN LATERAL (
                       SELECT next_attempt_at FROM %(table)s AS waiting
                        WHERE channel_id = %(channel)s AND waiting.kind = pair.kind
                          AND waiting.operation = pair.operation
                          AND sync_state = 'pending'
                        ORDER BY next_attempt_at LIMIT 1) AS due
                """,
                kinds=list(kinds),
                operations=list(operations),
                table=SQL.identifier(rows._table),
                channel=channel.id,
            )
        )
        return found[0][0] or False

    @api.model
    def _find_given_up(self, rows, channel, **options):
        """Rows that were tried so often that only a full run begins with them anew."""
        domain = [
            ("channel_id", "=", channel.id),
            ("sync_state", "=", "error"),
            ("error_code", "=", EXHAUSTED),
        ]
        return rows.sudo().search(domain, **options)

    @api.model
    def _get_given_up_since(self, rows, channel):
        """Since when the oldest of them waits (naive UTC); False for none."""
        return self._find_given_up(
            rows, channel, order="waiting_since", limit=1
        ).waiting_since

    @api.model
    def _try_given_up(self, rows, channel):
        """Begin with them anew; they are as late as before."""
        given_up = self._find_given_up(rows, channel)
        values = given_up._prepare_retry_values()
        del values["waiting_since"]
        given_up.write(values)

    @api.model
    def _look_again(self, rows, channel, everything=False):
        """Try rows that the channel did not take, when their time has come.

        Their reason stays, so that the writer can be careful with them.
        """
        domain = [("channel_id", "=", channel.id), ("sync_state", "in", LOOKED_AT)]
        if not everything:
            domain.append(("next_attempt_at", "<=", fields.Datetime.now()))
        rows.sudo().search(domain)._look()

    @api.model
    def _get_next_look(self, rows, channel):
        """When to look at such rows again (naive UTC); False if no moment is known."""
        row = rows.sudo().search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("sync_state", "in", LOOKED_AT),
                ("next_attempt_at", "!=", False),
            ],
            ["next_attempt_at"],
            order="next_attempt_at",
            limit=1,
        )
        return row.next_attempt_at

    @api.model
    def _release_held(self, rows, channel):
        """Let rows go on that the trial list left out."""
        held = rows.sudo().search(
            [
                ("channel_id", "=", channel.id),
                ("sync_state", "=", "pending"),
                ("error_code", "=", UNTRIED),
            ]
        )
        held.write(rows._prepare_retry_values())

    @api.model
    def _resend_naming(self, rows):
        """Send what names records again that the channel had to make anew."""
        # What is made by hand is seen by the next full run.
        services = rows and rows._get_services(rows.channel_id)
        self._wake_naming(
            rows,
            SQL("sync_state = 'done' AND operation = 'put'"),
            [kind for kind in rows._outgoing_family if kind.code in services],
        )

    @api.model
    def _release_waiting(self, rows):
        """Let rows go on that wait for these, of which some are there now."""
        done = rows.filtered(lambda row: row.sync_state == "done")
        self._wake_naming(
            done,
            SQL("sync_state = 'pending' AND error_code = 'outgoing_awaits'"),
            rows._outgoing_family,
        )

    @api.model
    def _wake_naming(self, rows, condition, kinds):
        """Send the channel's rows that name these records, in one statement.

        :param condition: which of them, in SQL
        :param kinds: of which kinds
        """
        ids = {
            kind: named.mapped("res_id") for kind, named in rows.grouped("kind").items()
        }
        naming = [
            SQL(
                "(kind = %s AND %s)",
                kind.code,
                self._get_naming(rows, kind, field, ids[code]),
            )
            for kind in kinds
            for field, code in kind.names.items()
            if code in ids
        ]
        if not naming:
            return
        rows.flush_model()
        rows.env.cr.execute(
            SQL(
                """
                UPDATE %(table)s
                   SET sync_state = 'pending', attempts = 0, next_attempt_at = %(now)s
                 WHERE channel_id = %(channel)s AND %(condition)s AND (%(naming)s)
                """,
                table=SQL.identifier(rows._table),
                now=fields.Datetime.now(),
                channel=rows.channel_id.id,
                condition=condition,
                naming=SQL(" OR ").join(naming),
            )
        )
        rows.invalidate_model(flush=False)

    @api.model
    def _get_naming(self, rows, kind, field, ids):
        """Whether a row of a kind names one of some records in a field, in SQL."""
        if kind.columns:
            return SQL("%s = ANY(%s)", SQL.identifier(field), ids)
        return SQL("wanted ->> %s = ANY(%s)", field, [str(id_) for id_ in ids])

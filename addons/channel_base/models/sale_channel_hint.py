import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib import window
from ..lib.errors import STUMBLES
from .sale_channel import RUNNING_STATES
from .sale_channel_flow_state import CLOCK_TOLERANCE

_logger = logging.getLogger(__name__)

# Waiting rows of one topic of a channel. What comes beyond is left to the search.
MAX_WAITING = 1000


class SaleChannelHint(models.Model):
    """What a channel said has changed, until a flow has looked at it.

    Written by requests that must be answered within milliseconds: one INSERT, and no
    row of anybody else is touched, so that it neither waits nor meets a serialisation
    conflict. Deleted by the flow that takes it.

    With ``sudo``: hints come from outside; no user owns them.
    """

    _name = "sale.channel.hint"
    _description = "Hint of a Sales Channel"
    _log_access = False
    _order = "id"
    _rec_name = "resource"

    channel_id = fields.Many2one("sale.channel", required=True, ondelete="cascade")
    kind = fields.Char(help="The flow that it concerns; empty: only a sign of life.")
    topic = fields.Char(required=True)
    resource = fields.Char(required=True)
    sent_at = fields.Datetime(required=True)
    received_at = fields.Datetime(required=True)
    attempts = fields.Integer()
    unproven = fields.Boolean(
        help="It names what nobody here knows: it stays until the channel has shown it."
    )
    source = fields.Selection(
        [("webhook", "Notification"), ("missed", "Missed notifications")],
        required=True,
    )

    _waiting_idx = models.Index("(channel_id, topic, resource, sent_at)")
    _kind_idx = models.Index("(channel_id, kind)")
    _unproven_idx = models.Index("(channel_id, id) WHERE unproven")

    @api.model
    def _is_waiting(self, channel, kind):
        """Whether the channel has announced something for a kind of flow."""
        domain = [("channel_id", "=", channel.id), ("kind", "=", kind)]
        return bool(self.sudo().search_count(domain, limit=1))

    @api.model
    def _record(self, channel_id, hint, source="webhook"):
        """Keep a hint and wake the flow that it concerns. Never waits for a lock.

        A repetition of a hint that still waits is left out: what waits is looked at
        later than now. Two of the same moment may both be kept. What was sent after
        the one that waits is kept as well, up to :data:`MAX_WAITING` rows of a topic.

        :param hint: :class:`..lib.hint.Hint`, its texts bounded
        :return: whether it was kept
        """
        now = self.env.cr.now()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sale_channel_hint
                       (channel_id, kind, topic, resource, sent_at, received_at,
                        attempts, source)
                SELECT %(channel)s, %(kind)s, %(topic)s, %(resource)s, %(sent)s,
                       %(now)s, %(attempts)s, %(source)s
                 WHERE NOT EXISTS (
                           SELECT 1 FROM sale_channel_hint
                            WHERE channel_id = %(channel)s AND topic = %(topic)s
                              AND resource = %(resource)s AND sent_at >= %(sent)s)
                   AND (SELECT count(*) FROM (
                           SELECT 1 FROM sale_channel_hint
                            WHERE channel_id = %(channel)s AND topic = %(topic)s
                            LIMIT %(limit)s) waiting) < %(limit)s
                """,
                channel=channel_id,
                kind=hint.kind,
                topic=hint.topic,
                resource=hint.resource,
                # A moment in the future would make it newer than any reading.
                sent=min(hint.sent_at or now, now),
                now=now,
                attempts=hint.attempts,
                source=source,
                limit=MAX_WAITING,
            )
        )
        kept = bool(self.env.cr.rowcount)
        if kept and hint.kind:
            self._wake_flow(channel_id, hint.kind)
        return kept

    @api.model
    def _keep_notification(self, channel_type, notification, headers, body):
        """Keep a notification for the channel that it belongs to.

        One statement more than the hint itself: see :meth:`_record` about haste.

        :param notification: :class:`..lib.hint.Notification`, forged or not
        :param headers: of the request that brought it
        :param body: its raw bytes
        :return: whether it belongs to a channel of this database
        """
        if not notification.hint:
            return False
        self.env.cr.execute(
            SQL(
                """
                SELECT c.id
                  FROM sale_channel_credential k
                  JOIN sale_channel c
                    ON c.id = k.channel_id AND c.environment = k.environment
                 WHERE (%(application)s IS NULL OR k.client_id = %(application)s)
                   AND k.account_id = %(account)s AND k.state = 'connected'
                   AND c.channel_type = %(type)s
                   AND c.active AND c.state IN ('trial', 'live', 'paused')
                """,
                application=notification.application,
                account=notification.account,
                type=channel_type,
            )
        )
        found = self.env["sale.channel"].browse(
            [row[0] for row in self.env.cr.fetchall()]
        )
        provider = self.env["sale.channel"]._find_provider(channel_type)
        channels = found.filtered(
            lambda channel: self._is_believed(provider, channel, headers, body)
        )
        for channel in channels:
            self._record(channel.id, notification.hint)
        return bool(channels)

    @api.model
    def _is_believed(self, provider, channel, headers, body):
        try:
            return provider._check_notification(channel, headers, body)
        except STUMBLES as error:
            # Not over what the channel's service sends.
            _logger.warning(
                "the check of a notification to %s stumbled: %s",
                channel.channel_type,
                type(error).__name__,
            )
            return False

    @api.model
    def _wake_flow(self, channel_id, kind):
        """Trigger the flow's scheduled action, unless another hint has done it.

        A trigger older than the last slice is spent, although its deletion is not
        committed before the slice is over. Only hints' triggers count: of the others'
        moments nobody may have told the scheduler, which then sleeps on for up to a
        minute. The flow itself is only read.
        """
        now = self.env.cr.now()
        self.env.cr.execute(
            SQL(
                """
                SELECT f.cron_id, f.window_start, f.window_end, c.tz
                  FROM sale_channel_flow f
                  JOIN sale_channel c ON c.id = f.channel_id
                  JOIN sale_channel_flow_state s ON s.flow_id = f.id
                 WHERE f.channel_id = %(channel)s AND f.kind = %(kind)s AND f.enabled
                   AND f.cron_id IS NOT NULL AND c.state IN %(running)s
                   AND (s.retry_at IS NULL OR s.retry_at <= %(now)s
                        OR s.slice_at > %(ahead)s)
                   AND NOT EXISTS (
                           SELECT 1 FROM ir_cron_trigger t
                            WHERE t.cron_id = f.cron_id AND t.hinted_at <= %(now)s
                              AND (s.slice_at IS NULL OR t.hinted_at >= s.slice_at))
                """,
                channel=channel_id,
                kind=kind,
                running=RUNNING_STATES,
                now=now,
                ahead=now + CLOCK_TOLERANCE,
            )
        )
        for cron_id, start, end, zone in self.env.cr.fetchall():
            if window.next_opening(now, start or 0, end or 0, zone) > now:
                continue
            # The trigger's own moment is a whole second, which may lie before the
            # beginning of a slice that has not seen the hint.
            crons = self.env["ir.cron"].sudo().with_context(default_hinted_at=now)
            crons.browse(cron_id)._trigger()

    @api.model
    def _put_back(self, channel, hints):
        """Keep hints that were taken until the channel has shown what they name.

        :param hints: as :meth:`_take` answers them
        """
        self.create(
            [
                {
                    **hint,
                    "channel_id": channel.id,
                    "unproven": True,
                }
                for hint in hints
            ]
        )

    @api.model
    def _take(self, channel, kind, limit):
        """Take the oldest hints of a flow, and signs of life, out of the table.

        :return: list of dicts with topic, resource, sent_at, received_at and source
        """
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM sale_channel_hint
                 WHERE id = ANY(ARRAY(
                           SELECT id FROM sale_channel_hint
                            WHERE channel_id = %(channel)s
                              AND (kind = %(kind)s OR kind IS NULL)
                              AND unproven IS NOT TRUE
                            ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
             RETURNING kind, topic, resource, sent_at, received_at, source
                """,
                channel=channel.id,
                kind=kind,
                limit=limit,
            )
        )
        self.invalidate_model(flush=False)
        return self.env.cr.dictfetchall()

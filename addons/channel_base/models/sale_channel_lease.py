from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# As long as the calls may take that nobody may cross: one answer's, or a batch of
# stock's between two looks at the lease
LEASE_SECONDS = 120


class SaleChannelLease(models.Model):
    """Which flow may change what a channel keeps of its goods, for a while.

    Who sends stock and who tells that goods left would cross each other. The lease is
    committed before the calls, so no lock is held meanwhile; a killed worker's is over
    by itself, and is the same flow's to take again at once.

    With ``sudo``: a lease holds for all processes, whoever's they are.
    """

    _name = "sale.channel.lease"
    _description = "Lease of a Sales Channel"
    _rec_name = "channel_id"
    _log_access = False

    channel_id = fields.Many2one(
        "sale.channel", required=True, readonly=True, ondelete="cascade"
    )
    flow_id = fields.Many2one(
        "sale.channel.flow",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    until = fields.Datetime(required=True, readonly=True)

    _channel_uniq = models.Constraint(
        "UNIQUE (channel_id)", "A channel has one lease at a time."
    )

    @api.model
    def _take(self, flow):
        """Take the lease for a batch of a flow's calls, if the flow needs one.

        Nothing may be pending; the caller commits before it calls.

        :return: whether the flow may go on; else it is woken when the lease is over
        """
        if not flow._needs_lease():
            return True
        return flow._retry_conflicts(self._occupy, flow)

    @api.model
    def _keep(self, flow):
        """Prolong a flow's lease before a call that builds on others.

        Nothing may be pending; the caller commits before it calls.

        :return: whether no other flow has had it since it was taken
        """
        if not flow._needs_lease():
            return True
        return flow._retry_conflicts(self._prolong, flow)

    @api.model
    def _end(self, flow):
        """Let the channel's other flows have the lease; the caller commits."""
        if not flow._needs_lease():
            return
        self._release(flow)
        now = fields.Datetime.now()
        for other in flow.channel_id.flow_ids - flow:
            if other.enabled and other._needs_lease():
                if any(moment <= now for moment in other._get_rows_due()):
                    other._wake()

    @api.model
    def _occupy(self, flow, seconds=LEASE_SECONDS):
        """Take the lease of a flow's channel, or prolong it. The caller must commit.

        :return: whether no other flow has it
        :raises psycopg2.errors.SerializationFailure: another one takes it right now
        """
        now = fields.Datetime.now()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sale_channel_lease AS lease (channel_id, flow_id, until)
                VALUES (%(channel)s, %(flow)s, %(until)s)
                ON CONFLICT (channel_id) DO UPDATE
                   SET flow_id = EXCLUDED.flow_id, until = EXCLUDED.until
                 WHERE lease.until <= %(now)s OR lease.flow_id = EXCLUDED.flow_id
             RETURNING id
                """,
                channel=flow.channel_id.id,
                flow=flow.id,
                until=now + timedelta(seconds=seconds),
                now=now,
            ),
            log_exceptions=False,
        )
        self.invalidate_model(flush=False)
        return bool(self.env.cr.fetchall())

    @api.model
    def _prolong(self, flow, seconds=LEASE_SECONDS):
        """Prolong the lease that a flow has taken, even one that is over. The caller
        must commit.

        :return: whether no other flow has had it since
        """
        domain = [("channel_id", "=", flow.channel_id.id), ("flow_id", "=", flow.id)]
        lease = self.sudo().search(domain)
        lease.until = fields.Datetime.now() + timedelta(seconds=seconds)
        return bool(lease)

    @api.model
    def _release(self, flow):
        """Let others take it; the caller must commit."""
        now = fields.Datetime.now()
        mine = [("flow_id", "=", flow.id), ("until", ">", now)]
        self.sudo().search(mine).until = now

    @api.model
    def _get_busy_until(self, flow):
        """When another flow's lease ends (naive UTC); False while there is none."""
        return (
            self.sudo()
            .search(
                [
                    ("channel_id", "=", flow.channel_id.id),
                    ("flow_id", "!=", flow.id),
                    ("until", ">", fields.Datetime.now()),
                ]
            )
            .until
        )

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.channel_base.lib.errors import Rejected

from ..lib.source import latest_moment

# How far the channel's clock and ours may be apart. Within it an announcement of
# something that has just been read costs another reading.
CLOCK_MARGIN = timedelta(minutes=10)
# Orders that wait although nobody but a notification has ever named them. More would
# let whoever sends forged ones keep the flow from its own search.
UNFOUNDED_LIMIT = 50


class SaleChannelOrderHints(models.AbstractModel):
    """Turns what a channel announced into inbox rows that have to be fetched."""

    _name = "sale.channel.order.hints"
    _description = "Channel Orders: hints"

    shipment_ref = fields.Char(
        "Shipment", index="btree_not_null", copy=False, readonly=True
    )
    asked_at = fields.Datetime(
        copy=False, help="When the last reading of the channel's data began."
    )
    announced_at = fields.Datetime(
        copy=False,
        help="The channel's moment of the last announcement that led to a reading.",
    )

    changed_at = fields.Datetime(
        copy=False,
        readonly=True,
        help="When the channel had last changed what was imported.",
    )
    imported_at = fields.Datetime(copy=False, readonly=True)

    # Which order a notification speaks of is looked up among the keys.
    _seen_versions_idx = models.Index("USING gin (seen_versions)")
    _imported_idx = models.Index(
        "(channel_id, imported_at) WHERE imported_at IS NOT NULL"
    )

    @api.model
    def _drain_hints(self, channel, limit):
        """Take waiting hints and mark the rows that they concern; no network.

        :return: how many were taken
        """
        taken = self.env["sale.channel.hint"]._take(channel, "orders_in", limit)
        if taken:
            self.env["sale.channel.topic"]._note_hints(channel, taken)
            wanted = {"order": {}, "shipment": {}}
            for hint in taken:
                concern = channel._read_hint(hint["topic"], hint["resource"])
                if concern:
                    moments = wanted[concern.kind]
                    key, sent = concern.external_id, hint["sent_at"]
                    moments[key] = max(sent, moments.get(key, sent))
            self._want_orders(channel, wanted["order"])
            self._want_shipments(channel, wanted["shipment"])
        return len(taken)

    @api.model
    def _want_orders(self, channel, moments):
        """Have announced orders fetched; one that is not known becomes a row.

        :param moments: order id → naive UTC moment of the announcement
        """
        rows = self._find_by_orders(channel, list(moments))
        found = {}
        for row in rows:
            for key in {row.external_id, *(row.seen_versions or {})} & moments.keys():
                # An order that was moved to another cart left a row behind.
                if key not in found or found[key].state in ("ignored", "moved"):
                    found[key] = row
        for key, row in found.items():
            row._announce(moments[key])
        # The order is its own only version, so that it is not taken for a cart.
        unknown = [key for key in moments if key not in found]
        room = max(0, UNFOUNDED_LIMIT - self._count_unfounded(channel))
        if len(unknown) > room:
            # Anybody can name orders; the search finds those that exist.
            flows = channel.sudo().flow_ids
            flows.filtered(lambda f: f.kind == "orders_in").state_ids.full_run = True
        fresh = {key: ({key: ""}, None) for key in unknown[:room]}
        for row in self._create_rows(channel, fresh):
            row.announced_at = moments[row.external_id]

    @api.model
    def _count_unfounded(self, channel):
        """Rows that wait and that nobody but a notification has named."""
        return self.search_count(
            [
                ("channel_id", "=", channel.id),
                ("sync_state", "=", "pending"),
                ("announced_at", "!=", False),
                ("versions", "=", False),
                ("requested", "=", False),
            ]
        )

    @api.model
    def _find_by_orders(self, channel, keys):
        """Rows that stand for an order, by their own id or by one in their cart."""
        if not keys:
            return self.browse()
        self.flush_model(["channel_id", "external_id", "seen_versions"])
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM sale_channel_order
                 WHERE channel_id = %(channel)s AND external_id = ANY(%(keys)s)
                 UNION
                SELECT id FROM sale_channel_order
                 WHERE channel_id = %(channel)s AND seen_versions ?| %(keys)s
                """,
                channel=channel.id,
                keys=keys,
            )
        )
        return self.browse(sorted(row[0] for row in self.env.cr.fetchall()))

    @api.model
    def _want_shipments(self, channel, moments):
        """Have the orders of announced shipments fetched.

        A shipment that is not known is left alone: its order is announced too.
        """
        if not moments:
            return
        rows = self.search(
            [("channel_id", "=", channel.id), ("shipment_ref", "in", list(moments))]
        )
        for row in rows:
            row._announce(moments[row.shipment_ref])

    def _announce(self, sent_at):
        """Have the row fetched when the announcement may tell of something new."""
        values = {}
        if self._is_news(sent_at):
            values = self._prepare_fetch_values()
        if values or self.sync_state == "pending" and self.needs_fetch:
            # The reading is still to come, and covers this one.
            values["announced_at"] = max(sent_at, self.announced_at or sent_at)
            self.write(values)

    def _is_news(self, sent_at):
        """Whether an announcement of that moment may tell of a change that the last
        reading did not show."""
        self.ensure_one()
        if self.error_code == "before_start":
            return False
        if self.sync_state == "pending" and self.needs_fetch:
            # Waits for its turn or its backoff; but what the channel was still
            # preparing may be ready now.
            return self.error_code == "incomplete"
        if self.announced_at and sent_at <= self.announced_at:
            # The reading began after an announcement that was sent later.
            return False
        return not self.asked_at or self.asked_at - CLOCK_MARGIN < sent_at

    @api.model
    def _prepare_fetch_values(self):
        """The channel has something new about the rows."""
        return {
            "needs_fetch": True,
            "sync_state": "pending",
            "attempts": 0,
            "next_attempt_at": fields.Datetime.now(),
            "waiting_since": fields.Datetime.now(),
            "blocked_mapping_id": False,
        }

    def _reject_answer(self, error):
        """Keep the channel's refusal to show a row's data.

        A row that only a notification named is settled: anybody can send one.
        """
        self.ensure_one()
        named = self.requested or any((self.seen_versions or {}).values())
        if named or not isinstance(error, Rejected):
            self._reject(error)
            return
        self._mark_done(state="ignored", needs_fetch=False, error_code=error.code)
        self._tell("decided", error.code)

    def _prepare_import_moments(self):
        """Values from which the channel's usual delay is measured."""
        self.ensure_one()
        return {
            "imported_at": fields.Datetime.now(),
            "changed_at": latest_moment(self.versions or {}),
        }

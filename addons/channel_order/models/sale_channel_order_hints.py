from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.channel_base.lib.errors import Rejected

from ..lib.source import latest_moment

# How far the channel's clock and ours may be apart. Within it an announcement of
# something that has just been read costs another reading.
CLOCK_MARGIN = timedelta(minutes=10)


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
    def _drain_hints(self, channel, limit, reading_at=None):
        """Take waiting hints and mark the rows that they concern; no network.

        Hints of orders that nobody knows stay, until :meth:`_store_looks`.

        :param reading_at: naive UTC, when the rows are read again; None: now
        :return: how many were taken
        """
        hints = self.env["sale.channel.hint"]
        taken = hints._take(channel, "orders_in", limit)
        if taken:
            self.env["sale.channel.topic"]._note_hints(channel, taken)
            wanted = {"order": {}, "shipment": {}}
            read = channel._get_provider()._read_hint
            for hint in taken:
                concern = read(channel, hint["topic"], hint["resource"])
                if concern:
                    newest, key = wanted[concern.kind], concern.external_id
                    known = newest.get(key)
                    if not known or hint["sent_at"] > known["sent_at"]:
                        newest[key] = hint
            unknown = self._want_orders(channel, wanted["order"], reading_at)
            hints._put_back(channel, unknown)
            self._want_shipments(channel, wanted["shipment"], reading_at)
        return len(taken)

    @api.model
    def _want_orders(self, channel, hints, reading_at=None):
        """Have announced orders fetched.

        :param hints: order id → its newest hint
        :return: the hints of orders that nobody knows
        """
        rows = self._find_by_orders(channel, list(hints))
        found = {}
        for row in rows:
            for key in {row.external_id, *(row.seen_versions or {})} & hints.keys():
                # An order that was moved to another cart left a row behind.
                if key not in found or found[key].state in ("ignored", "moved"):
                    found[key] = row
        for key, row in found.items():
            row._announce(hints[key]["sent_at"], reading_at)
        return [hint for key, hint in hints.items() if key not in found]

    @api.model
    def _get_looks(self, channel, limit):
        """Orders that only a notification has named, to be looked up.

        :return: dict order id → hint, the oldest first
        """
        hints = self.env["sale.channel.hint"].search(
            [("channel_id", "=", channel.id), ("unproven", "=", True)],
            order="id",
            limit=limit,
        )
        read = channel._get_provider()._read_hint
        return {
            read(channel, hint.topic, hint.resource).external_id: hint for hint in hints
        }

    @api.model
    def _store_looks(self, channel, looks, answers, asked_at):
        """Make rows of the announced orders that exist; the others leave nothing.

        :param looks: see :meth:`_get_looks`
        :param answers: list of (order id, bundle or exception), see :meth:`_download`
        :return: number of orders that do not exist, and of those that the channel
            could not show now
        """
        ghosts = failed = 0
        for key, answer in answers:
            # Before stock goes out the orders are read as well, maybe at this moment.
            if not looks[key].exists():
                continue
            if isinstance(answer, Rejected):
                ghosts += 1
            elif isinstance(answer, Exception):
                failed += 1
            else:
                self._store_found(channel, key, looks[key].sent_at, answer, asked_at)
            looks[key].unlink()
        return ghosts, failed

    @api.model
    def _store_found(self, channel, key, sent_at, bundle, asked_at):
        row = self._find_by_orders(channel, [key])[:1]
        # The order is its own only version, so that it is not taken for a cart.
        row = row or self._create_rows(channel, {key: ({key: ""}, None)})
        row.write({"announced_at": sent_at, "asked_at": asked_at})
        row._store_bundle(bundle)

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
    def _want_shipments(self, channel, hints, reading_at=None):
        """Have the orders of announced shipments fetched.

        A shipment that is not known is left alone: its order is announced too.
        """
        if not hints:
            return
        rows = self.search(
            [("channel_id", "=", channel.id), ("shipment_ref", "in", list(hints))]
        )
        for row in rows:
            row._announce(hints[row.shipment_ref]["sent_at"], reading_at)

    def _announce(self, sent_at, reading_at=None):
        """Have the row fetched when the announcement may tell of something new.

        :param reading_at: naive UTC; None: now
        """
        values = {}
        if self._is_news(sent_at):
            values = self._prepare_fetch_values()
            if reading_at:
                values["next_attempt_at"] = reading_at
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

    def _is_announced_since(self, moment):
        """Whether the row is read because of an announcement."""
        return bool(
            self.announced_at
            and (not self.asked_at or self.announced_at > self.asked_at - CLOCK_MARGIN)
            and self.announced_at <= moment
        )

    def _prepare_import_moments(self):
        """Values from which the channel's usual delay is measured."""
        self.ensure_one()
        return {
            "imported_at": fields.Datetime.now(),
            "changed_at": latest_moment(self.versions or {}),
        }

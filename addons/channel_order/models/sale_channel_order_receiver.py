import hashlib
import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.channel_base.lib.errors import Rejected, Retryable

from ..lib.download import Download
from ..lib.lifecycle import LEFT_ALONE, PENDING, STUCK

# How far the channel's clock and ours may be apart. Within it an announcement of
# something that has just been read costs another reading.
CLOCK_MARGIN = timedelta(minutes=10)
PURGE_LIMIT = 2000


class SaleChannelOrderReceiver(models.AbstractModel):
    """Brings what a channel has into the inbox: announcements, search, then fetch.

    With ``sudo``: what the channel sent is the server's, whoever runs the flow.
    """

    _name = "sale.channel.order.receiver"
    _description = "Channel Orders: receive"

    @api.model
    def _receive(self, channel, references):
        """Make or renew the inbox rows of a search page.

        A row whose remote versions are all stored is left untouched, so that an
        unchanged order costs no call and no write.

        :param channel: the account that was searched
        :param references: iterable of :class:`OrderReference`
        :return: the rows that have something new
        """
        wanted = {}
        for reference in references:
            known = wanted.get(reference.external_id)
            versions = {**(known[0] if known else {}), **reference.versions}
            wanted[reference.external_id] = (versions, reference.placed_at)
        rows = self.env["sale.channel.order"].search(
            [("channel_id", "=", channel.id), ("external_id", "in", list(wanted))]
        )
        changed, requested = rows.browse(), self._is_requested()
        cart = self.env["sale.channel.order.cart"]
        for row in rows:
            versions, _placed_at = wanted.pop(row.external_id)
            changed |= cart._see(row, versions, requested)
        return changed | self._create_rows(channel, wanted)

    @api.model
    def _create_rows(self, channel, wanted):
        """Rows of orders that nobody knew.

        :param wanted: dict external id → its versions, and when it was placed
        :return: those that are to be fetched
        """
        found, early = [], []
        start, requested = channel.orders_from, self._is_requested()
        for external_id, (versions, placed_at) in wanted.items():
            values = {
                "channel_id": channel.id,
                "external_id": external_id,
                "number": external_id,
                "placed_at": placed_at,
                "seen_versions": dict(versions),
                "requested": requested,
            }
            if placed_at and start and placed_at < start and not requested:
                early.append({**values, "versions": dict(versions)})
            else:
                found.append(values)
        orders, life = (
            self.env["sale.channel.order"],
            self.env["sale.channel.order.life"],
        )
        life._begin(orders, "too_early", early)
        return life._begin(orders, "found", found)

    @api.model
    def _is_requested(self):
        """Whether a person asked for what is being received."""
        return bool(self.env.context.get("channel_requested"))

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
        cart = self.env["sale.channel.order.cart"]
        orders = self.env["sale.channel.order"]
        rows = cart._find_by_orders(orders, channel, list(hints))
        # An order that was moved to another cart left a row behind.
        gone = (*LEFT_ALONE, "moved")
        found = {}
        for row in rows:
            for key in {row.external_id, *(row.seen_versions or {})} & hints.keys():
                if key not in found or found[key].state in gone:
                    found[key] = row
        for key, row in found.items():
            self._announce(row, hints[key]["sent_at"], reading_at)
        return [hint for key, hint in hints.items() if key not in found]

    @api.model
    def _want_shipments(self, channel, hints, reading_at=None):
        """Have the orders of announced shipments fetched.

        A shipment that is not known is left alone: its order is announced too.
        """
        if not hints:
            return
        rows = self.env["sale.channel.order"].search(
            [("channel_id", "=", channel.id), ("shipment_ref", "in", list(hints))]
        )
        for row in rows:
            self._announce(row, hints[row.shipment_ref]["sent_at"], reading_at)

    @api.model
    def _announce(self, row, sent_at, reading_at=None):
        """Have a row fetched when the announcement may tell of something new.

        :param reading_at: naive UTC; None: now
        """
        values = {"announced_at": max(sent_at, row.announced_at or sent_at)}
        if self._is_news(row, sent_at):
            if reading_at:
                values["next_attempt_at"] = reading_at
            row._apply("announced", values)
        elif row.sync_state == "fetch":
            # The reading is still to come, and covers this one.
            row.write(values)

    @api.model
    def _is_news(self, row, sent_at):
        """Whether an announcement of that moment may tell of a change that the last
        reading did not show."""
        if row.state == "early":
            return False
        if row.sync_state == "fetch":
            # Waits for its turn or its backoff; but what the channel was still
            # preparing may be ready now.
            return row.awaits_data
        if row.announced_at and sent_at <= row.announced_at:
            # The reading began after an announcement that was sent later.
            return False
        return not row.asked_at or row.asked_at - CLOCK_MARGIN < sent_at

    @api.model
    def _is_announced_since(self, row, moment):
        """Whether the row is read because of an announcement."""
        return bool(
            row.announced_at
            and (not row.asked_at or row.announced_at > row.asked_at - CLOCK_MARGIN)
            and row.announced_at <= moment
        )

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
    def _store_looks(self, channel, looks, bundles, asked_at):
        """Make rows of the announced orders that exist; the others leave nothing.

        :param looks: see :meth:`_get_looks`
        :param bundles: list of (order id, bundle or exception), see :meth:`_download`
        :return: number of orders that do not exist, and of those that the channel
            could not show now
        """
        ghosts = failed = 0
        for key, bundle in bundles:
            # Before stock goes out the orders are read as well, maybe at this moment.
            if not looks[key].exists():
                continue
            if isinstance(bundle, Rejected):
                ghosts += 1
            elif isinstance(bundle, Exception):
                failed += 1
            else:
                self._store_found(channel, key, looks[key].sent_at, bundle, asked_at)
            looks[key].unlink()
        return ghosts, failed

    @api.model
    def _store_found(self, channel, key, sent_at, bundle, asked_at):
        cart = self.env["sale.channel.order.cart"]
        orders = self.env["sale.channel.order"]
        row = cart._find_by_orders(orders, channel, [key])[:1]
        # The order is its own only version, so that it is not taken for a cart.
        row = row or self._create_rows(channel, {key: ({key: ""}, None)})
        row.write({"announced_at": sent_at, "asked_at": asked_at})
        if row.state != "early":
            self._store_bundle(row, bundle)

    @api.model
    def _has_unread(self, channel):
        """Whether somebody may have bought something that is not known yet."""
        unread = Domain("sync_state", "=", "fetch") | (
            Domain("sync_state", "=", "process") & Domain("line_ids", "=", False)
        )
        # Of what was imported without some of its data, the goods are known.
        unread &= Domain("awaits_data", "=", False)
        rows = self.env["sale.channel.order"].sudo()
        ours = Domain("channel_id", "=", channel.id)
        if rows.search_count(ours & unread, limit=1):
            return True
        # What nobody understands, until somebody dismisses it.
        strange = Domain("state", "=", "rejected") & Domain("line_ids", "=", False)
        strange &= Domain("sync_state", "in", STUCK)
        return any(
            row._read_if_readable() is None for row in rows.search(ours & strange)
        )

    @api.model
    def _get_wanted(self, rows):
        """What has to be fetched: (row id, external id, versions) of claimed rows."""
        return [
            (row.id, row.external_id, row.seen_versions or {})
            for row in rows
            if row.sync_state == "fetch"
        ]

    @api.model
    def _download(self, source, wanted):
        """Get bundles from the channel; touches no record.

        :param source: the provider's :class:`OrderSource`
        :param wanted: see :meth:`_get_wanted`
        :return: list of (row id, bundle or exception)
        :raises AuthRequired: nothing can be fetched at all
        """
        return Download(source, wanted).wait()

    @api.model
    def _store_bundles(self, bundles, asked_at):
        """Keep what was downloaded; a row that has none carries its error.

        :param bundles: see :meth:`_download`
        :param asked_at: naive UTC moment when the download began
        :return: the rows that were announced and had not changed
        """
        # Browsed together, so that the first one reads for all.
        rows = self.env["sale.channel.order"].browse(
            [row_id for row_id, _bundle in bundles]
        )
        announced = rows.filtered(lambda row: self._is_announced_since(row, asked_at))
        before = {row: row.content_hash for row in announced}
        rows.asked_at = asked_at
        for row, (_row_id, bundle) in zip(rows, bundles, strict=True):
            if isinstance(bundle, Exception):
                row._refuse(bundle)
            else:
                self._store_bundle(row, bundle)
        return announced.filtered(lambda row: row.content_hash in (before[row], False))

    @api.model
    def _store_bundle(self, row, bundle):
        """Keep a bundle; unchanged content leaves nothing to do."""
        text = json.dumps(bundle, sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        versions = bundle.get("versions") or {}
        cart = self.env["sale.channel.order.cart"]
        if not cart._follow_cart(row, bundle.get("external_id"), versions):
            return
        stored = row.versions or {}
        if any(versions.get(key, old) < old for key, old in stored.items()):
            row._refuse(Retryable("older than what is stored", code="stale"))
            return
        # States in which the same content leads to the same outcome
        settled = row.state in ("imported", "cancelled") or row._is_dismissed()
        values = {"versions": versions}
        if digest != row.content_hash:
            values |= {
                "payload": text,
                "payload_schema": bundle.get("schema") or 0,
                "payload_at": fields.Datetime.now(),
                "content_hash": digest,
            }
        if settled and digest == row.processed_hash:
            row._apply("unchanged", values)
            return
        if row.content_hash and digest != row.content_hash:
            row._tell("received", "changed")
        values |= {
            "payload_at": fields.Datetime.now(),
            "first_read_at": row.first_read_at or fields.Datetime.now(),
            # What left the cart is no longer its business.
            "seen_versions": dict(versions),
        }
        row._apply("stored" if row.sync_state == "fetch" else "pushed", values)

    @api.autovacuum
    def _gc_payloads(self):
        """Delete raw data, which is personal data, after the channel's retention."""
        purged = 0
        channels = (
            self.env["sale.channel"]
            .with_context(active_test=False)
            .search([("payload_retention_days", ">", 0)])
        )
        for channel in channels:
            limit = fields.Datetime.now() - timedelta(
                days=channel.payload_retention_days
            )
            rows = self.env["sale.channel.order"].search(
                [
                    ("channel_id", "=", channel.id),
                    ("payload_at", "<", limit),
                    ("payload", "!=", False),
                    ("sync_state", "not in", PENDING),
                ],
                limit=PURGE_LIMIT,
            )
            # A retry asks the channel again.
            rows._apply("purged", {"payload": False, "content_hash": False})
            purged += len(rows)
        return purged, purged >= PURGE_LIMIT

import hashlib
import json

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.channel_base.lib.errors import AuthRequired, Retryable
from odoo.addons.channel_base.lib.parallel import gather
from odoo.addons.channel_base.lib.text import storable

# An order is several calls.
FETCH_THREADS = 4
# States in which the same content leads to the same outcome.
SETTLED_STATES = ("imported", "cancelled", "dismissed")


class SaleChannelOrderReceiver(models.AbstractModel):
    """Brings what a channel has into the inbox: search, then fetch."""

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
        rows = self.search(
            [("channel_id", "=", channel.id), ("external_id", "in", list(wanted))]
        )
        changed = self.browse()
        for row in rows:
            versions, _placed_at = wanted.pop(row.external_id)
            changed |= row._see(versions)
        return changed | self._create_rows(channel, wanted)

    @api.model
    def _create_rows(self, channel, wanted):
        created = self.create(
            [
                self._prepare_row(channel, external_id, versions, placed_at)
                for external_id, (versions, placed_at) in wanted.items()
            ]
        )
        fresh = created.filtered("needs_fetch")
        fresh._tell("received", "new")
        (created - fresh)._tell("decided", "before_start")
        return fresh

    @api.model
    def _prepare_row(self, channel, external_id, versions, placed_at):
        values = {
            "channel_id": channel.id,
            "external_id": external_id,
            "number": external_id,
            "placed_at": placed_at,
            "seen_versions": dict(versions),
            "requested": self._is_requested(),
        }
        start = channel.orders_from
        if placed_at and start and placed_at < start and not values["requested"]:
            values.update(
                state="ignored",
                sync_state="done",
                needs_fetch=False,
                error_code="before_start",
                versions=dict(versions),
            )
        return values

    @api.model
    def _is_requested(self):
        """Whether a person asked for what is being received."""
        return bool(self.env.context.get("channel_requested"))

    def _see(self, versions):
        """Note versions that a search showed; the row itself when they are new."""
        self.ensure_one()
        stored, seen = self.versions or {}, self.seen_versions or {}
        if self.error_code == "before_start" and self._is_requested():
            self.write({"requested": True, "error_code": False, "state": "received"})
            stored, seen = {}, {}
        # A search that lags behind may show less than what is stored.
        if all(stored.get(key, "") >= version for key, version in versions.items()):
            return self.browse()
        if self.error_code == "before_start":
            return self.browse()
        if all(seen.get(key) == version for key, version in versions.items()):
            # Already waiting for its fetch, with its own backoff.
            return self.browse()
        self.write(
            {
                "seen_versions": {**seen, **versions},
                **self._prepare_fetch_values(),
            }
        )
        return self

    @api.model
    def _has_unread(self, channel):
        """Whether somebody may have bought something that is not known yet."""
        unread = Domain("needs_fetch", "=", True) | Domain("line_ids", "=", False)
        unread &= Domain("sync_state", "=", "pending")
        # Of what was imported without some of its data, the goods are known.
        unread &= Domain("error_code", "!=", "incomplete")
        rows, ours = self.sudo(), Domain("channel_id", "=", channel.id)
        if rows.search_count(ours & unread, limit=1):
            return True
        # What nobody understands, until somebody dismisses it.
        strange = Domain("state", "in", ("received", "rejected"))
        strange &= Domain("sync_state", "in", ("error", "blocked"))
        strange &= Domain("line_ids", "=", False)
        return any(
            row._read_if_readable() is None for row in rows.search(ours & strange)
        )

    def _get_wanted(self):
        """What has to be fetched: (row id, external id, versions) of claimed rows."""
        return [
            (row.id, row.external_id, row.seen_versions or {})
            for row in self
            if row.needs_fetch
        ]

    @api.model
    def _download(self, source, wanted):
        """Get bundles from the channel; touches no record.

        :param source: the provider's :class:`OrderSource`
        :param wanted: see :meth:`_get_wanted`
        :return: list of (row id, bundle or exception)
        :raises AuthRequired: nothing can be fetched at all
        """

        def fetch(item):
            _row_id, external_id, versions = item
            return storable(source.fetch(external_id, versions))

        answers = gather(wanted, fetch, FETCH_THREADS)
        for answer in answers:
            if isinstance(answer, AuthRequired):
                # What was read is read again: no row is blamed for it.
                raise answer
        row_ids = [row_id for row_id, _external_id, _versions in wanted]
        return list(zip(row_ids, answers, strict=True))

    @api.model
    def _store_answers(self, answers, asked_at):
        """Keep what was downloaded; a row that has none carries its error.

        :param asked_at: naive UTC moment when the download began
        :return: the rows that were announced and had not changed
        """
        # Browsed together, so that the first one reads for all.
        rows = self.browse([row_id for row_id, _answer in answers])
        announced = rows.filtered(lambda row: row._is_announced_since(asked_at))
        before = {row: row.content_hash for row in announced}
        rows.asked_at = asked_at
        for row, (_row_id, answer) in zip(rows, answers, strict=True):
            if isinstance(answer, Exception):
                row._reject(answer)
            else:
                row._store_bundle(answer)
        return announced.filtered(lambda row: row.content_hash == before[row])

    def _store_bundle(self, bundle):
        """Keep a bundle; unchanged content leaves nothing to do."""
        self.ensure_one()
        text = json.dumps(bundle, sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        versions = bundle.get("versions") or {}
        if not self._follow_cart(bundle.get("external_id"), versions):
            return
        stored = self.versions or {}
        if any(versions.get(key, old) < old for key, old in stored.items()):
            self._reject(Retryable("older than what is stored", code="stale"))
            return
        if digest == self.processed_hash and self.state in SETTLED_STATES:
            self._mark_done(needs_fetch=False, versions=versions)
            return
        if self.content_hash and digest != self.content_hash:
            self._tell("received", "changed")
        self.write(
            {
                "payload": text,
                "payload_schema": bundle.get("schema") or 0,
                "payload_at": fields.Datetime.now(),
                "first_read_at": self.first_read_at or fields.Datetime.now(),
                "content_hash": digest,
                "needs_fetch": False,
                "sync_state": "pending",
                "versions": versions,
                # What left the cart is no longer its business.
                "seen_versions": dict(versions),
            }
        )

    def _follow_cart(self, external_id, versions):
        """Take the cart's own id when a search knew only an order of it.

        :return: False when another row already stands for that cart; it then has to
            be fetched again, and this row is done
        """
        self.ensure_one()
        if not external_id or external_id == self.external_id:
            return True
        cart = self.search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("external_id", "=", external_id),
            ],
            limit=1,
        )
        if not cart:
            self.external_id = external_id
            return True
        cart.with_context(channel_requested=self.requested)._see(versions)
        if self.sale_order_id and not cart.sale_order_id:
            cart._take_over(self)
            cart.write({"processed_hash": False, **cart._prepare_fetch_values()})
            return False
        # With another sale order the cart decides what becomes of it; see _adopt.
        state = self.state if self.sale_order_id else "moved"
        self._mark_done(needs_fetch=False, versions=versions, state=state)
        self._tell("decided", "moved", cart=external_id)
        self._renew_lines()
        return False

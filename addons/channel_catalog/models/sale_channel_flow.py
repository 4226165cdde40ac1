import time

from odoo import api, fields, models

from odoo.addons.channel_base.lib.bisect import bisect
from odoo.addons.channel_base.lib.errors import (
    AuthRequired,
    ChannelError,
    Rejected,
    Retryable,
)
from odoo.addons.channel_base.lib.steps import Step

from ..lib.price import SCOPE
from .sale_channel_listing_stock import BEHIND, HELD_SECONDS

# Kinds that change what a channel keeps of its goods
LEASED = ("stock_out", "orders_answer")
# The orders' own flow goes on with what takes longer.
READ_SECONDS = 10
# Rows of the channel's list compared, or linked, in one transaction
MATCH_LIMIT = 500
LINK_LIMIT = 50
# Listings asked for by id in one call
FIND_LIMIT = 50
# What a pass through the list does, in order
PHASES = ("read", "end", "match", "settle", "link", "done")
PRICE = "price_out"


class SaleChannelFlow(models.Model):
    _inherit = "sale.channel.flow"

    kind = fields.Selection(
        selection_add=[
            ("stock_out", "Stock Out"),
            ("price_out", "Prices Out"),
            ("listings_out", "Listings Out"),
            ("listings_in", "Listings In"),
        ],
        ondelete={
            "stock_out": "cascade",
            "price_out": "cascade",
            "listings_out": "cascade",
            "listings_in": "cascade",
        },
    )

    def _get_priority(self):
        """Stock and prices go before everything else."""
        if self.kind in ("stock_out", "price_out"):
            return 1
        return 8 if self.kind == "listings_in" else super()._get_priority()

    def _needs_lease(self):
        if self.kind not in LEASED:
            return super()._needs_lease()
        # Without stock that goes out, nobody is crossed.
        stock = self.channel_id.flow_ids.filtered(lambda f: f.kind == "stock_out")
        return bool(stock.enabled)

    def _send_steps(self, run, writer, removing=True):
        """Send; after stock the orders are read again, because what was bought
        meanwhile has changed what the channel keeps."""
        yield from super()._send_steps(run, writer, removing)
        # A slice may have ended since it was written.
        if self.kind == "stock_out" and self._get_state().orders_unread:
            yield from self._order_steps()
            self._get_state().orders_unread = False

    def _entry_steps(self, run, writer, kind, rows):
        """Read the orders, then what a *physical* channel keeps for them, then look at
        Odoo's stock: so nothing that was bought is offered again."""
        if self.kind != "stock_out":
            return (yield from super()._entry_steps(run, writer, kind, rows))
        obstacle = yield from self._order_steps()
        if not obstacle and self.env["sale.channel.order"]._has_unread(self.channel_id):
            obstacle = BEHIND
        if not self._lease():
            rows._put_off("stock_busy", HELD_SECONDS)
            yield Step.COMMIT
            return rows.browse(), {}
        physical = self.channel_id.stock_kind == "physical"
        places = self.channel_id._get_stock_places()
        reads = physical or bool(obstacle) or any(rows.mapped("doubt"))
        reads = reads or any(row._get_dropped(places) for row in rows)
        targets = rows._get_targets()
        # The lease is committed; no transaction is open during the calls.
        yield Step.COMMIT
        found, reservations, errors = self._read_stock(
            writer, kind, targets, physical, reads
        )
        if errors:
            failed = rows.filtered(lambda row: row.reference in errors)
            self._retry_conflicts(failed._store_results, {}, errors, run)
            rows -= failed
            if not rows:
                self._end_lease()
            yield Step.COMMIT
            self._check_reachable(errors)
            if not rows:
                return rows, {}
        if not self._keep_lease():
            # What was read may not be true any more.
            rows._put_off("stock_busy", HELD_SECONDS)
            yield Step.COMMIT
            return rows.browse(), {}
        yield Step.COMMIT
        rows, entries = self._retry_conflicts(
            rows._refresh, found, reservations, obstacle, run
        )
        yield Step.COMMIT
        return rows, entries

    def _read_stock(self, writer, kind, targets, physical, reads):
        """What the channel has of records; one that it refuses to tell of hides no
        other.

        :param physical: whether it reserves some
        :param reads: whether to read its stock as well
        :return: dict reference → ``Found``, None if it was not read; dict item → list
            of ``lib.stock.Reservation``; dict reference → error of those that failed
        """
        found, reservations, errors = {}, {}, {}

        def work(some):
            items = [target.external_id for target in some]
            kept = writer.read_reservations(items) if physical else {}
            there = writer.find(kind.code, some) if reads else {}
            reservations.update(kept)
            found.update(there)

        def refuse(some, error):
            errors[some[0].reference] = error

        try:
            bisect(targets, work, refuse, errors=Rejected)
        except ChannelError as error:
            errors = dict.fromkeys((target.reference for target in targets), error)
        return found if reads else None, reservations, errors

    def _order_steps(self):
        """Read the orders of the channel, as their own flow does, but never for long.

        :return: code of the reason why nobody knows what was bought, or None
        :raises AuthRequired: the account is not connected
        """
        orders = self.channel_id.flow_ids.filtered(lambda f: f.kind == "orders_in")
        if not orders:
            return None
        if not orders.enabled:
            return "stock_orders_off"
        provider, ends = self.channel_id._get_provider(), time.monotonic()
        ends += READ_SECONDS
        # What is counted of orders is not stock.
        run = self.env["sale.channel.run"].new({})
        try:
            source = provider._get_order_source(self.channel_id)
            for _step in orders._read_steps(run, source):
                yield Step.COMMIT
                if time.monotonic() > ends:
                    return BEHIND
        except AuthRequired:
            raise
        except ChannelError:
            self.env.cr.rollback()
            self.env.invalidate_all()
            return "stock_orders_failing"
        return None

    def _close_slice(self, run, state, more, error):
        """Stock that waited for the orders goes out once they are read."""
        result = super()._close_slice(run, state, more, error)
        if self.kind == "orders_in" and not more and not error:
            self.env["sale.channel.listing.stock"]._release_orders_held(self.channel_id)
        return result

    # What the channel sells already

    def _confirm(self):
        """What goes out for the first time needs to know what is there."""
        result = super()._confirm()
        if self.kind == "listings_out":
            reading = self.channel_id.flow_ids.filtered(
                lambda flow: flow.kind == "listings_in" and not flow.enabled
            )
            reading.enabled = True
        return result

    def _run_steps(self, run):
        if self.kind != "listings_in":
            yield from super()._run_steps(run)
            return
        if not self._get_state().full_run:
            return
        catalog = self.channel_id._get_provider()._get_remote_catalog(self.channel_id)
        self._begin_list()
        # A conflict of what follows must not take it back.
        yield Step.COMMIT
        yield from self._read_list_steps(run, catalog)
        yield from self._end_list_steps(run, catalog)
        yield from self._match_list_steps()
        yield from self._link_list_steps(run)
        self._move_list("done")

    @api.model
    def _is_list_read(self, channel):
        """Whether all that the channel sells is known, of the account of today."""
        flow = channel.sudo().flow_ids.filtered(lambda f: f.kind == "listings_in")
        cursor = flow and flow._get_state().cursor or {}
        return bool(cursor.get("read_at")) and cursor["scope"] == flow._get_list_scope()

    def _get_list_scope(self):
        """What the list belongs to: with another account it is another list."""
        channel = self.channel_id
        return [channel.environment, channel._get_credential().account_id or ""]

    def _begin_list(self):
        """Go on with the pass that failed or was killed, or begin another one.

        The cursor holds the pass: what it belongs to, its number, its phase, where the
        phase goes on, how much was seen, and since when the list is known.
        """
        cursor, scope = self._get_state().cursor or {}, self._get_list_scope()
        same = cursor.get("scope") == scope
        if same and cursor.get("phase", "done") != "done":
            return
        self._restart_list(read_at=cursor.get("read_at") if same else None)

    def _restart_list(self, **more):
        rows = self.env["sale.channel.remote.listing"]
        [(last,)] = rows._read_group(
            [("channel_id", "=", self.channel_id.id)], [], ["seen_pass:max"]
        )
        self._get_state().cursor = {
            "scope": self._get_list_scope(),
            "pass": (last or 0) + 1,
            "phase": PHASES[0],
            "position": None,
            "seen": 0,
            **more,
        }

    def _is_list_phase(self, phase):
        return self._get_state().cursor["phase"] == phase

    def _move_list(self, phase, position=None, **more):
        state = self._get_state()
        state.cursor = {**state.cursor, "phase": phase, "position": position, **more}

    def _read_list_steps(self, run, catalog):
        """Read the list, page by page, each kept together with where it goes on."""
        reader = self.env["sale.channel.remote.reader"]
        while self._is_list_phase("read"):
            position = self._get_state().cursor["position"]
            # No transaction is open while the network is awaited.
            yield Step.COMMIT
            try:
                page = catalog.read_page(position, self.batch_size)
            except Rejected:
                if position is not None:
                    # The channel may have forgotten where it was.
                    self._restart_list(read_at=self._get_state().cursor.get("read_at"))
                    yield Step.COMMIT
                raise
            kept, failed = self._retry_conflicts(self._store_list, reader, page)
            run._count(received=kept, failed=failed, call=catalog.take_calls())
            yield Step.BATCH_END

    def _store_list(self, reader, page):
        cursor = self._get_state().cursor
        kept, failed = reader._store_page(
            self.channel_id, page.listings, cursor["pass"]
        )
        counts = (kept, failed + page.failed)
        phase = "read" if page.cursor is not None else "end"
        self._move_list(phase, page.cursor, seen=cursor["seen"] + sum(counts))
        return counts

    def _end_list_steps(self, run, catalog):
        """:raises Retryable: nothing was there, where there was something"""
        if not self._is_list_phase("end"):
            return
        cursor, channel = self._get_state().cursor, self.channel_id
        rows = self.env["sale.channel.remote.listing"]
        present = [("channel_id", "=", channel.id), ("gone_at", "=", False)]
        if not cursor["seen"] and not cursor.get("empty"):
            if rows.search_count(present, limit=1):
                # An answer that is empty by a fault would stop all stock.
                self._restart_list(read_at=cursor.get("read_at"), empty=True)
                yield Step.COMMIT
                raise Retryable("nothing is there any more", code="list_empty")
        else:
            yield from self._find_unseen_steps(run, catalog)
        self._retry_conflicts(self._end_list)
        yield Step.BATCH_END

    def _find_unseen_steps(self, run, catalog):
        """Ask for what the list did not show: one that was deleted before it may have
        moved it to a page that was read already."""
        reader = self.env["sale.channel.remote.reader"]
        while True:
            cursor = self._get_state().cursor
            rows = reader._get_unseen(
                self.channel_id, cursor["pass"], cursor["position"] or 0, FIND_LIMIT
            )
            if not rows:
                return
            last, ids = rows[-1].id, rows.mapped("external_id")
            yield Step.COMMIT
            there = catalog.find(ids)
            self._retry_conflicts(self._note_unseen, rows, set(there), last)
            run._count(call=catalog.take_calls())
            yield Step.BATCH_END

    def _note_unseen(self, rows, there, last):
        seen = rows.exists().filtered(lambda row: row.external_id in there)
        seen.sudo().seen_pass = self._get_state().cursor["pass"]
        self._move_list("end", last)

    def _end_list(self):
        reader = self.env["sale.channel.remote.reader"]
        cursor = self._get_state().cursor
        reader._end_pass(self.channel_id, cursor["pass"])
        known = cursor.get("read_at")
        now = fields.Datetime.to_string(fields.Datetime.now())
        self._move_list("match", 0, read_at=now, empty=False)
        if not known:
            # What waited for it goes out now.
            flows = self.channel_id.flow_ids.filtered(
                lambda flow: flow.kind == "listings_out" and flow.enabled
            )
            flows._request_run()

    def _match_list_steps(self):
        """Find out what the rows are that nobody has decided about."""
        while self._is_list_phase("match"):
            self._retry_conflicts(self._match_page)
            # However many pages there are, memory holds one.
            self.env.invalidate_all()
            yield Step.BATCH_END
        if self._is_list_phase("settle"):
            self._retry_conflicts(self._settle_list)
            yield Step.BATCH_END

    def _match_page(self):
        matcher = self.env["sale.channel.remote.matcher"]
        rows = self._get_list_page(MATCH_LIMIT)
        matcher._propose(self.channel_id, rows)
        if rows:
            self._move_list("match", rows[-1].id)
        else:
            self._move_list("settle")

    def _get_list_page(self, limit, domain=()):
        position = self._get_state().cursor["position"] or 0
        matcher = self.env["sale.channel.remote.matcher"]
        open_ = matcher._get_open_domain(self.channel_id)
        rows = self.env["sale.channel.remote.listing"]
        return rows.search(
            open_ & fields.Domain([("id", ">", position), *domain]),
            order="id",
            limit=limit,
        )

    def _settle_list(self):
        self.env["sale.channel.remote.matcher"]._settle(self.channel_id)
        self._move_list("link", 0)

    def _link_list_steps(self, run):
        """Link what is certain."""
        while self._is_list_phase("link"):
            linked = self._retry_conflicts(self._link_page)
            run._count(processed=linked)
            self.env.invalidate_all()
            yield Step.BATCH_END

    def _link_page(self):
        rows = self._get_list_page(LINK_LIMIT, [("state", "=", "sure")])
        if not rows:
            self._move_list("done")
            return 0
        matcher = self.env["sale.channel.remote.matcher"]
        linked = matcher._link_sure(self.channel_id, rows)
        self._move_list("link", rows[-1].id)
        return linked

    # Prices that change by themselves, because a rule begins or ends

    def _get_price_moment(self):
        """When the next rule of the pricelists begins or has ended, if one does."""
        if self.kind != PRICE or not self.confirmed:
            return None
        since = self._get_state().price_moment
        if not since:
            return None
        return self.env["sale.channel.price"]._get_next_moment(self.channel_id, since)

    def _has_work(self):
        if super()._has_work():
            return True
        if self.kind == "stock_out" and self._get_state().orders_unread:
            return True
        moment = self._get_price_moment()
        return bool(moment) and moment <= fields.Datetime.now()

    def _get_rows_due(self):
        moment = self._get_price_moment()
        return [*super()._get_rows_due(), *([moment] if moment else [])]

    def _mark_steps(self):
        if self.kind == PRICE:
            self._retry_conflicts(self._mark_moments)
        return (yield from super()._mark_steps())

    def _mark_moments(self):
        """Mark what the rules concern that began or ended since the last time."""
        state, now = self._get_state(), fields.Datetime.now()
        if state.price_moment and state.price_moment < now:
            rules = self.env["sale.channel.price"]._get_passed(
                self.channel_id, state.price_moment, now
            )
            self.env["sale.channel.change.mark"].create(
                [
                    {"flow_id": self.id, "scope": SCOPE, "value": value}
                    for value in {rule._get_channel_reference() for rule in rules}
                ]
            )
        state.price_moment = now

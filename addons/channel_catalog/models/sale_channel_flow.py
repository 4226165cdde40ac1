import time

from odoo import api, fields, models

from odoo.addons.channel_base.lib.bisect import bisect
from odoo.addons.channel_base.lib.errors import (
    AuthRequired,
    ChannelError,
    Rejected,
)
from odoo.addons.channel_base.lib.steps import Step, stop

from ..lib.price import SCOPE
from .sale_channel_fee import FLOW as FEES
from .sale_channel_listing_stock import BEHIND, HELD_SECONDS

# Kinds that change what a channel keeps of its goods
LEASED = ("stock_out", "orders_answer")
# The orders' own flow goes on with what takes longer.
READ_SECONDS = 10
PRICE = "price_out"
# What goes out → what is read for it
NEEDED = {"listings_out": "listings_in", PRICE: FEES}


class SaleChannelFlow(models.Model):
    """With ``sudo``: what flows did is the channel's, whoever asks."""

    _inherit = "sale.channel.flow"

    kind = fields.Selection(
        selection_add=[
            ("stock_out", "Stock Out"),
            ("stock_in", "Stock In"),
            ("price_out", "Prices Out"),
            ("listings_out", "Listings Out"),
            ("listings_in", "Listings In"),
            ("fees_in", "Fees In"),
        ],
        ondelete={
            "stock_out": "cascade",
            "stock_in": "cascade",
            "price_out": "cascade",
            "listings_out": "cascade",
            "listings_in": "cascade",
            "fees_in": "cascade",
        },
    )

    def _get_priority(self):
        """Stock and prices go before everything else."""
        if self.kind in ("stock_out", "price_out"):
            return 1
        if self.kind in ("listings_in", "fees_in"):
            return 8
        return super()._get_priority()

    def _calls_service(self):
        """What is counted was read with the listings."""
        return self.kind != "stock_in" and super()._calls_service()

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
        if not obstacle and self.env["sale.channel.order.receiver"]._has_unread(
            self.channel_id
        ):
            obstacle = BEHIND
        if not self.env["sale.channel.lease"]._take(self):
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
                self.env["sale.channel.lease"]._end(self)
            yield Step.COMMIT
            self._check_reachable(errors)
            if not rows:
                return rows, {}
        if not self.env["sale.channel.lease"]._keep(self):
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
            steps = orders._read_steps(run, source)
            for step in steps:
                yield Step.COMMIT
                # In the midst of a batch, orders would wait until their lease is over.
                if step is Step.BATCH_END and time.monotonic() > ends:
                    stop(steps)
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
        if self.kind == "listings_in":
            self.channel_id.flow_ids.filtered(
                lambda flow: flow.kind == "stock_in" and flow._has_work()
            )._wake()
        return result

    def _count_steps(self, run):
        """Count what the channel keeps: what it says otherwise than before, and when
        the interval is over all that Odoo has otherwise."""
        state, kept = self._get_state(), self.env["sale.channel.kept.stock"]
        if not self.channel_id.kept_warehouse_id:
            return
        if not state.cursor:
            products = kept._take_due(self.channel_id)
            if state.full_run:
                products |= kept._find_differing(self.channel_id)
            state.cursor = products.ids
        while state.cursor:
            counted, failed = self._retry_conflicts(self._count_page)
            run._count(processed=counted, failed=failed)
            yield Step.BATCH_END
        if state.full_run and not run.failed_count:
            kept._calm(self.channel_id)

    def _count_page(self):
        state = self._get_state()
        page, rest = state.cursor[: self.batch_size], state.cursor[self.batch_size :]
        products = self.env["product.product"].browse(page).exists()
        results = self.env["sale.channel.kept.stock"]._count_all(
            self.channel_id, products
        )
        state.cursor = rest or False
        return results

    def _confirm(self):
        """What goes out for the first time needs to know what is there."""
        result = super()._confirm()
        if self.kind in NEEDED:
            reading = self.channel_id.flow_ids.filtered(
                lambda flow: flow.kind == NEEDED[self.kind] and not flow.enabled
            )
            reading.enabled = True
        return result

    def _run_steps(self, run):
        if self.kind == "stock_in":
            yield from self._count_steps(run)
            return
        if self.kind == FEES:
            yield from self.env["sale.channel.fee"]._run_steps(self, run)
            return
        if self.kind == "listings_in":
            yield from self.env["sale.channel.remote.flow"]._run_steps(self, run)
            return
        yield from super()._run_steps(run)

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
        if self.kind == "listings_in":
            # What was announced waits for more.
            moment = self.env["sale.channel.remote.flow"]._get_hint_moment(self)
            return bool(moment) and moment <= fields.Datetime.now()
        if super()._has_work():
            return True
        if self.kind == "stock_out" and self._get_state().orders_unread:
            return True
        if self.kind == "stock_in":
            return self.env["sale.channel.kept.stock"]._is_due(self.channel_id)
        moment = self._get_price_moment()
        return bool(moment) and moment <= fields.Datetime.now()

    def _get_rows_due(self):
        if self.kind == "listings_in":
            moment = self.env["sale.channel.remote.flow"]._get_hint_moment(self)
        else:
            moment = self._get_price_moment()
        return [*super()._get_rows_due(), *([moment] if moment else [])]

    def _mark_steps(self):
        if self.kind == PRICE:
            self._retry_conflicts(self._mark_moments)
        return (yield from super()._mark_steps())

    def _plan_ids(self, part, ids):
        """What listings leave is looked at whenever their prices are, and before they
        are made if that decides whether they are."""
        made = super()._plan_ids(part, ids)
        new = part.name == "listings" and self.channel_id.price_floor
        if self.kind == PRICE or new:
            domain = [("id", "in", ids), ("channel_id", "=", self.channel_id.id)]
            if new:
                domain.append(("external_id", "=", False))
            self._note_margins(self.env["sale.channel.listing"].search(domain))
        return made

    def _note_margins(self, listings):
        if self.env["sale.channel.charge"]._note(self.channel_id, listings):
            flows = self.channel_id.flow_ids
            flows.filtered(lambda flow: flow.enabled and flow.kind == FEES)._wake()

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

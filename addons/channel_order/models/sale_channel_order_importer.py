import json
import logging
from datetime import timedelta
from functools import partial

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.lib.errors import ChannelError, Rejected, Retryable
from odoo.addons.channel_base.tools.bisect import bisect_in_savepoints

from ..lib.amounts import expected_total, money_unit
from ..lib.fingerprint import fingerprint
from ..lib.statuses import compose, split
from ..tools.resolver import OrderResolver

_logger = logging.getLogger(__name__)

# How long after the row was first read data that the channel is still preparing
# (shipment, billing, buyer) is waited for, and for how long it is asked for after that,
# with what there is imported.
PATIENCE = timedelta(hours=1)
REREADING = timedelta(hours=12)
# How often it is asked for: not sooner, and not before a part of the time has passed
# that was waited already.
RETRY_SECONDS = 120
RETRY_SHARE = 3
# States of rows that have (or had) a sale order.
IMPORTED_STATES = ("imported", "reserved")


class SaleChannelOrderImporter(models.AbstractModel):
    """Turns received rows into customers and sale orders."""

    _name = "sale.channel.order.importer"
    _description = "Channel Orders: import"

    def _process(self):
        """Parse, decide and import claimed rows whose bundle is stored.

        The customer of every readable order is kept, whatever becomes of the order.
        Does not commit; every error ends on its own row.

        :return: the sale orders that were created
        """
        ready = self.filtered(
            lambda row: row.sync_state == "pending" and not row.needs_fetch
        )
        if not ready:
            return self.env["sale.order"]
        return ready._process_together()

    def _process_together(self):
        """Process the rows at once; without the guilty one when something breaks.

        What nobody foresaw must cost one order, not the account's whole flow.
        """
        created = bisect_in_savepoints(
            self.env.cr,
            self,
            lambda rows: rows._process_channel(),
            lambda row, error: row._fail(error),
        )
        return self.env["sale.order"].union(*created)

    def _fail(self, error):
        _logger.error("order %s", self.id, exc_info=error)
        self._reject(error)
        return self.env["sale.order"]

    def _process_channel(self):
        """The rows at once; see :meth:`_process`."""
        channel = self.channel_id
        channel.ensure_one()
        resolver = OrderResolver(channel)
        parsed = [(row, order) for row in self if (order := row._parse()) is not None]
        # A cart lets its orders go before another one may take them.
        parsed.sort(key=lambda pair: not pair[0].sale_order_id)
        resolver.load_sold(ref for row, order in parsed for ref in row._get_refs(order))
        parsed = [
            (row, order)
            for row, order in parsed
            if not row._drop_cancelled(resolver, order)
            and not row._stay_dismissed(resolver, order)
        ]
        resolver.load_versions([row for row, _order in parsed])
        customers = self._upsert_customers(channel, parsed)
        self.env["sale.channel.order.payment"]._sync(resolver, parsed)
        wanted = []
        for (row, order), customer in zip(parsed, customers, strict=True):
            row._write_order_data(resolver, order)
            row._write_customer(customer)
            try:
                row._check_fresh(resolver)
                if row._decide(resolver, order, customer):
                    wanted.append((row, order, customer))
            except ChannelError as error:
                row._reject(error)
        # Status, payments, holds and proposals of what was imported may have changed.
        self.env["sale.channel.order.invoicing"]._wake(self.sale_order_id)
        created = self._import(resolver, wanted)
        self._renew_lines(dict(parsed))
        return created

    def _parse(self):
        """The row's bundle in the shared words; None when it is not readable."""
        self.ensure_one()
        try:
            return self._read_order()
        except ChannelError as error:
            self._reject(error)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            # A parser that stumbles must not stop the other orders.
            _logger.exception("order %s of channel %s", self.id, self.channel_id.id)
            self._reject(Rejected("payload_invalid", type(error).__name__, str(error)))
        return None

    def _read_order(self):
        """The row's stored bundle in the shared words.

        :raises ChannelError: it is not readable
        :raises ValueError, TypeError, KeyError, AttributeError: the parser stumbled
        """
        self.ensure_one()
        bundle = json.loads(self.sudo().payload or "{}")
        return self.channel_id._get_provider()._parse_order(self.channel_id, bundle)

    def _read_if_readable(self):
        """The row's stored bundle in the shared words; None when nobody can read it."""
        try:
            return self._read_order()
        except (ChannelError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def _drop_cancelled(self, resolver, order):
        """Settle an order that was cancelled before it could be imported.

        Nobody has bought anything: no customer is made of its buyer.
        """
        self.ensure_one()
        if not resolver.means_cancelled(order.status) or self.sale_order_id:
            return False
        if resolver.sellers(self._get_refs(order)):
            return False
        self._write_order_data(resolver, order)
        self._cancel(order)
        return True

    def _upsert_customers(self, channel, parsed):
        updates = [
            (order.buyer, order.delivery, row.sale_order_id) for row, order in parsed
        ]
        return self.env["sale.channel.partner"]._upsert(channel, updates)

    def _write_order_data(self, resolver, order):
        """Show what the channel says about the order, before any decision."""
        self.ensure_one()
        currency = resolver.currency(order.currency)
        shipment = order.shipment
        self.write(
            {
                "number": order.number,
                "external_status": order.status,
                "placed_at": order.placed_at,
                "site": order.site,
                "tags": ", ".join(sorted(order.tags))[:500],
                "url_id": order.url_id,
                "currency_code": order.currency,
                "currency_id": currency.id,
                "goods_total": float(
                    expected_total(order, unit=money_unit(currency.rounding))
                ),
                "shipping_status": shipment.status if shipment else False,
                "logistic_type": shipment.logistic_type if shipment else False,
                "tracking_number": shipment.tracking_number if shipment else False,
                "shipment_ref": shipment.external_id if shipment else False,
                "incomplete": self._lacks_data(order),
            }
        )

    def _write_customer(self, customer):
        self.write(
            {
                "buyer_id": customer.buyer.id,
                "identity_id": customer.identity.id,
                "partner_id": customer.partner.id,
            }
        )
        for code, params in customer.notes:
            self._tell("decided", code, **params)

    def _decide(self, resolver, order, customer):
        """Whether to create the sale order now.

        :raises ChannelError: the order cannot be imported as it is
        """
        self.ensure_one()
        decision = self._get_decision(resolver, order)
        self._adopt(resolver, order)
        if decision == "cancel":
            self._cancel(order)
            return False
        if self.state in IMPORTED_STATES or self._is_sold():
            self._follow(resolver, order, customer, decision)
            return False
        if decision in ("wait", "ignore"):
            state = "received" if decision == "wait" else "ignored"
            self._mark_done(state=state)
            self._tell("decided", decision, status=order.status)
            return False
        if self._is_before_start(order):
            self._mark_done(state="ignored", error_code="before_start")
            self._tell("decided", "before_start")
            return False
        self._check_importable(resolver, order)
        self._leave_former()
        self._check_complete()
        self._answer("received")
        return True

    def _get_decision(self, resolver, order):
        """What the order's status means.

        A status that we wrote ourselves tells nothing new.

        :raises MappingMissing: nobody has said it
        """
        told = self.answer_ids.mapped("status")
        news = compose(part for part in split(order.status) if part not in told)
        if not news:
            return "reserve" if self.state == "reserved" else "import"
        return resolver.decision(news)

    def _is_before_start(self, order):
        start = self.channel_id.orders_from
        return start and order.placed_at < start and not self.requested

    @api.model
    def _lacks_data(self, order):
        """Whether the channel should show more of the order sooner or later."""
        identity = order.buyer.identity
        return not order.complete or bool(identity and identity.pending)

    def _check_complete(self):
        """Wait for data that the channel has not given yet, but not for long.

        :raises Retryable: the row is new and something is missing
        """
        if not self.incomplete or self._get_waited() > PATIENCE:
            return
        # Waiting for the channel is no attempt that failed.
        self.write({"needs_fetch": True, "attempts": 0})
        raise Retryable("incomplete", self._get_pause(), code="incomplete")

    def _get_waited(self):
        """How long the channel has had to give all of its data.

        By our clock, not since the purchase: that may be long ago when a history is
        imported, or Odoo was down.
        """
        now = fields.Datetime.now()
        return now - (self.first_read_at or self.payload_at or now)

    def _get_pause(self):
        """Seconds until the channel is asked for missing data again."""
        return max(RETRY_SECONDS, self._get_waited().total_seconds() / RETRY_SHARE)

    def _is_read_again(self):
        """Whether it was imported without some of its data, which may still come."""
        self.ensure_one()
        return (
            self.incomplete
            and self.state in IMPORTED_STATES
            and self._get_waited() < REREADING
        )

    def _read_again(self):
        """Have what was imported without some of its data read again later."""
        self.ensure_one()
        if self._is_read_again():
            pause = timedelta(seconds=self._get_pause())
            self.write(
                {
                    "needs_fetch": True,
                    "sync_state": "pending",
                    "error_code": "incomplete",
                    "next_attempt_at": fields.Datetime.now() + pause,
                }
            )

    def _check_importable(self, resolver, order):
        """:raises Rejected: for what no setting can make right"""
        account = resolver.account_id
        if account and order.seller_id and order.seller_id != account:
            raise Rejected("wrong_account", seller=order.seller_id)
        if order.fraud_warning:
            raise Rejected("fraud_risk")
        if order.is_test and self.channel_id.environment != "test":
            raise Rejected("test_purchase")

    def _import(self, resolver, wanted):
        """Create and confirm the orders, as many at once as go well.

        :param wanted: list of (row, schema order, customer)
        """
        builds, refs = [], set()
        resolver.load_lines(
            line for _row, order, _customer in wanted for line in order.lines
        )
        for row, order, customer in wanted:
            lines = {line.external_id for line in order.lines}
            try:
                if lines & refs:
                    # Read at two moments, two carts of the batch hold the same line.
                    row.needs_fetch = True
                    raise Retryable("another cart has it", code="stale")
                values = row._prepare_sale_order(resolver, order, customer)
            except ChannelError as error:
                row._reject(error)
            else:
                refs |= lines
                builds.append((row, order, values))
        self._tell_all(resolver.take_sentences())
        if resolver.channel.price_tax_mode == "included":
            # Outside the orders' savepoints, so that a refused order takes no tax
            # away from the others.
            resolver.taxes()._get_included_twins()
        return self._create_orders(resolver.channel, builds)

    def _create_orders(self, channel, builds):
        """Create a batch in a savepoint; bisect it when one of them is refused."""
        created = bisect_in_savepoints(
            self.env.cr,
            builds,
            partial(self._create_batch, channel),
            self._reject_build,
        )
        made = [pair for part in created for pair in part]
        if not made:
            return self.env["sale.order"]
        for (row, order, values), sale_order in made:
            customer = [values["partner_id"], values["partner_shipping_id"]]
            row._mark_done(
                state="reserved" if sale_order.channel_hold else "imported",
                sale_order_id=sale_order.id,
                imported_print={
                    **fingerprint(order),
                    **row._get_sold_print(order, values["order_line"]),
                    "customer": customer,
                },
                **row._prepare_import_moments(),
            )
        rows = self.browse([row.id for (row, _order, _values), _sale_order in made])
        self._tell_all(
            [
                (row, "decided", row.state, {"order": row.sale_order_id.name})
                for row in rows
            ]
        )
        for (row, order, _values), _sale_order in made:
            row._follow_refund(order)
        rows._on_confirmed()
        return self.env["sale.order"].union(
            *(sale_order for _build, sale_order in made)
        )

    def _reject_build(self, builds, error):
        """Reject an order that cannot be created; its customer is kept."""
        [(row, _order, _values)] = builds
        if isinstance(error, UserError | psycopg2.Error):
            error = Rejected("order_refused", detail=str(error)[:300])
        elif not isinstance(error, ChannelError):
            _logger.error(
                "order %s of channel %s", row.id, row.channel_id.id, exc_info=error
            )
        row._reject(error)
        return []

    def _create_batch(self, channel, builds):
        """Create and confirm orders.

        :return: list of (build, its sale order)
        """
        company = channel.company_id
        orders = (
            self.env["sale.order"]
            .with_company(company)
            .create([values for _row, _order, values in builds])
        )
        wanted = orders
        if channel.import_as != "confirmed":
            # Stock can only be reserved for a confirmed order.
            wanted = orders.filtered(lambda order: order.channel_hold == "reserved")
        wanted.with_context(channel_defer_reservation=True).action_confirm()
        # Last, although a wrong total undoes the rest: amounts that are read before
        # confirming are computed twice.
        for (row, order, _values), sale_order in zip(builds, orders, strict=True):
            row._check_total(order, sale_order)
        self.env.flush_all()
        return list(zip(builds, orders, strict=True))

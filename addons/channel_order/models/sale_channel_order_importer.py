import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.lib.errors import (
    ChannelError,
    MappingMissing,
    Rejected,
    Retryable,
)
from odoo.addons.channel_base.tools.bisect import bisect_in_savepoints
from odoo.addons.channel_base.tools.conflicts import CONFLICTS

from ..lib.amounts import expected_total, money_unit
from ..lib.batch import Parsed
from ..lib.choice import Facts, Refusal, choose, drop
from ..lib.fingerprint import fingerprint
from ..lib.source import latest_moment

_logger = logging.getLogger(__name__)

# How long after the row was first read data that the channel is still preparing
# (shipment, billing, buyer) is waited for.
PATIENCE = timedelta(hours=1)


class SaleChannelOrderImporter(models.AbstractModel):
    """Turns received rows into customers and sale orders."""

    _name = "sale.channel.order.importer"
    _description = "Channel Orders: import"

    @api.model
    def _import(self, rows, parsed=None):
        """Decide about claimed rows whose bundle is stored, and import them.

        The customer of every readable order is kept, whatever becomes of the order.
        What nobody foresaw costs one order, not the account's whole flow. Does not
        commit; every error ends on its own row.

        :param rows: inbox rows of one channel
        :param parsed: what :meth:`_parse` gave for them, if it was needed before
        :return: the sale orders that were created
        """
        ready = self._get_ready(rows)
        parsed = {**(parsed or {})}
        # Somebody may have stored a newer bundle since it was parsed.
        parsed |= self._parse(
            ready.filtered(
                lambda row: row not in parsed or parsed[row].digest != row.content_hash
            )
        )
        created = bisect_in_savepoints(
            self.env.cr, ready, partial(self._import_together, parsed), self._fail
        )
        return self.env["sale.order"].union(*created)

    @api.model
    def _get_ready(self, rows):
        return rows.filtered(lambda row: row.sync_state == "process")

    @api.model
    def _parse(self, rows):
        """The bundles of claimed rows in the shared words; writes nothing.

        :return: dict row → :class:`..lib.batch.Parsed`; rows without a bundle to be
            imported are missing
        """
        parsed = {}
        for row in self._get_ready(rows):
            order = error = None
            try:
                order = row._read_order()
            except ChannelError as refusal:
                error = refusal
            except CONFLICTS:
                raise
            except Exception as stumble:
                # A parser that stumbles must not stop the other orders, whatever it
                # stumbles over.
                _logger.exception("order %s of channel %s", row.id, row.channel_id.id)
                detail = str(stumble)
                error = Rejected("payload_invalid", type(stumble).__name__, detail)
            parsed[row] = Parsed(row.content_hash, order, error)
        return parsed

    @api.model
    def _fail(self, row, error):
        _logger.error("order %s", row.id, exc_info=error)
        row._refuse(error)
        return self.env["sale.order"]

    @api.model
    def _import_together(self, parsed, rows):
        """The rows at once; see :meth:`_import`."""
        channel = rows.channel_id
        channel.ensure_one()
        batch = self.env["sale.channel.order.lookup"]._open(channel)
        cart = self.env["sale.channel.order.cart"]
        for row in rows.filtered(lambda row: parsed[row].error):
            row._refuse(parsed[row].error)
        pairs = [(row, parsed[row].order) for row in rows if parsed[row].order]
        # A cart lets its orders go before another one may take them.
        pairs.sort(key=lambda pair: not pair[0].sale_order_id)
        cart._load_sold(batch, pairs)
        pairs = [
            (row, order) for row, order in pairs if not self._drop(batch, row, order)
        ]
        cart._load_versions(
            batch, rows.browse().concat(*(row for row, _order in pairs))
        )
        customers = self._upsert_customers(channel, pairs)
        self.env["sale.channel.order.payment"]._sync(batch, pairs)
        wanted = []
        for (row, order), customer in zip(pairs, customers, strict=True):
            self._store_data(batch, row, order)
            self._store_customer(row, customer)
            if row.sync_state != "process":
                # A row before it has taken over its sale order, or needs it read again.
                continue
            try:
                if self._take_step(batch, row, order, customer):
                    wanted.append((row, order, customer))
            except ChannelError as error:
                row._refuse(error)
        # Status, payments, holds and proposals of what was imported may have changed.
        self.env["sale.channel.order.invoicing"]._wake(rows.sale_order_id)
        created = self._create_orders(channel, self._prepare_builds(batch, wanted))
        self.env["sale.channel.order.line"]._renew(rows, dict(pairs))
        return created

    @api.model
    def _drop(self, batch, row, order):
        """Settle an order of which nothing is needed but its status: no customer is
        made of its buyer.

        :return: whether it is one
        """
        event = drop(self._gather_first_facts(batch, row, order))
        if event:
            self._store_data(batch, row, order)
            self._settle(row, order, event)
        return bool(event)

    @api.model
    def _take_step(self, batch, row, order, customer):
        """Let happen to a row what its facts say.

        :return: whether its sale order is to be created now
        :raises ChannelError: the order cannot be imported as it is
        """
        life = self.env["sale.channel.order.life"]
        facts = self._gather_facts(batch, row, order)
        event = choose(facts)
        if event == "adopted":
            self.env["sale.channel.order.cart"]._adopt(batch, row, order)
            place = life._get_place(row)
            event = choose(replace(facts, place=place, elsewhere=False))
        if event == "blocked":
            # It raises what is missing.
            self.env["sale.channel.order.lookup"]._find_decision(batch, row, order)
        elif event == "followed":
            self.env["sale.channel.order.follower"]._follow(
                batch, row, order, customer, facts.decision
            )
        elif event in ("awaited", "created", "reserved"):
            # What was asked about a sale order that was cancelled is no question about
            # the next one.
            self.env["sale.channel.order.proposal"]._withdraw_all(row)
            if event == "awaited":
                life._await_data(row)
                return False
            row._answer("received")
            return True
        else:
            self._settle(row, order, event)
        return False

    @api.model
    def _gather_first_facts(self, batch, row, order):
        """What is known before its customer is.

        :return: :class:`..lib.choice.Facts`
        """
        sellers = self.env["sale.channel.order.cart"]._find_sellers(batch, row, order)
        lookup = self.env["sale.channel.order.lookup"]
        return Facts(
            place=self.env["sale.channel.order.life"]._get_place(row),
            dismissed=row._is_dismissed(),
            cancelled=lookup._means_cancelled(batch, order.status),
            elsewhere=bool(sellers - row),
        )

    @api.model
    def _gather_facts(self, batch, row, order):
        """All that decides about it: :class:`..lib.choice.Facts`."""
        facts, channel = self._gather_first_facts(batch, row, order), batch.channel
        outdated = self.env["sale.channel.order.cart"]._is_outdated(batch, row)
        start, account = channel.orders_from, batch.account_id
        ended = facts.place.sale == "ended"
        return replace(
            facts,
            decision=None if outdated else self._find_decision(batch, row, order),
            outdated=outdated,
            early=bool(start and order.placed_at < start and not row.requested),
            wrong_account=bool(
                account and order.seller_id and order.seller_id != account
            ),
            warned=order.fraud_warning,
            test_purchase=order.is_test and channel.environment != "test",
            former_stands=ended and not row.sale_order_id._get_standing().undone,
            incomplete=row.incomplete and row._get_waited() <= PATIENCE,
        )

    @api.model
    def _find_decision(self, batch, row, order):
        """What its status means; None when nobody has said it."""
        lookup = self.env["sale.channel.order.lookup"]
        try:
            return lookup._find_decision(batch, row, order)
        except MappingMissing:
            return None

    @api.model
    def _settle(self, row, order, event):
        """Let happen to a row what leaves nothing to do about it.

        :param event: of the table of lives, or a :class:`..lib.choice.Refusal`
        :raises ChannelError: it is refused, or something later is known
        """
        if isinstance(event, Refusal):
            params = {
                "wrong_account": {"seller": order.seller_id},
                "former_stands": {"order": row.sale_order_id.name},
            }
            raise Rejected(event.code, **params.get(event.code, {}))
        if event == "outdated":
            raise Retryable("another cart has it later", code="stale")
        if event == "cancelled":
            self.env["sale.channel.order.follower"]._cancel(row, order)
        elif event in ("waits", "ignored"):
            row._apply(event, status=order.status)
        else:
            row._apply(event)
            if event == "disregarded":
                row._tell("decided", "still_dismissed")

    @api.model
    def _upsert_customers(self, channel, pairs):
        updates = [
            (order.buyer, order.delivery, row.sale_order_id) for row, order in pairs
        ]
        return self.env["sale.channel.partner.importer"]._upsert(channel, updates)

    @api.model
    def _store_data(self, batch, row, order):
        """Show what the channel says about the order, before any decision."""
        lookup = self.env["sale.channel.order.lookup"]
        currency = lookup._find_currency(batch, order.currency)
        shipment = order.shipment
        row.write(
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
                "incomplete": order.lacks_data,
            }
        )

    @api.model
    def _store_customer(self, row, customer):
        row.write(
            {
                "buyer_id": customer.buyer.id,
                "identity_id": customer.identity.id,
                "partner_id": customer.partner.id,
            }
        )
        for code, params in customer.notes:
            row._tell("decided", code, **params)

    @api.model
    def _prepare_builds(self, batch, wanted):
        """Values of the sale orders; who has none is rejected.

        :param wanted: list of (row, schema order, customer)
        :return: list of (row, schema order, values)
        """
        builds, refs = [], set()
        builder = self.env["sale.channel.order.builder"]
        lookup = self.env["sale.channel.order.lookup"]
        lookup._load_lines(
            batch, [line for _row, order, _customer in wanted for line in order.lines]
        )
        for row, order, customer in wanted:
            lines = {line.external_id for line in order.lines}
            try:
                if lines & refs:
                    # Read at two moments, two carts of the batch hold the same line.
                    raise Retryable("another cart has it", code="stale")
                values = builder._prepare_sale_order(batch, row, order, customer)
            except ChannelError as error:
                row._refuse(error)
            else:
                refs |= lines
                builds.append((row, order, values))
        self.env["sale.channel.order.event"]._tell(batch.take_sentences())
        if batch.channel.price_tax_mode == "included":
            # Outside the orders' savepoints, so that a refused order takes no tax
            # away from the others.
            lookup._find_taxes(batch)._get_included_twins()
        return builds

    @api.model
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
        builder = self.env["sale.channel.order.builder"]
        changes = {"created": [], "reserved": []}
        for (row, order, values), sale_order in made:
            customer = [values["partner_id"], values["partner_shipping_id"]]
            link = {
                "sale_order_id": sale_order.id,
                "imported_print": {
                    **fingerprint(order),
                    **builder._get_sold_print(order, values["order_line"]),
                    "customer": customer,
                },
                "imported_at": fields.Datetime.now(),
                "changed_at": latest_moment(row.versions or {}),
            }
            event = "reserved" if sale_order.channel_hold else "created"
            changes[event].append((row, link, {"order": sale_order.name}))
        for event, rows in changes.items():
            self.env["sale.channel.order.life"]._apply(event, rows)
        for (row, order, _values), _sale_order in made:
            self.env["sale.channel.order.follower"]._follow_refund(row, order)
        return self.env["sale.order"].union(
            *(sale_order for _build, sale_order in made)
        )

    @api.model
    def _reject_build(self, builds, error):
        """Reject an order that cannot be created; its customer is kept."""
        [(row, _order, _values)] = builds
        if isinstance(error, UserError | psycopg2.Error):
            error = Rejected("order_refused", detail=str(error)[:300])
        elif not isinstance(error, ChannelError):
            _logger.error(
                "order %s of channel %s", row.id, row.channel_id.id, exc_info=error
            )
        row._refuse(error)
        return []

    @api.model
    def _create_batch(self, channel, builds):
        """Create and confirm orders.

        :return: list of (build, its sale order)
        """
        distributions = self.env["account.analytic.distribution.model"]
        orders = (
            self.env["sale.order"]
            .with_company(channel.company_id)
            .with_context(channel_undistributed=not distributions._has_any())
            .create([values for _row, _order, values in builds])
        )
        wanted = orders
        if channel.import_as != "confirmed":
            # Stock can only be reserved for a confirmed order.
            wanted = orders.filtered(lambda order: order.channel_hold == "reserved")
        wanted.with_context(
            channel_defer_reservation=True, channel_defer_notes=True
        ).action_confirm()
        # Last, although a wrong total undoes the rest: amounts that are read before
        # confirming are computed twice.
        builder = self.env["sale.channel.order.builder"]
        for (_row, order, _values), sale_order in zip(builds, orders, strict=True):
            builder._check_total(channel, order, sale_order)
        self.env.flush_all()
        return list(zip(builds, orders, strict=True))

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.channel_base.lib.errors import Rejected, Unresolved
from odoo.addons.channel_base.lib.text import clean

from ..tools.resolver import PRODUCT_KIND, OrderResolver
from .sale_channel_order_importer import IMPORTED_STATES

# Questions about an imported order that is sold on the channel and not in Odoo
LOSSES = ("order_cancelled_here", "order_deleted", "review_deleted")
# Questions about one that sells less than the channel does
SHORT = ("review_lines", "order_reduced_here")
PRODUCT_CODES = ("product_unknown", "product_ambiguous", "sku_missing")
# Rows whose products are looked for in one full run
SWEEP_LIMIT = 500
PLAUSIBLE = 10**12
# States of rows of which the channel may sell what Odoo does not count
PLEDGED_STATES = ("received", "rejected", *IMPORTED_STATES)
BOUGHT = (
    "external_id",
    "item_id",
    "variation_id",
    "product_key",
    "sku",
    "title",
    "quantity",
    "unit_price",
    "by_channel",
)
# Orders to look at before the commit
REDUCED = "sale.channel.order.reduced"
UNNEEDED_DAYS = 1
UNNEEDED_LIMIT = 2000


class SaleChannelOrderSettle(models.AbstractModel):
    """What people do about rows that did not go through, or lost their sale order."""

    _name = "sale.channel.order.settle"
    _description = "Channel Orders: settle"

    def _get_retryable(self):
        return self.filtered(
            lambda row: (
                row.sync_state != "done" or row.state == "dismissed" or row._is_lost()
            )
        )

    def _is_lost(self):
        """Whether it was imported, but its sale order was deleted, or cancelled and
        nobody has decided yet that this is right. What was delivered or invoiced is
        not lost: another order would do both again."""
        self.ensure_one()
        row = self.sudo()
        return row.state in IMPORTED_STATES and (
            not row.sale_order_id
            or row.sale_order_id.state == "cancel"
            and row.sale_order_id._get_standing().undone
            and bool(row._get_open_losses())
        )

    def _leave_former(self):
        """Begin anew after a sale order that is cancelled: what was asked about it is
        no question about the next one.

        :raises Rejected: it was delivered or invoiced, and that still stands
        """
        self.ensure_one()
        former = self.sale_order_id
        if former and not former._get_standing().undone:
            raise Rejected("former_stands", order=former.name)
        self._withdraw_all()

    def _withdraw_all(self):
        self._withdraw(*self.proposal_ids.mapped("code"))

    def _get_open_losses(self):
        return self.proposal_ids.filtered(
            lambda proposal: proposal.code in LOSSES and proposal.state == "open"
        )

    def _retry(self):
        """Process the rows again with what Odoo knows now; lost ones anew."""
        lost = self.filtered(lambda row: row._is_lost())
        lost._withdraw_all()
        lost.write(
            {"state": "received", "sale_order_id": False, "processed_hash": False}
        )
        self._tell("decided", "retried", user=self.env.user.name)
        return super()._retry()

    def _make_due(self):
        result = super()._make_due()
        self.filtered(lambda row: row.state in ("rejected", "dismissed")).write(
            {"state": "received"}
        )
        # What was lacking may be there by now.
        self.filtered("incomplete").write({"needs_fetch": True})
        return result

    # Dismissing

    def action_dismiss(self):
        """Ask for the reason why the rows need not be imported."""
        self._check_operator()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_order.sale_channel_order_dismiss_action"
        )
        action["context"] = {"default_order_ids": self.ids}
        return action

    def _dismiss(self, reason):
        """Settle rows that failed; an imported one keeps its sale order.

        :param reason: a person's sentence, told in the story
        :raises UserError: a row did not fail, or is being worked on right now
        """
        self._check_operator()
        rows = self.sudo()
        rows.lock_for_update(allow_referencing=True)
        if any(row.sync_state not in ("error", "blocked") for row in rows):
            raise UserError(
                self.env._("Only orders that did not go through can be dismissed.")
            )
        for row in rows:
            kept = row.state in IMPORTED_STATES
            row._mark_done(state=row.state if kept else "dismissed", needs_fetch=False)
        rows._renew_lines()
        rows._tell("decided", "dismissed", user=self.env.user.name, reason=reason)

    def _stay_dismissed(self, resolver, order):
        """Keep a dismissed row as it is, whatever else the channel changed."""
        self.ensure_one()
        if self.state != "dismissed":
            return False
        self._write_order_data(resolver, order)
        self._mark_done()
        self._tell("decided", "still_dismissed")
        return True

    # Sale orders that people cancel or delete

    def _review_loss(self, code, order):
        """Ask what shall become of rows whose sale order is gone.

        :param code: one of ``LOSSES``
        :param order: the sale order's name
        """
        for row in self.filtered(lambda row: row.state in IMPORTED_STATES):
            row._withdraw_losses()
            row._propose(code, order=order, user=self.env.user.name)
            row._renew_lines()

    def _withdraw_losses(self):
        """Close the questions about sale orders that are gone: they are answered."""
        self._withdraw(*LOSSES)

    def _on_proposal_closed(self, proposal):
        result = super()._on_proposal_closed(proposal)
        if proposal.code in LOSSES and proposal.state == "dismissed":
            self.filtered(lambda row: not row.sale_order_id).state = "dismissed"
        if proposal.code in (*LOSSES, *SHORT):
            self._renew_lines()
        return result

    # What was bought

    def _renew_lines(self, orders=None):
        """Keep what was bought of rows that Odoo does not count, and of no others.

        :param orders: dict row → :class:`..lib.schema.Order` of those that were read
        """
        pledged = self.filtered(lambda row: row._is_pledged() or row._is_short())
        pledged._keep_lines(orders)
        (self - pledged).line_ids.unlink()

    def _is_pledged(self):
        """Whether the channel sells the order, and no confirmed sale order does."""
        self.ensure_one()
        order = self.sale_order_id
        if self.state not in PLEDGED_STATES or order.state == "sale":
            return False
        lost = self.state in IMPORTED_STATES and order.state in (False, "cancel")
        # Who answered the question took it upon themselves.
        return not lost or bool(self._get_open_losses())

    def _is_short(self):
        """Whether the channel sells more by now than the confirmed sale order, which
        somebody was asked about."""
        self.ensure_one()
        return self.sale_order_id.state == "sale" and any(
            proposal.code in SHORT and proposal.state == "open"
            for proposal in self.proposal_ids
        )

    def _get_uncounted(self, order):
        """Pieces of each line that the sale order does not sell.

        :return: list of pairs of a :class:`..lib.schema.Line` and its pieces
        """
        if not self._is_short():
            return [(line, line.quantity) for line in order.lines]
        return self._get_lacking(order)

    def _get_lacking(self, order):
        """The same of a confirmed sale order, of what it neither ships nor shipped."""
        resolver, sold = OrderResolver(self.channel_id), {}
        for line in self.sale_order_id.order_line.filtered("channel_line_ref"):
            ref = line.channel_line_ref.partition("#")[0]
            sold[ref] = sold.get(ref, 0.0) + line._get_leaving_quantity()
        resolver.load_lines(order.lines)
        found = []
        for line in order.lines:
            units = sum(part.quantity for part in resolver.listed(line)) or 1
            counted = sold.get(line.external_id.partition("#")[0], 0.0) / float(units)
            if line.quantity > counted:
                found.append((line, float(line.quantity) - counted))
        return found

    @api.model
    def _look_at_reduced(self, sale_orders):
        """Look, once all is saved, at confirmed orders that may sell or ship less by
        then than the channel does."""
        rows = sale_orders.sudo().channel_order_ids
        rows = rows.filtered(lambda row: row.state in IMPORTED_STATES)
        if not rows:
            return
        commit = self.env.cr.precommit
        if REDUCED not in commit.data:
            commit.data[REDUCED] = set()
            commit.add(rows.browse()._review_all_reduced)
        commit.data[REDUCED].update(rows.ids)

    @api.model
    def _review_all_reduced(self):
        ids = self.env.cr.precommit.data.pop(REDUCED, ())
        for row in self.browse(sorted(ids)).exists():
            row._review_reduced()
        self.env.flush_all()

    def _review_reduced(self):
        """Ask what shall become of units that the channel sells and the sale order
        neither ships nor shipped."""
        self.ensure_one()
        sale_order, order = self.sale_order_id, None
        if sale_order.state == "sale" and not sale_order.channel_fulfilled:
            order = self._read_if_readable()
        if order and self._get_lacking(order):
            if not self._is_short():
                self._propose(
                    "order_reduced_here",
                    order=sale_order.name,
                    user=self.env.user.name,
                )
        else:
            self._withdraw("order_reduced_here")
        self._renew_lines()

    def _keep_lines(self, orders=None):
        """Show what was bought; what cannot be read any more stays as it was known.

        :param orders: see :meth:`_renew_lines`
        """
        for row in self:
            order = (orders or {}).get(row) or row._read_if_readable()
            if order is not None:
                row._store_lines(
                    [
                        row._prepare_bought(order, line, pieces)
                        for line, pieces in row._get_uncounted(order)
                    ]
                )
            elif not row.line_ids and not row._is_short():
                row._store_lines(row._prepare_remembered())

    def _store_lines(self, values):
        """Lines of these values, written only if others are there."""
        self.ensure_one()
        names = [name for name in BOUGHT if name != "unit_price"]
        known = [
            {name: line[name] or False for name in names} for line in self.line_ids
        ]
        if known == [{name: v.get(name) or False for name in names} for v in values]:
            return
        self.line_ids.unlink()
        self.env["sale.channel.order.line"].create(
            [{"order_id": self.id, **value} for value in values]
        )

    def _prepare_bought(self, order, line, pieces):
        return {
            "external_id": line.external_id,
            "item_id": line.item_id,
            "variation_id": line.variation_id,
            "product_key": line.product_key,
            "sku": line.sku,
            "title": line.title,
            "quantity": self._to_float(pieces),
            "unit_price": self._to_float(line.unit_price),
            "by_channel": bool(order.shipment and order.shipment.by_channel),
        }

    def _prepare_remembered(self):
        """Lines of an order whose raw data was deleted, as it was imported."""
        told = (self.imported_print or {}).get("lines") or {}
        return [
            {
                "external_id": ref,
                "product_key": sku or ref,
                "sku": sku,
                "title": sku,
                "quantity": self._to_float(float(quantity)),
                "unit_price": self._to_float(float(price)),
                "by_channel": bool(self.imported_print.get("by_channel")),
            }
            for ref, (quantity, price, sku) in told.items()
        ]

    @api.model
    def _to_float(self, number):
        """A number that PostgreSQL can store; 0 for what is no plausible one."""
        return float(number) if abs(number) < PLAUSIBLE else 0.0

    @api.model
    def _release_products(self, products, keys=()):
        """Retry the rows that waited for products by what these are found by now.

        :param products: products whose code, barcode or being sold changed
        :param keys: codes and barcodes that they had before
        """
        wanted = {*keys, *products.mapped("default_code"), *products.mapped("barcode")}
        domain = Domain("external_value", "in", list(wanted - {False}))
        if products:
            domain |= Domain("res_id", "in", products.ids)
        found = (
            self.env["sale.channel.mapping"]
            .sudo()
            .search(Domain("kind_id.code", "=", PRODUCT_KIND) & domain)
        )
        if found:
            self._release_blocked(found)

    @api.model
    def _retry_found(self, channel):
        """Retry rows whose product was made while they were being refused, or has the
        key that they lack only when it is cleaned."""
        rows = self.search(
            [
                ("channel_id", "=", channel.id),
                ("sync_state", "=", "error"),
                ("error_code", "in", PRODUCT_CODES),
                ("blocked_mapping_id", "!=", False),
            ],
            order="waiting_since desc, id desc",
            limit=SWEEP_LIMIT,
        )
        if not rows:
            return
        resolver = OrderResolver(channel)
        values = set(rows.blocked_mapping_id.mapped("external_value"))
        present = resolver.get_present({*values, *map(clean, values)})
        found = {
            value
            for value in values
            if {value, clean(value)} & present and len(resolver.find(value)) == 1
        }
        lines = rows.line_ids
        resolver.load_lines(lines)
        found |= {line.product_key for line in lines if resolver.listed(line)}
        rows.filtered(
            lambda row: row.blocked_mapping_id.external_value in found
        )._make_due()

    @api.model
    def _repair_rows(self):
        """Bring rows of an earlier version up to date: rejected ones show what was
        bought, and wait for their SKU; those whose sale order was deleted ask."""
        lost = self.search(
            [("state", "in", IMPORTED_STATES), ("sale_order_id", "=", False)]
        )
        for row in lost.filtered(lambda row: not row.proposal_ids):
            row._propose("review_deleted")
        rows = self.search(
            [("state", "=", "rejected"), ("sync_state", "!=", "done")], order="id"
        )
        rows.filtered(lambda row: not row.line_ids)._keep_lines()
        for row in rows.filtered(
            lambda row: (
                row.sync_state == "error"
                and row.error_code in PRODUCT_CODES
                and not row.blocked_mapping_id
            )
        ):
            order = row._read_if_readable()
            resolver = order and OrderResolver(row.channel_id)
            for line in order.lines if order else ():
                try:
                    resolver.components(line)
                except Unresolved as error:
                    row.blocked_mapping_id = row._ensure_mapping(error)
                    break

    @api.model
    def _keep_pledges(self):
        """Have rows of an earlier version keep what they sell and Odoo does not
        count, page by page."""
        last = 0
        unsold = Domain("sale_order_id", "=", False)
        unsold |= Domain("sale_order_id.state", "!=", "sale")
        unsold &= Domain("state", "in", PLEDGED_STATES)
        while rows := self.search(
            unsold & Domain("id", ">", last), order="id", limit=SWEEP_LIMIT
        ):
            rows._renew_lines()
            self.env.flush_all()
            self.env.invalidate_all()
            last = rows[-1].id

    @api.autovacuum
    def _gc_product_mappings(self):
        """Delete unmapped SKUs that no order waits for (any more)."""
        limit = fields.Datetime.now() - timedelta(days=UNNEEDED_DAYS)
        mappings = (
            self.env["sale.channel.mapping"]
            .sudo()
            .search(
                [
                    ("kind_id.code", "=", PRODUCT_KIND),
                    ("is_mapped", "=", False),
                    ("write_date", "<", limit),
                ],
                limit=UNNEEDED_LIMIT,
                order="write_date",
            )
        )
        unneeded = mappings.filtered(lambda mapping: not mapping.seen_count)
        unneeded.unlink()
        return len(unneeded), len(unneeded) == UNNEEDED_LIMIT

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
PRODUCT_CODES = ("product_unknown", "product_ambiguous", "sku_missing")
# Rows whose products are looked for in one full run
SWEEP_LIMIT = 500
PLAUSIBLE = 10**12
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

    def _withdraw_losses(self):
        """Close the questions about sale orders that are gone: they are answered."""
        self._withdraw(*LOSSES)

    def _on_proposal_closed(self, proposal):
        result = super()._on_proposal_closed(proposal)
        if proposal.code in LOSSES and proposal.state == "dismissed":
            self.filtered(lambda row: not row.sale_order_id).state = "dismissed"
        return result

    # What was bought

    def _keep_lines(self):
        """Show what was bought of rows that have no sale order to show it."""
        for row in self:
            order = row._read_if_readable()
            if order is None:
                continue
            row.line_ids.unlink()
            self.env["sale.channel.order.line"].create(
                [row._prepare_bought(line) for line in order.lines]
            )

    def _prepare_bought(self, line):
        return {
            "order_id": self.id,
            "external_id": line.external_id,
            "item_id": line.item_id,
            "product_key": line.product_key,
            "sku": line.sku,
            "title": line.title,
            "quantity": self._to_float(line.quantity),
            "unit_price": self._to_float(line.unit_price),
        }

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
                    resolver.product(line)
                except Unresolved as error:
                    row.blocked_mapping_id = row._ensure_mapping(error)
                    break

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

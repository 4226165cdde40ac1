from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.channel_base.lib.text import clean

from .sale_channel_order_life import AMBIGUOUS
from .sale_channel_order_lookup import PRODUCT_CODES, PRODUCT_KIND

# Rows whose products are looked for in one full run
SWEEP_LIMIT = 500
UNNEEDED_DAYS = 1
UNNEEDED_LIMIT = 2000


class SaleChannelOrderReleaser(models.AbstractModel):
    """Has rows tried again once what they waited for is there.

    With ``sudo``: what waited goes on, whoever settled what it waited for.
    """

    _name = "sale.channel.order.releaser"
    _description = "Channel Orders: release"

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
            self.env["sale.channel.order"]._release_blocked(found)

    @api.model
    def _retry_found(self, channel):
        """Retry rows whose product was made while they were being refused, or has the
        key that they lack only when it is cleaned."""
        rows = self.env["sale.channel.order"].search(
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
        lookup = self.env["sale.channel.order.lookup"]
        batch = lookup._open(channel)
        values = set(rows.blocked_mapping_id.mapped("external_value"))
        present = lookup._find_present(batch, {*values, *map(clean, values)})
        found = {
            value
            for value in values
            if {value, clean(value)} & present
            and len(lookup._find_products(batch, value)) == 1
        }
        lines = rows.line_ids
        lookup._load_lines(batch, lines)
        found |= {
            line.product_key for line in lines if lookup._find_listed(batch, line)
        }
        rows.filtered(
            lambda row: row.blocked_mapping_id.external_value in found
        )._apply("released")

    @api.model
    def _retry_settled(self, channel):
        """Try again what waits for a choice that was made while it was imported."""
        rows = self.env["sale.channel.order"].search(
            [
                ("channel_id", "=", channel.id),
                ("sync_state", "=", "error"),
                ("error_code", "=", AMBIGUOUS),
                ("identity_id.needs_choice", "=", False),
                ("identity_id", "!=", False),
            ]
        )
        rows._apply("released")

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

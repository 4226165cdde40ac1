from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.channel_base.models.sale_channel_run import KEEP_DAYS, PURGE_LIMIT


class SaleChannelPricingDifference(models.Model):
    """Something that was changed on the channel and overwritten by Odoo."""

    _name = "sale.channel.pricing.difference"
    _description = "Difference Found on a Sales Channel"
    _order = "id desc"
    _rec_name = "item_id"

    item_id = fields.Many2one(
        "sale.channel.pricing.item",
        "Record",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    channel_id = fields.Many2one(related="item_id.channel_id", store=True, index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    kind = fields.Selection(related="item_id.kind", store=True)
    run_id = fields.Many2one(
        "sale.channel.run", index="btree_not_null", readonly=True, ondelete="set null"
    )
    found_at = fields.Datetime(
        "Found",
        default=fields.Datetime.now,
        required=True,
        readonly=True,
        index=True,
    )
    before = fields.Json(readonly=True)
    after = fields.Json(readonly=True)
    before_text = fields.Char("Found There", compute="_compute_texts")
    after_text = fields.Char("Overwritten With", compute="_compute_texts")

    @api.depends("before", "after")
    @api.depends_context("lang")
    def _compute_texts(self):
        nothing = self.env._("Nothing")
        for channel, rows in self.grouped("channel_id").items():
            items = rows.item_id
            names = items._get_names(channel)
            for row in rows:
                row.before_text = items._describe(row.before, names) or nothing
                row.after_text = items._describe(row.after, names) or nothing

    @api.autovacuum
    def _gc_differences(self):
        """Delete differences as old as the runs that are deleted."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        rows = self.search([("found_at", "<", limit)], limit=PURGE_LIMIT)
        count = len(rows)
        rows.unlink()
        return count, count == PURGE_LIMIT

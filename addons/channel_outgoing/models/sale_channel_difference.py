from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.models.sale_channel_run import KEEP_DAYS, PURGE_LIMIT


class SaleChannelDifference(models.Model):
    """Something that was changed on the channel, and overwritten or taken over by
    Odoo."""

    _name = "sale.channel.difference"
    _description = "Difference Found on a Sales Channel"
    _order = "id desc"

    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    res_model = fields.Char("Family", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Row", model_field="res_model", required=True, readonly=True
    )
    kind = fields.Selection("_selection_kind", required=True, readonly=True)
    kind_name = fields.Char("Kind of Record", compute="_compute_kind_name")
    name = fields.Char("Record", readonly=True)
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
    taken_over = fields.Boolean(
        readonly=True,
        help="What was found there counts: Odoo has it as well from now on.",
    )
    before_text = fields.Char("Found There", compute="_compute_texts")
    after_text = fields.Char("Overwritten With", compute="_compute_texts")

    _row_idx = models.Index("(res_model, res_id)")

    @api.model
    def _selection_kind(self):
        return self.env["sale.channel.outgoing"]._selection_kind()

    @api.depends("before", "after", "taken_over")
    @api.depends_context("lang")
    def _compute_texts(self):
        nothing = self.env._("Nothing")
        for (model, channel), differences in self.grouped(
            lambda row: (row.res_model, row.channel_id)
        ).items():
            rows = self.env.get(model)
            if rows is None:
                differences.before_text = differences.after_text = False
                continue
            contents = {
                row: rows._get_compared(row.kind, row.before, row.after)
                for row in differences
            }
            shown = [(row.kind, one) for row, both in contents.items() for one in both]
            names = self.env["sale.channel.outgoing.translator"]._get_names(
                rows, channel, shown
            )
            for row, (before, after) in contents.items():
                kind, describe = row.kind, rows._describe
                row.before_text = describe(kind, before, names) or nothing
                after = describe(kind, after, names) or nothing
                row.after_text = (
                    self.env._("Taken over; Odoo had: %(former)s", former=after)
                    if row.taken_over
                    else after
                )

    @api.depends("res_model", "kind")
    @api.depends_context("lang")
    def _compute_kind_name(self):
        get_label = self.env["sale.channel.outgoing"]._get_kind_label
        for row in self:
            row.kind_name = get_label(row.res_model, row.kind)

    @api.model
    def _prepare(self, row, before, after, run):
        """Values of a difference that was found on the record of an outbox row.

        :param before: content that was found there, None for nothing
        :param after: what it is overwritten with
        """
        return {
            "res_model": row._name,
            "res_id": row.id,
            "channel_id": row.channel_id.id,
            "kind": row.kind,
            "name": row.name,
            "run_id": run.id,
            "before": before,
            "after": after,
        }

    @api.model
    def _prepare_taken_over(self, row, values, run):
        """Values of a difference that Odoo takes over.

        :param values: fields of the content, as the channel has them
        """
        former = {name: (row.seen or {}).get(name) for name in values}
        difference = self._prepare(row, dict(values), former, run)
        return {**difference, "taken_over": True}

    def action_open_row(self):
        """Open what was, or will be, sent instead.

        :raises UserError: what sent it is not installed any more
        """
        self.ensure_one()
        self.check_access("read")
        if self.res_model not in self.env["sale.channel.outgoing"]._get_families():
            raise UserError(self.env._("What sent it is not installed any more."))
        row = self.env[self.res_model].browse(self.res_id)
        return self.env["sale.channel.outgoing"]._open_rows(row)

    @api.autovacuum
    def _gc_differences(self):
        """Delete differences as old as the runs that are deleted."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        rows = self.search([("found_at", "<", limit)], limit=PURGE_LIMIT)
        count = len(rows)
        rows.unlink()
        return count, count == PURGE_LIMIT

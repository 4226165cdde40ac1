from datetime import timedelta

from odoo import api, fields, models

KEEP_DAYS = 90
PURGE_LIMIT = 5000


class SaleChannelRun(models.Model):
    _name = "sale.channel.run"
    _description = "Run of a Flow"
    _order = "started_at desc, id desc"
    _rec_name = "kind"

    flow_id = fields.Many2one("sale.channel.flow", index=True, ondelete="set null")
    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    kind = fields.Selection("_selection_kind", required=True)
    state = fields.Selection(
        [
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("interrupted", "Interrupted"),
        ],
        default="running",
        required=True,
        index=True,
    )
    started_at = fields.Datetime(default=fields.Datetime.now, required=True, index=True)
    ended_at = fields.Datetime()
    duration = fields.Float(
        "Duration (s)", compute="_compute_duration", store=True, aggregator="avg"
    )
    received_count = fields.Integer("Received")
    processed_count = fields.Integer("Processed")
    failed_count = fields.Integer("Failed")
    call_count = fields.Integer("API Calls")
    error_code = fields.Char()
    error_params = fields.Json()
    error_message = fields.Char("Reason", compute="_compute_error_message")

    @api.model
    def _selection_kind(self):
        kind = self.env["sale.channel.flow"]._fields["kind"]
        return kind._description_selection(self.env)

    @api.depends("started_at", "ended_at")
    def _compute_duration(self):
        for run in self:
            ended = run.ended_at or run.started_at
            run.duration = (ended - run.started_at).total_seconds()

    @api.depends("error_code", "error_params")
    @api.depends_context("lang")
    def _compute_error_message(self):
        texts = self.env["sale.channel.text"]
        for run in self:
            run.error_message = texts._format(run.error_code, run.error_params)

    def _count(self, **counts):
        """Add to the run's counters; written together at the end of the batch."""
        self.ensure_one()
        for name, count in counts.items():
            field = f"{name}_count"
            self[field] += count

    @api.autovacuum
    def _gc_runs(self):
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        runs = self.search([("started_at", "<", limit)], limit=PURGE_LIMIT)
        count = len(runs)
        runs.unlink()
        return count, count == PURGE_LIMIT

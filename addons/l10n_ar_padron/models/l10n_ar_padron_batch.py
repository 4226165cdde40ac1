from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class PadronBatch(models.Model):
    """Customers that a person wants looked up together."""

    _name = "l10n_ar.padron.batch"
    _description = "Look-Up of Many Customers at ARCA"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    partner_ids = fields.Many2many("res.partner", string="Customers", readonly=True)
    skipped = fields.Integer(
        "Without CUIT", readonly=True, help="Selected contacts that have no valid CUIT."
    )
    total = fields.Integer(compute="_compute_progress")
    done = fields.Integer(compute="_compute_progress")
    failed = fields.Integer(
        "Not Answered", compute="_compute_progress", help="Odoo asks again by itself."
    )
    to_decide = fields.Integer(
        "Need a Decision", compute="_compute_progress", help="ARCA settled nothing."
    )
    progress = fields.Float(compute="_compute_progress", help="Percent")

    @api.depends("create_date")
    def _compute_name(self):
        for batch in self:
            batch.name = fields.Datetime.to_string(batch.create_date or False)

    @api.depends("partner_ids")
    def _compute_progress(self):
        for batch in self:
            partners = batch.partner_ids
            since = (batch.create_date or fields.Datetime.now()).replace(microsecond=0)
            done = partners.filtered(lambda p, at=since: p._l10n_ar_is_asked(at))
            batch.total = len(partners)
            batch.done = len(done)
            batch.failed = len((partners - done).filtered("l10n_ar_padron_failures"))
            batch.to_decide = len(done.filtered("l10n_ar_fiscal_pending"))
            batch.progress = 100 * len(done) / len(partners) if partners else 100

    @api.model
    def _start(self, partners):
        """Have customers looked up by the scheduled action, and follow it here.

        :raises UserError: none of them has a valid CUIT
        """
        partners.check_access("write")
        requested = partners._l10n_ar_padron_request()
        if not requested:
            raise UserError(self.env._("There is no valid CUIT to look up."))
        batch = self.create(
            {
                "partner_ids": requested.ids,
                "skipped": len(partners.commercial_partner_id - requested),
            }
        )
        return batch.get_formview_action()

    def action_refresh(self):
        """Show how far it is."""
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_view_partners(self):
        """The customers; those that need a decision first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "l10n_ar_padron.res_partner_action_work_list"
        )
        action["domain"] = [("id", "in", self.partner_ids.ids)]
        action["context"] = {}
        return action

    @api.autovacuum
    def _gc_batches(self):
        """Delete what nobody follows any more."""
        old = self.search(Domain("create_date", "<", "-30d"), limit=100)
        old.unlink()
        return len(old), len(old) == 100

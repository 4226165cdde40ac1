from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class PartnerRegistrationBatch(models.Model):
    """Registrations that a person wants looked up together."""

    _name = "partner.registration.batch"
    _description = "Look-Up of Many Registrations"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    registration_ids = fields.Many2many(
        "partner.registration", string="Registrations", readonly=True
    )
    skipped = fields.Integer(
        "Without Number",
        readonly=True,
        help="Selected contacts without a valid number.",
    )
    total = fields.Integer(compute="_compute_progress")
    done = fields.Integer(compute="_compute_progress")
    failed = fields.Integer(
        "Not Answered", compute="_compute_progress", help="Odoo asks again by itself."
    )
    to_decide = fields.Integer(
        "Need a Decision",
        compute="_compute_progress",
        help="The registry settled nothing.",
    )
    progress = fields.Float(compute="_compute_progress", help="Percent")

    @api.depends("create_date")
    def _compute_name(self):
        for batch in self:
            batch.name = fields.Datetime.to_string(batch.create_date or False)

    @api.depends("registration_ids")
    def _compute_progress(self):
        for batch in self:
            rows = batch.registration_ids
            since = (batch.create_date or fields.Datetime.now()).replace(microsecond=0)
            done = rows.filtered(lambda row, at=since: row._is_asked(at))
            batch.total = len(rows)
            batch.done = len(done)
            batch.failed = len((rows - done).filtered("failures"))
            batch.to_decide = len(
                done.filtered(
                    lambda row: not row._get_registry(row.registry)._is_settled(row)
                )
            )
            batch.progress = 100 * len(done) / len(rows) if rows else 100

    @api.model
    def _start_about(self, registry, partners):
        """Have customers looked up by the scheduled action, and follow it.

        :raises UserError: none of them has a valid number
        """
        partners.check_access("write")
        rows = self.env["partner.registration"]._request(registry, partners)
        if not rows:
            raise UserError(self.env._("There is no valid number to look up."))
        return self._start(rows, partners.commercial_partner_id - rows.partner_id)

    @api.model
    def _start(self, rows, skipped):
        """Follow registrations that are due now.

        :param skipped: records that were chosen too and are not looked up
        """
        batch = self.create({"registration_ids": rows.ids, "skipped": len(skipped)})
        return batch.get_formview_action()

    def action_refresh(self):
        """Show how far it is."""
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_view_registrations(self):
        """The registrations."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "partner_registry.partner_registration_action_work"
        )
        action["domain"] = [("id", "in", self.registration_ids.ids)]
        action["context"] = {}
        return action

    @api.autovacuum
    def _gc_batches(self):
        """Delete what nobody follows any more."""
        old = self.search(Domain("create_date", "<", "-30d"), limit=100)
        old.unlink()
        return len(old), len(old) == 100

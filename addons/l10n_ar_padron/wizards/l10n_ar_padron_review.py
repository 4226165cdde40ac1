from odoo import Command, api, fields, models


class PadronReview(models.TransientModel):
    """What ARCA has about a customer beside what the contact has; a person chooses."""

    _name = "l10n_ar.padron.review"
    _description = "Review of ARCA's Data"

    partner_id = fields.Many2one("res.partner", required=True, readonly=True)
    answer_id = fields.Many2one(related="partner_id.l10n_ar_padron_answer_id")
    reason_text = fields.Text(related="answer_id.reason_text")
    line_ids = fields.One2many(
        "l10n_ar.padron.review.line",
        "review_id",
        "Changes",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("partner_id")
    def _compute_line_ids(self):
        for review in self:
            partner, answer = review.partner_id, review.answer_id.sudo()
            proposal = partner._l10n_ar_get_proposal(answer) if answer else {}
            review.line_ids = [
                Command.clear(),
                *(
                    Command.create(review._prepare_line(name, value))
                    for name, value in proposal.items()
                ),
            ]

    @api.model
    def _prepare_line(self, name, value):
        """A proposed change. What is empty now is taken unless somebody objects."""
        partner = self.partner_id
        current = partner[name]
        if name == "l10n_ar_activity_ids":
            ours = ", ".join(current.mapped("code"))
            theirs = ", ".join(f"{item.code} {item.name}" for item in value)
        elif partner._fields[name].relational:
            comodel = self.env[partner._fields[name].comodel_name]
            ours, theirs = current.display_name, comodel.browse(value).display_name
        else:
            ours, theirs = current, value
        return {
            "field_name": name,
            "label": partner._fields[name]._description_string(self.env),
            "current": ours or "",
            "proposed": theirs,
            "take": not current,
        }

    def action_apply(self):
        """Write what was chosen on the contact."""
        self.ensure_one()
        self.partner_id.check_access("write")
        answer = self.answer_id.sudo()
        proposal = self.partner_id._l10n_ar_get_proposal(answer)
        taken = set(self.line_ids.filtered("take").mapped("field_name"))
        values = {name: value for name, value in proposal.items() if name in taken}
        if activities := values.pop("l10n_ar_activity_ids", None):
            records = self.env["l10n_ar.padron.activity"]._get_or_create(activities)
            values["l10n_ar_activity_ids"] = [Command.set(records.ids)]
        if values:
            self.partner_id.write(values)
        left = self.partner_id._l10n_ar_get_proposal(answer)
        self.partner_id.sudo().l10n_ar_padron_proposes = bool(left)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_keep(self):
        """Keep the contact as it is until ARCA answers something else."""
        self.partner_id.check_access("write")
        self.partner_id.sudo().l10n_ar_padron_proposes = False
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class PadronReviewLine(models.TransientModel):
    _name = "l10n_ar.padron.review.line"
    _description = "Field of a Review"

    review_id = fields.Many2one(
        "l10n_ar.padron.review", required=True, ondelete="cascade"
    )
    field_name = fields.Char(required=True)
    label = fields.Char("Field", readonly=True)
    current = fields.Char("Contact", readonly=True)
    proposed = fields.Char("At ARCA", readonly=True)
    take = fields.Boolean("Take Over")

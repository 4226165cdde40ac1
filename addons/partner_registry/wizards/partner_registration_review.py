from odoo import Command, api, fields, models


class PartnerRegistrationReview(models.TransientModel):
    """What a registry has about a customer beside what the contact has; a person
    chooses.

    It is for who may edit the customer, because it shows what the registry tells.
    With ``sudo``: the finding is the server's; the contact is changed with the user's
    rights.
    """

    _name = "partner.registration.review"
    _description = "Review of a Registry's Data"

    registration_id = fields.Many2one(
        "partner.registration", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        related="registration_id.partner_id", related_sudo=False
    )
    finding_id = fields.Many2one(
        related="registration_id.finding_id", related_sudo=False
    )
    reason_text = fields.Text(related="finding_id.reason_text", related_sudo=False)
    line_ids = fields.One2many(
        "partner.registration.review.line",
        "review_id",
        "Changes",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: a customer is not theirs to edit"""
        reviews = super().create(vals_list)
        reviews._check_may_review()
        return reviews

    def write(self, vals):
        """:raises AccessError: a customer is not theirs to edit"""
        result = super().write(vals)
        self._check_may_review()
        return result

    def _check_may_review(self):
        """:raises AccessError: a customer is not theirs to edit"""
        self.registration_id.check_access("read")
        self.registration_id.partner_id.check_access("write")

    @api.depends("registration_id")
    def _compute_line_ids(self):
        # An onchange over RPC creates nothing.
        self._check_may_review()
        for review in self:
            review.line_ids = [
                Command.clear(),
                *(
                    Command.create(review._prepare_line(name, value))
                    for name, value in review._get_proposal().items()
                ),
            ]

    def _get_provider(self):
        return self.registration_id._get_registry(self.registration_id.registry)

    def _get_proposal(self):
        finding = self.finding_id.sudo()
        if not finding:
            return {}
        return self._get_provider()._get_proposal(self.partner_id, finding)

    def _prepare_line(self, name, value):
        """A proposed change. What is empty now is taken unless somebody objects."""
        partner = self.partner_id
        current, proposed = self._get_provider()._show_value(partner, name, value)
        return {
            "field_name": name,
            "label": partner._fields[name]._description_string(self.env),
            "current": current,
            "proposed": proposed,
            "take": not partner[name],
        }

    def action_apply(self):
        """Write what was chosen on the contact."""
        self.ensure_one()
        self._check_may_review()
        taken = set(self.line_ids.filtered("take").mapped("field_name"))
        proposal = self._get_proposal()
        values = {name: value for name, value in proposal.items() if name in taken}
        if values:
            self.partner_id.write(self._get_provider()._prepare_taken(values))
        self.registration_id.sudo().proposes = bool(self._get_proposal())
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_keep(self):
        """Keep the contact as it is until the registry says something else."""
        self.ensure_one()
        self._check_may_review()
        self.registration_id.sudo().proposes = False
        return {"type": "ir.actions.client", "tag": "soft_reload"}

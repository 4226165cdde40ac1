from odoo import fields, models


class PartnerRegistrationReviewLine(models.TransientModel):
    _name = "partner.registration.review.line"
    _description = "Field of a Review"

    review_id = fields.Many2one(
        "partner.registration.review", required=True, ondelete="cascade"
    )
    field_name = fields.Char(required=True)
    label = fields.Char("Field", readonly=True)
    current = fields.Char("Contact", readonly=True)
    proposed = fields.Char("At the Registry", readonly=True)
    take = fields.Boolean("Take Over")

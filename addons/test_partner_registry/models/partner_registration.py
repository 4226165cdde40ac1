from odoo import fields, models


class PartnerRegistration(models.Model):
    _inherit = "partner.registration"

    registry = fields.Selection(
        selection_add=[("test", "Test Registry")], ondelete={"test": "cascade"}
    )

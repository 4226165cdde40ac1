from odoo import fields, models

ARCA = "arca"


class PartnerRegistration(models.Model):
    _inherit = "partner.registration"

    registry = fields.Selection(
        selection_add=[(ARCA, "ARCA")], ondelete={ARCA: "cascade"}
    )

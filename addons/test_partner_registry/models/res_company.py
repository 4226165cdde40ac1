from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    test_registry_environment = fields.Char()
    test_registry_days = fields.Integer()

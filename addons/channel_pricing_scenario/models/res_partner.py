from odoo import models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["sale.channel.change.mixin", "res.partner"]

    _change_created = False
    # What the channel group of a customer depends on, and of whose customers it is one
    _change_fields = {
        "country_id",
        "is_company",
        "parent_id",
        "pricing_contributor",
        "pricing_group_id",
        "pricing_scenario_id",
        "pricing_size_id",
        "pricing_use_type",
        "state_id",
    }

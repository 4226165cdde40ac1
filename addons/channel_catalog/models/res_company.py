from odoo import models

from ..lib.price import SCOPE


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "sale.channel.change.mixin"]

    _change_created = False
    # Whether prices of products contain taxes, and what they are in
    _change_fields = {"account_price_include", "currency_id"}

    def _get_changes(self):
        return {(SCOPE, f"{self._name},{id_}") for id_ in self.ids}

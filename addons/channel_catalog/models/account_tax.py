from odoo import models

from ..lib.price import SCOPE


class AccountTax(models.Model):
    _name = "account.tax"
    _inherit = ["account.tax", "sale.channel.change.mixin"]

    _change_created = False
    _change_fields = {
        "active",
        "amount",
        "amount_type",
        "children_tax_ids",
        "include_base_amount",
        "is_base_affected",
        "price_include_override",
        "sequence",
    }

    def _get_changes(self):
        return {(SCOPE, f"{self._name},{id_}") for id_ in self.ids}

from odoo import models

from odoo.addons.channel_base.lib.errors import ChannelError
from odoo.addons.channel_partner.lib import documents


class SaleChannelOrder(models.Model):
    _inherit = "sale.channel.order"

    def _get_cuits(self):
        """CUITs in whose name the stored bundles were bought.

        What cannot be read is left to the import, which says so on its row.
        """
        numbers = set()
        for row in self.filtered(lambda row: not row.needs_fetch):
            try:
                identity = row._read_order().buyer.identity
            except (ChannelError, ValueError, TypeError, KeyError, AttributeError):
                continue
            if not identity:
                continue
            checked = documents.check(
                identity.document_type, identity.document_number, "AR"
            )
            if checked and checked.kind == "CUIT" and not checked.problem:
                numbers.add(checked.number)
        return numbers

from odoo import models


class MergePartners(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        """Merging keeps guarded values too, whoever merges."""
        dst_partner.check_access("write")
        return super()._update_values(src_partners, dst_partner.sudo())

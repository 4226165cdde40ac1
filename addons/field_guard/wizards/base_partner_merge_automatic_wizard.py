from odoo import models

from ..models.field_guard_mixin import MERGING


class MergePartners(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        """Merging keeps guarded values too, whoever merges."""
        return super()._update_values(
            src_partners, dst_partner.with_context(field_guard=MERGING)
        )

from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        """Everybody has the settings of the customer they belong to now.

        A contact that inherited some of the merged, and the contacts that came with a
        merged customer.
        """
        merged = dst_partner.with_context(pricing_merging=True)
        result = super()._update_values(src_partners, merged)
        if not dst_partner._accepts_pricing_group():
            merged.pricing_group_id = False
        dst_partner._commercial_sync_from_company()
        dst_partner.commercial_partner_id._sync_pricing_to_contacts()
        return result

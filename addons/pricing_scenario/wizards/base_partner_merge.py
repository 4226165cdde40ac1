from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        """Settings that a contact inherits from the merged are its customer's again."""
        merged = dst_partner.with_context(pricing_merging=True)
        result = super()._update_values(src_partners, merged)
        dst_partner._commercial_sync_from_company()
        return result

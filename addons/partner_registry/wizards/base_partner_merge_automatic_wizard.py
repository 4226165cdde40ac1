from odoo import models


class MergePartners(models.TransientModel):
    """With ``sudo``: registrations follow their contact, whoever merges."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Registrations go along, unless the customer has its own."""
        self.env["partner.registration"]._merge(src_partners, dst_partner)
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_values(self, src_partners, dst_partner):
        """The customer's number may be another one by now."""
        result = super()._update_values(src_partners, dst_partner)
        dst_partner.sudo().registration_ids._renumber()
        return result

from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    """With ``sudo``: identities follow their customer, whoever merges."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Merge contacts; who says that the candidates are one person has chosen."""
        identities = self.env["sale.channel.identity"].sudo()
        asked = identities.search(
            [
                ("needs_choice", "=", True),
                ("candidate_ids.partner_id", "in", partner_ids),
            ]
        ).filtered(lambda row: len(row.candidate_ids) > 1)
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        for identity in asked.filtered(lambda row: len(row.candidate_ids) == 1):
            identity._settle(identity.candidate_ids.partner_id)
        return result

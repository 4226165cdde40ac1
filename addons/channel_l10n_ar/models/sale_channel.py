from odoo import fields, models
from odoo.fields import Domain


class SaleChannel(models.Model):
    _inherit = "sale.channel"

    fiscal_pending_count = fields.Integer(
        "Fiscal Data to Settle",
        compute="_compute_fiscal_pending_count",
        groups="channel_base.group_channel_user",
    )

    def _compute_fiscal_pending_count(self):
        for channel in self:
            channel.fiscal_pending_count = self.env["res.partner"].search_count(
                channel._get_fiscal_work_domain()
            )

    def _get_fiscal_work_domain(self):
        """Domain of the channel's customers whose fiscal data are not settled."""
        open_data = Domain("l10n_ar_fiscal_pending", "=", True) | Domain(
            "l10n_ar_padron_differs", "=", True
        )
        theirs = Domain("identity_ids.channel_id", "in", self.ids) | Domain(
            "buyer_ids.channel_id", "in", self.ids
        )
        return open_data & theirs

    def action_open_fiscal_work(self):
        """Open the channel's customers whose fiscal data are not settled."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "l10n_ar_padron.res_partner_action_work_list"
        )
        action["domain"] = list(self._get_fiscal_work_domain())
        return action

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
        customers = self.env["res.partner"]._search(self._get_fiscal_work_domain())
        found = {channel: set() for channel in self}
        for model in ("sale.channel.identity", "sale.channel.partner"):
            groups = self.env[model]._read_group(
                [("channel_id", "in", self.ids), ("partner_id", "in", customers)],
                ["channel_id"],
                ["partner_id:array_agg_distinct"],
            )
            for channel, ids in groups:
                found[channel].update(ids)
        for channel in self:
            channel.fiscal_pending_count = len(found[channel])

    def _get_fiscal_work_domain(self):
        """Domain of the channels' customers whose fiscal data are not settled."""
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

from odoo import fields, models


class SaleChannelFreightRule(models.Model):
    _name = "sale.channel.freight.rule"
    _inherit = "field.guard.mixin"
    _description = "Whose Money the Freight is"
    _order = "channel_id, sequence, id"
    _rec_name = "logistic_type"

    channel_id = fields.Many2one(
        "sale.channel",
        required=True,
        index=True,
        ondelete="cascade",
        guard="once",
    )
    sequence = fields.Integer(default=10)
    site = fields.Char(help="Country site of the channel (MLA, MLB …); empty: any.")
    logistic_type = fields.Char(
        help="How the channel ships (drop_off, self_service …); empty: any."
    )
    owner = fields.Selection(
        [
            ("seller", "The seller's: a line of the order"),
            ("channel", "The channel's: not on the order"),
        ],
        "Freight paid by the buyer",
        default="channel",
        required=True,
    )

    def _get_owner(self, site, logistic_type, default="channel"):
        """Whose the freight is, by the first rule that fits.

        :param default: whose it is if none fits
        """
        for rule in self.sorted(lambda r: (r.sequence, r.id)):
            if rule.site and rule.site != site:
                continue
            if rule.logistic_type and rule.logistic_type != logistic_type:
                continue
            return rule.owner
        return default

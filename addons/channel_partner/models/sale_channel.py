from odoo import fields, models


class SaleChannel(models.Model):
    _inherit = "sale.channel"

    partner_category_ids = fields.Many2many(
        "res.partner.category",
        string="Customer Tags",
        help="Tags of the customers that the channel creates.",
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        index="btree_not_null",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        help="Territory of the customers that the channel creates.",
    )
    country_id = fields.Many2one(
        "res.country",
        "Default Country",
        help="Country of buyers about whom the channel names none. Empty means the "
        "company's.",
    )
    comments_apart = fields.Boolean(
        "Delivery Comments Apart",
        help="What the buyer adds to the address goes into the address's notes "
        "instead of its first line.",
    )
    own_customers = fields.Boolean(
        "Customers of This Company Only",
        help="Customers that the channel creates belong to its company. Otherwise "
        "every company shares them, as Odoo does with contacts.",
    )
    buyer_ids = fields.One2many("sale.channel.partner", "channel_id")

    def _get_default_country(self):
        """Country of buyers about whom the channel names none."""
        self.ensure_one()
        return self.country_id or self.company_id.country_id

    # Provider contract

    def _get_buyer_profile_url(self, buyer):
        """Address of a buyer's public page on the channel.

        Providers extend it, guarded by ``channel_type``.

        :param buyer: one ``sale.channel.partner`` of this channel
        :return: an http(s) URL, or False when the channel has no such page
        """
        self.ensure_one()
        return False

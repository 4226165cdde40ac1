from odoo import fields, models


class SaleChannelListingPricing(models.AbstractModel):
    """What listings cost on the channel, and what that leaves."""

    _name = "sale.channel.listing.pricing"
    _description = "Prices and Margins of Listings"

    price_wanted = fields.Float(
        "Price in Odoo",
        digits="Product Price",
        compute="_compute_prices",
        compute_sudo=True,
        help="What it shall cost on the channel, as the channel shows it.",
    )
    price_there = fields.Float(
        digits="Product Price",
        compute="_compute_prices",
        compute_sudo=True,
        help="What the channel took the last time.",
    )
    price_margin = fields.Float(
        "Margin (%)",
        digits=(16, 1),
        compute="_compute_prices",
        compute_sudo=True,
        help="What is left of the price over the cost of the product: without taxes, "
        "fee and freight, as far as they are known.",
    )
    price_left = fields.Char(
        "Left",
        compute="_compute_prices",
        compute_sudo=True,
        help="What is left of the price, without taxes, fee, freight and cost.",
    )
    price_promotion_left = fields.Char(
        "Left in the Promotion",
        compute="_compute_prices",
        compute_sudo=True,
        help="What is left of what buyers pay while the channel's own promotion runs.",
    )
    price_problem = fields.Char(compute="_compute_prices", compute_sudo=True)

    own_freight = fields.Boolean(
        "Freight of Its Own",
        help="Sending it costs the company something else than the channel says.",
    )
    freight = fields.Float(
        digits="Product Price",
        help="What sending one piece costs the company, in its currency.",
    )
    _freight_positive = models.Constraint(
        "CHECK (freight >= 0)", "A freight is not negative."
    )

    # Buttons

    def action_send_anyway(self):
        """Send the prices whatever they would change there, once.

        :raises AccessError: the user may not see them, or is no channel user
        """
        return self._get_price_rows().action_send_anyway()

    def action_leave_price(self):
        """Leave the channel its prices until nothing is to be asked any more.

        :raises AccessError: the user may not see them, or is no channel user
        """
        return self._get_price_rows().action_leave()

    def _get_price_rows(self):
        """What the channel was told of their prices, with the user's own rights."""
        self.check_access("read")
        rows = self.env["sale.channel.listing.report"]._get_rows(self, "price")
        return self.env["sale.channel.listing.price"].concat(*rows.values()).sudo(False)

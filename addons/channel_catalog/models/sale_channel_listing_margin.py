from odoo import api, fields, models
from odoo.tools import float_compare

# What is told of a price, and the attribute of ``lib.charges.Weighed``
AMOUNTS = {
    "net": "net",
    "fee": "fee",
    "freight": "freight",
    "taxes": "taxes",
    "cost": "cost",
    "amount": "amount",
    "percent": "margin",
}


class SaleChannelListingMargin(models.Model):
    """What a listing leaves at the price that it has in Odoo, when that was planned.

    A row of its own, because a flow writes it while people edit the listing.
    """

    _name = "sale.channel.listing.margin"
    _description = "Margin of a Listing"
    _order = "percent, id"
    _rec_name = "listing_id"

    listing_id = fields.Many2one(
        "sale.channel.listing", required=True, readonly=True, ondelete="cascade"
    )
    channel_id = fields.Many2one(
        "sale.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, readonly=True
    )
    product_id = fields.Many2one(related="listing_id.product_id")
    listing_type = fields.Char(related="listing_id.listing_type")
    currency_id = fields.Many2one("res.currency", readonly=True)
    price = fields.Monetary(readonly=True, aggregator=None)
    net = fields.Monetary("Without Taxes", readonly=True, aggregator=None)
    fee = fields.Monetary(readonly=True, aggregator=None)
    freight = fields.Monetary(readonly=True, aggregator=None)
    taxes = fields.Monetary("Taxes on Sales", readonly=True, aggregator=None)
    cost = fields.Monetary(readonly=True, aggregator=None)
    amount = fields.Monetary("Margin", readonly=True, aggregator=None)
    percent = fields.Float(
        "Margin (%)",
        digits=(16, 1),
        readonly=True,
        aggregator=None,
        help="What is left over the cost, in percent of it.",
    )
    known = fields.Boolean(
        readonly=True, help="Both the cost and the channel's fee are known."
    )
    below = fields.Boolean(
        "Below the Least Margin",
        readonly=True,
        help="Less is left than the channel's least margin; without one, less than "
        "the cost.",
    )
    fee_id = fields.Many2one(
        "sale.channel.fee",
        "Fee Told",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    fee_message = fields.Char("Fee Not Told", compute="_compute_fee_message")

    _listing_uniq = models.Constraint(
        "UNIQUE (listing_id)", "The margin of this listing is known already."
    )
    _below_idx = models.Index("(channel_id, percent) WHERE below")

    @api.depends("fee_id.sync_state", "fee_id.error_code", "fee_id.known")
    @api.depends_context("lang")
    def _compute_fee_message(self):
        texts = self.env["sale.channel.text"]
        for row in self:
            fee = row.fee_id
            row.fee_message = not fee.known and texts._explain(fee)

    def action_ask_fee(self):
        """Ask the channel again for the fees that it did not tell.

        :raises AccessError: the user may not see them, or is no channel user
        """
        self.check_access("read")
        return self.fee_id.action_retry()

    def action_open_listing(self):
        """Open the listing."""
        self.ensure_one()
        return self.listing_id.get_formview_action()

    @api.model
    def _store(self, channel, listings, prices, fees):
        """Keep what listings leave; of those without a price nothing is kept.

        :param prices: dict listing → ``lib.price.Price``, weighed
        :param fees: dict listing → ``sale.channel.fee`` that it depends on
        """
        rows = self.search([("listing_id", "in", listings.ids)]).grouped("listing_id")
        codes = {price.currency for price in prices.values()}
        money = self.env["res.currency"].with_context(active_test=False)
        money = money.search([("name", "in", list(codes))]).grouped("name")
        made, gone = [], self.browse()
        for listing in listings:
            row = rows.get(listing, self.browse())
            price = prices.get(listing)
            if price is None:
                gone |= row
                continue
            values = {
                **self._prepare(channel, price),
                "currency_id": money[price.currency].id,
                "fee_id": fees[listing].id if listing in fees else False,
            }
            if not row:
                key = {"listing_id": listing.id, "channel_id": channel.id}
                made.append({**values, **key})
                continue
            changed = row._get_changed(values)
            if changed:
                row.write(changed)
        gone.unlink()
        self.create(made)

    def _get_changed(self, values):
        """Those of some values that are not kept already."""
        self.ensure_one()
        return {
            name: value for name, value in values.items() if self._differs(name, value)
        }

    def _differs(self, name, value):
        if self._fields[name].type == "many2one":
            return self[name].id != value
        if isinstance(value, float):
            return float_compare(self[name], value, precision_digits=2) != 0
        return self[name] != value

    @api.model
    def _prepare(self, channel, price):
        weighed = price.weighed
        amounts = {
            name: float(getattr(weighed, attribute) or 0)
            for name, attribute in AMOUNTS.items()
        }
        least = channel.price_floor_margin if channel.price_floor else 0.0
        known = weighed.margin is not None
        return {
            **amounts,
            "price": float(price.paid),
            "known": known,
            "below": known and float(weighed.margin) < least,
        }

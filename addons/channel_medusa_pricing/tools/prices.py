"""What pricelists come to, computed while no transaction is open."""

from decimal import Decimal

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry


def get_price_finder(channel):
    """A function that computes pricelists for all listings, in a cursor of its own.

    :return: function of references of the outbox → dict reference → dict external id of
        the listing → price of one, as the channel shows it; what has no price is
        absent, and every list while the channel is sent no prices
    """
    dbname, channel_id = channel.env.cr.dbname, channel.id

    def find(references):
        with Registry(dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            channel = env["sale.channel"].browse(channel_id)
            if not channel.send_price:
                return {}
            rows = env["sale.channel.pricing.item"].search(
                [
                    ("channel_id", "=", channel_id),
                    ("kind", "=", "list"),
                    ("reference", "in", list(references)),
                ]
            )
            return {
                row.reference: get_prices(
                    channel, env["product.pricelist"].browse(row.res_id).exists()
                )
                for row in rows
            }

    return find


def get_prices(channel, pricelist):
    """External id of each listing → what the pricelist gives, as the channel shows it.

    :param pricelist: none gives nothing
    """
    if not pricelist:
        return {}
    service = channel.env["sale.channel.price"].with_company(channel.company_id)
    planner = channel.env["sale.channel.listing.price.planner"]
    listings = planner._get_priced(channel).filtered("product_id.active")
    tried = channel._get_trial_products()
    if tried is not None:
        listings = listings.filtered(lambda one: one.product_id in tried)
    currency, now = pricelist.currency_id, fields.Datetime.now()
    found = {}
    for units, some in listings.grouped("quantity").items():
        asked = service._ask(pricelist, some.product_id, units, currency, now)
        for listing in some:
            price, _rule = asked[listing.product_id.id]
            shown = service._show(channel, listing.product_id, price, units)
            amount = currency.round(shown.amount)
            if amount > 0:
                found[listing.external_id] = Decimal(str(amount))
    return found

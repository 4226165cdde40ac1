from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

ERRORS = {
    "catalog_archived": _lt("It is archived."),
    "catalog_not_sold": _lt("It is not for sale."),
    "catalog_type": _lt("Only goods are offered, not services or combos."),
    "catalog_company": _lt("It belongs to another company."),
    "catalog_not_here": _lt("It is limited to other channels."),
    "catalog_variant_off": _lt(
        "The variant is not shown in e-commerce (“Show Variant in E-commerce”)."
    ),
    "catalog_product_off": _lt(
        "The product is not shown in e-commerce (“Show in E-commerce”)."
    ),
    "catalog_channel_off": _lt(
        "The product does not say that it is shown in e-commerce, and the channel "
        "shows only those that do."
    ),
    "catalog_brand_hidden": _lt(
        "The brand %(brand)s is not shown in electronic orders."
    ),
    "catalog_no_brand": _lt("It has no brand."),
    "catalog_no_barcode": _lt("It has no barcode, which the channel demands."),
    "catalog_missing": _lt("The channel demands what is empty: %(field)s."),
    "catalog_too_long": _lt(
        "%(field)s has %(length)s characters; the channel takes %(limit)s."
    ),
    "catalog_barcode_twice": _lt(
        "Other products have its barcode %(code)s as well: %(names)s."
    ),
    "catalog_sku_twice": _lt(
        "Other products have its internal reference %(code)s as well: %(names)s."
    ),
    "catalog_variants": _lt(
        "The product has %(count)s variants; the channel takes %(limit)s."
    ),
    "catalog_options": _lt(
        "The product varies in %(count)s attributes; the channel takes %(limit)s."
    ),
    "catalog_stands": _lt("On the channel: %(status)s. %(advice)s"),
    "catalog_refused": _lt("%(kind)s refused by the channel: %(reason)s"),
    "catalog_id_taken": _lt(
        "The channel says it is the same as %(name)s, which is another listing."
    ),
    "list_unread": _lt(
        "What the channel sells already has not been read yet: it may be there."
    ),
    "list_open": _lt(
        "The channel has “%(title)s”, which may be the same: decide about it first."
    ),
    "list_taken": _lt(
        "The channel has its barcode or SKU already, on “%(title)s”, which is another "
        "product's or ignored."
    ),
    "list_empty": _lt(
        "The channel says that it sells nothing any more; it is asked again."
    ),
    "price_automated": _lt(
        "The channel sets this price itself (%(there)s %(currency)s there): its "
        "automation has to be switched off there before Odoo's counts."
    ),
    "price_ends_promotion": _lt(
        "A promotion of the channel runs, buyers pay %(paid)s %(currency)s: a price of "
        "%(price)s would end it. Send it anyway, or leave it?"
    ),
    "price_ends_promotion_shared": _lt(
        "A promotion of the channel runs, buyers pay %(paid)s %(currency)s: a price of "
        "%(price)s would end it, and be the price of %(names)s as well, which Odoo is "
        "not to change. Send it anyway, or leave it?"
    ),
    "price_shared_kept": _lt(
        "The variations of an item have one price there: one of %(price)s "
        "%(currency)s would be the price of %(names)s as well, which Odoo is not to "
        "change. Send it anyway, or leave it?"
    ),
    "price_shared_left": _lt(
        "Left as it is there, as %(names)s has the same price: %(price)s %(currency)s "
        "goes out when Odoo may change all of them."
    ),
    "price_left": _lt(
        "Left to the promotion of the channel, buyers pay %(paid)s %(currency)s: the "
        "price of %(price)s goes out when it has ended."
    ),
    "price_not_taken": _lt(
        "The channel did not take the price of %(price)s: it has %(there)s "
        "%(currency)s. It is not sent again until it changes or somebody retries."
    ),
    "price_shared": _lt(
        "The variations of an item have one price there, in Odoo they differ: "
        "%(prices)s"
    ),
    "price_missing": _lt("It has no price in Odoo: the channel keeps the one it has."),
    "price_below_floor": _lt(
        "%(price)s %(currency)s without taxes is less than the %(floor)s that it has "
        "to bring: a cost of %(cost)s and %(margin)s %%. It was not sent."
    ),
    "price_below_floor_charges": _lt(
        "%(price)s %(currency)s is left of %(net)s without taxes, after %(charges)s of "
        "fee, freight and taxes on sales: less than the %(floor)s that it has to "
        "bring, a cost of %(cost)s and %(margin)s %%. It was not sent."
    ),
    "price_fee_unknown": _lt(
        "Waits until the channel has told its fee at this price, which the least "
        "margin counts: the flow “Fees In” asks for it, once the category is known."
    ),
    "fee_unanswered": _lt("The channel did not tell its fee."),
    "price_currency_unknown": _lt(
        "The pricelist is in %(currency)s, which the channel does not have (%(known)s)."
    ),
    "price_rate_missing": _lt(
        "There is no rate for %(currency)s: its prices cannot be computed."
    ),
    "pricelist_archived": _lt("The pricelist %(pricelist)s is archived."),
    "stock_busy": _lt("Waits until the channel was told what has left."),
    "stock_doubted": _lt(
        "The channel has something else that no order explains: it is looked at again."
    ),
    "stock_implausible": _lt("%(quantity)s is no plausible stock."),
    "stock_item_gone": _lt("The channel does not have it any more."),
    "stock_kept": _lt("The channel keeps the goods itself: its stock is only read."),
    "stock_orders_behind": _lt(
        "Waits until the channel's latest orders are read: until then stock is only "
        "lowered."
    ),
    "stock_orders_failing": _lt(
        "Waits until the channel's orders can be read: until then stock is only "
        "lowered."
    ),
    "stock_orders_off": _lt(
        "Waits until the channel's flow of orders is switched on: until then stock is "
        "only lowered."
    ),
    "stock_places_missing": _lt(
        "No warehouse is at a location of the channel: its de-para says which one."
    ),
    "stock_untracked": _lt("Odoo keeps no stock of it."),
}
# How a listing stands there
STATUSES = {
    "listing_gone": _lt("Not there any more"),
    "listing_gone_advice": _lt("“Make again” on the listing makes a new one."),
}
# What is left of a price
MARGINS = {
    "margin_left": _lt(
        "%(amount)s %(currency)s are left (%(percent)s %%): %(net)s without taxes, a "
        "fee of %(fee)s, a freight of %(freight)s, taxes of %(taxes)s, a cost of "
        "%(cost)s."
    ),
    "margin_cost_unknown": _lt(
        "%(amount)s %(currency)s are left for the goods, whose cost nobody knows: "
        "%(net)s without taxes, a fee of %(fee)s, a freight of %(freight)s, taxes of "
        "%(taxes)s."
    ),
    "margin_fee_unknown": _lt(
        "The channel has not told its fee at this price yet: the flow “Fees In” asks "
        "for it."
    ),
}
# Why it is not certain what a listing is
MATCHES = {
    "match_several": _lt("Several products have its barcode, SKU or name."),
    "match_contradicts": _lt("Its barcode is one product's, its SKU another one's."),
    "match_taken": _lt("The product has another listing on the channel already."),
    "match_claimed": _lt("Several listings could be this product."),
    "match_differs": _lt("The same SKU, but another barcode."),
    "match_spelling": _lt("The same SKU apart from spaces."),
    "match_name": _lt("Only the name is the same."),
}


class SaleChannelText(models.AbstractModel):
    _inherit = "sale.channel.text"

    @api.model
    def _get_errors(self):
        return {**super()._get_errors(), **ERRORS}

    @api.model
    def _get_texts(self):
        return {**super()._get_texts(), **MATCHES, **STATUSES, **MARGINS}

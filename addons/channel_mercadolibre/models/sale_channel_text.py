from odoo import api, models
from odoo.tools import LazyTranslate

from ..tools.status_texts import STATUS_TEXTS

_lt = LazyTranslate(__name__)

ERRORS = {
    "meli_category_missing": _lt(
        "It has no category on MercadoLibre: choose one on the listing, or map the "
        "category of the product."
    ),
    "meli_category_unread": _lt(
        "What the category %(category)s asks for has not been read yet."
    ),
    "meli_category_gone": _lt("MercadoLibre does not have the category %(category)s."),
    "meli_category_parent": _lt(
        "The category %(category)s has others below it: choose one of these."
    ),
    "meli_category_ended": _lt(
        "MercadoLibre takes no listings in the category %(category)s any more."
    ),
    "meli_attributes_missing": _lt("MercadoLibre demands: %(attributes)s."),
    "meli_price_minimum": _lt(
        "The price %(price)s is below the %(minimum)s that the category demands."
    ),
    "meli_value_unlisted": _lt(
        "%(attribute)s cannot be “%(value)s”. It is one of: %(values)s …"
    ),
    "meli_value_many": _lt("%(attribute)s takes at most %(limit)s values."),
    "meli_value_grid": _lt("%(attribute)s is no size chart: “%(value)s”."),
    "meli_value_long": _lt(
        "%(attribute)s has %(length)s characters; MercadoLibre takes %(limit)s."
    ),
    "meli_value_number": _lt("%(attribute)s is a number, not “%(value)s”."),
    "meli_value_unit": _lt(
        "%(attribute)s needs one of the units %(units)s: “%(value)s”."
    ),
    "site_mismatch": _lt(
        "The account is of site %(site)s, the channel of %(expected)s."
    ),
    "meli_account_changed": _lt(
        "MercadoLibre keeps the account's stock in another way by now: it is looked at "
        "again."
    ),
    "address_refused": _lt(
        "MercadoLibre takes no stock at your address of what lies in Full: is it still "
        "sent from there?"
    ),
    "item_closed": _lt(
        "The item is closed on MercadoLibre: it cannot be opened again. Make it again, "
        "or delete the listing."
    ),
    "item_has_variations": _lt(
        "The item has variations on MercadoLibre by now, each with its own stock: link "
        "these instead."
    ),
    "meli_pack_shares": _lt(
        "MercadoLibre would take the pack for the same product as the single piece, "
        "with one stock for both: make it on MercadoLibre under another name, and link "
        "it here."
    ),
    "item_not_writable": _lt(
        "MercadoLibre takes no stock of it while it is “%(status)s”: see there why."
    ),
    "store_unknown": _lt(
        "MercadoLibre has no such warehouse any more: load the locations again and say "
        "in the de-para which warehouse is at which."
    ),
    "user_product_missing": _lt(
        "MercadoLibre does not say which user product the item sells."
    ),
    "site_unknown": _lt("MercadoLibre site %(value)s is not supported."),
    "no_offline_access": _lt(
        "The application lacks the permission to work offline: enable "
        "“offline access” on MercadoLibre's developers' site."
    ),
    "meli_attributes_required": _lt(
        "The category demands attributes that are empty: %(names)s."
    ),
    "meli_brand_forbidden": _lt(
        "MercadoLibre does not let the account sell the brand."
    ),
    "meli_busy": _lt("Somebody else changes the listing at the moment; tried again."),
    "meli_catalog_required": _lt(
        "MercadoLibre's catalogue wants attributes that are empty: %(names)s."
    ),
    "meli_category_refused": _lt(
        "Nothing can be published in the category (any more): choose another one, "
        "without categories below it."
    ),
    "meli_closed": _lt(
        "The listing was closed on MercadoLibre, which is for good: what changes in "
        "Odoo does not reach it any more. “Make again” publishes a new one."
    ),
    "meli_fixed": _lt("MercadoLibre does not let it change any more: %(text)s"),
    "meli_form": _lt("MercadoLibre takes the listing in another form (%(names)s)."),
    "meli_gtin_brand": _lt("The barcode (GTIN) belongs to another brand."),
    "meli_gtin_category": _lt(
        "The barcode (GTIN) belongs to a product of another category."
    ),
    "meli_gtin_invalid": _lt("The barcode is no valid GTIN."),
    "meli_gtin_required": _lt(
        "The category demands a barcode (GTIN), or the reason why it has none."
    ),
    "meli_gtin_used": _lt(
        "The barcode (GTIN) is another product's on MercadoLibre, or of another "
        "listing of the account."
    ),
    "meli_image_large": _lt("A picture has more than %(limit)s MB."),
    "meli_image_small": _lt(
        "A picture is too small: MercadoLibre wants 500 pixels on one side at least "
        "(%(text)s)."
    ),
    "meli_images_many": _lt("There are more pictures than the category takes."),
    "meli_images_required": _lt("MercadoLibre demands a picture."),
    "meli_currency": _lt(
        "The item is priced in %(there)s on MercadoLibre, the pricelist in "
        "%(currency)s: nothing was sent."
    ),
    "meli_price_high": _lt("The price is above what MercadoLibre takes: %(text)s"),
    "meli_price_low": _lt("The price is below what MercadoLibre takes: %(text)s"),
    "meli_says": _lt("MercadoLibre says: %(text)s"),
    "meli_no_warehouse": _lt(
        "The account keeps its stock by warehouse, and has none on MercadoLibre."
    ),
    "meli_sold": _lt(
        "It cannot be changed any more, because the listing has sold: MercadoLibre "
        "keeps what it has."
    ),
    "meli_title_gender": _lt("The title and the attribute of the gender contradict."),
    "meli_title_long": _lt("The name is longer than the category takes."),
    "meli_title_short": _lt("The name is too short."),
    "meli_title_words": _lt(
        "The name has words that MercadoLibre does not allow: %(text)s"
    ),
    "meli_variation_gone": _lt(
        "The variation is not part of the listing on MercadoLibre any more."
    ),
}


class SaleChannelText(models.AbstractModel):
    _inherit = "sale.channel.text"

    @api.model
    def _get_errors(self):
        return {**super()._get_errors(), **ERRORS}

    @api.model
    def _get_texts(self):
        return {**super()._get_texts(), **STATUS_TEXTS}

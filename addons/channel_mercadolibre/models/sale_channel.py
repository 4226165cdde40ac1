from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..lib.form import CONDITION, GTIN_REASON
from ..lib.sites import CHOICES, SITES, get_site, site_of_country
from .sale_channel_flow import ACCOUNT_MINUTES

CHOICES_OF_SHIPPING = [("yes", "Yes"), ("no", "No")]
# Setting → attribute or term of sale
DEFAULTS = {
    "mercadolibre_condition": CONDITION,
    "mercadolibre_gtin_reason": GTIN_REASON,
    "mercadolibre_warranty_type": "WARRANTY_TYPE",
    "mercadolibre_warranty_time": "WARRANTY_TIME",
    "mercadolibre_handling_days": "MANUFACTURING_TIME",
}
SHIPPING = {
    "mercadolibre_free_shipping": "free_shipping",
    "mercadolibre_pick_up": "local_pick_up",
}
NO_WARRANTY = "6150835"


class SaleChannel(models.Model):
    """With ``sudo``: what the account can is the server's to note."""

    _inherit = "sale.channel"

    channel_type = fields.Selection(
        selection_add=[("mercadolibre", "MercadoLibre")],
        ondelete={"mercadolibre": "set null"},
    )
    mercadolibre_site = fields.Selection(
        CHOICES,
        "MercadoLibre Site",
        compute="_compute_mercadolibre_site",
        store=True,
        readonly=False,
    )

    mercadolibre_user_products = fields.Boolean(
        "User Products",
        readonly=True,
        copy=False,
        help="MercadoLibre has moved the account to user products: each variant is an "
        "item of its own, whose title MercadoLibre writes.",
    )
    mercadolibre_multi_origin = fields.Boolean(
        "Stock by Warehouse",
        readonly=True,
        copy=False,
        help="The account keeps its stock by warehouse of MercadoLibre.",
    )
    mercadolibre_obstacles = fields.Char(
        "Not Allowed to List",
        readonly=True,
        copy=False,
        help="Why MercadoLibre does not let the account list, in its own words.",
    )

    mercadolibre_condition = fields.Selection(
        # Ids of MercadoLibre's values
        [("2230284", "New"), ("2230581", "Used"), ("2230582", "Refurbished")],
        "Condition",
        default="2230284",
        help="Of products that say nothing else.",
    )
    mercadolibre_gtin_reason = fields.Char(
        "Reason without GTIN",
        help="Why products without a barcode have none, in the words of MercadoLibre. "
        "Empty: each such product says it.",
    )
    mercadolibre_warranty_type = fields.Selection(
        [
            ("2230280", "Seller's warranty"),
            ("2230279", "Factory warranty"),
            (NO_WARRANTY, "No warranty"),
        ],
        "Warranty",
        help="Of products that say nothing else.",
    )
    mercadolibre_warranty_time = fields.Char(
        "Time of Warranty", help="A number and its unit, such as “90 días”."
    )
    mercadolibre_handling_days = fields.Integer(
        "Days to Have It Ready",
        help="Of products that are not at hand; 0: they leave at once.",
    )
    mercadolibre_free_shipping = fields.Selection(
        CHOICES_OF_SHIPPING, "Free Shipping", help="Empty: as MercadoLibre decides."
    )
    mercadolibre_pick_up = fields.Selection(
        CHOICES_OF_SHIPPING,
        "Pick-Up at the Seller's",
        help="Empty: as MercadoLibre decides.",
    )

    _mercadolibre_handling_days_positive = models.Constraint(
        "CHECK (mercadolibre_handling_days >= 0)", "Days are not negative."
    )

    @api.constrains("mercadolibre_warranty_type", "mercadolibre_warranty_time")
    def _check_mercadolibre_warranty(self):
        for channel in self:
            kind = channel.mercadolibre_warranty_type
            if channel.mercadolibre_warranty_time and kind in (False, NO_WARRANTY):
                raise ValidationError(
                    self.env._("Without a warranty there is no time of it.")
                )

    @api.depends("company_id.country_code", "channel_type")
    def _compute_mercadolibre_site(self):
        for channel in self:
            country = channel.company_id.country_code
            channel.mercadolibre_site = channel.channel_type == "mercadolibre" and (
                channel.mercadolibre_site or site_of_country(country) or "MLA"
            )

    @api.depends("mercadolibre_multi_origin")
    def _compute_stock_kind(self):
        return super()._compute_stock_kind()

    def write(self, vals):
        result = super().write(vals)
        if "mercadolibre_site" in vals:
            # Access is granted on the site's own host; a test environment's one stays.
            hosts = [site.auth_base for site in SITES.values()]
            for credential in self.sudo().credential_ids:
                if vals["mercadolibre_site"] and credential.auth_url in hosts:
                    credential.auth_url = get_site(vals["mercadolibre_site"]).auth_base
        return result

    def _note_seller(self, seller):
        """Keep what the account may do; what depends on it is looked at again.

        :param seller: :class:`..lib.account.Seller`
        """
        self.ensure_one()
        values = {
            "mercadolibre_user_products": seller.user_products,
            "mercadolibre_multi_origin": seller.multi_origin,
            "mercadolibre_obstacles": ", ".join(seller.obstacles) or False,
        }
        changed = {name: value for name, value in values.items() if self[name] != value}
        if changed:
            self.sudo().write(changed)
            self._request_catalog(("listings_out", "stock_out", "price_out"))
        if seller.obstacles or changed:
            self._tell_obstacles(seller.obstacles)

    def _tell_obstacles(self, obstacles):
        """Tell the responsible that the account may not list, until it may again.

        Who only takes orders need not know.
        """
        channel = self.sudo()._for_responsible()
        selling = channel.flow_ids.filtered(
            lambda flow: flow.enabled and flow.kind == "listings_in"
        )
        summary = channel.env._("MercadoLibre does not let the account sell")
        if not obstacles:
            channel._calm(summary)
            return
        if not selling:
            return
        channel._alert(
            summary,
            channel.env._(
                "MercadoLibre says: %(obstacles)s. Log in there as the owner of the "
                "account: its summary says what is pending. Odoo looks again every "
                "%(minutes)s minutes, and then goes on by itself.",
                obstacles=", ".join(obstacles),
                minutes=ACCOUNT_MINUTES,
            ),
        )

    @api.model
    def _get_catalog_settings(self):
        names = (*DEFAULTS, *SHIPPING)
        return {
            **super()._get_catalog_settings(),
            **dict.fromkeys(names, ("listings_out",)),
        }

    def _get_mercadolibre_defaults(self):
        """What the channel says where nobody else does: attribute or term → text."""
        self.ensure_one()
        channel = self.sudo()
        texts = {code: channel[name] for name, code in DEFAULTS.items()}
        return {code: str(text) for code, text in texts.items() if text}

    def _get_mercadolibre_shipping(self):
        """What listings say of shipping; nothing of what MercadoLibre decides."""
        self.ensure_one()
        said = {key: self.sudo()[name] for name, key in SHIPPING.items()}
        return {key: choice == "yes" for key, choice in said.items() if choice}

    def _request_mercadolibre_categories(self):
        """Read soon what is not known yet of the categories in use."""
        self._request_catalog(("categories_in",))

    @api.model
    def _get_mercadolibre_channel(self, site):
        """An account of a site that the user may ask with.

        :raises UserError: there is none
        """
        channels = self.search(
            [
                ("channel_type", "=", "mercadolibre"),
                ("mercadolibre_site", "=", site),
                ("company_id", "in", [False, *self.env.companies.ids]),
            ]
        )
        connected = channels.filtered(lambda one: one._get_credential().account_id)
        if not connected:
            raise UserError(
                self.env._("No account of site %(site)s is connected.", site=site)
            )
        return connected[0]

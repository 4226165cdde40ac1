from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.channel_base.lib.spec import FlowSpec

from ..lib.traits import SWITCHES

DAY = 24 * 60
# Kind of flow → its rows
FLOWS = {
    "listings_out": "sale.channel.listing.content",
    "stock_out": "sale.channel.listing.stock",
    "price_out": "sale.channel.listing.price",
}
# What decides about the prices that go out
PRICE_SETTINGS = (
    "company_id",
    "price_charge_tax",
    "price_extra",
    "price_floor",
    "price_floor_margin",
    "price_freight",
    "price_freight_from",
    "price_round",
    "price_tax_mode",
    "price_turnover_tax",
    "pricelist_id",
    "promotion_pricelist_id",
    "send_price",
)
# What decides about the stock that goes out
STOCK_SETTINGS = (
    "catalog_sync_stock",
    "stock_basis",
    "stock_buffer",
    "stock_buffer_percent",
    "stock_multiple",
    "stock_warehouse_ids",
    "warehouse_id",
)
# Setting → flows that look at everything when it changes
SETTINGS = {
    "catalog_show": ("listings_out", "stock_out"),
    "catalog_lang": ("listings_out",),
    **{f"send_{switch}": ("listings_out",) for switch in SWITCHES},
    **dict.fromkeys(PRICE_SETTINGS, ("price_out",)),
    **dict.fromkeys(STOCK_SETTINGS, ("stock_out",)),
}


class SaleChannel(models.Model):
    """With ``sudo``: warehouses, flows and listings count, whoever sets the channel
    up."""

    _inherit = "sale.channel"

    has_catalog = fields.Boolean(compute="_compute_catalog")
    catalog_fields = fields.Char(
        compute="_compute_catalog", help="Fields that the channel takes."
    )
    catalog_show = fields.Boolean(
        "Show Products",
        help="Products that do not say whether they are shown in e-commerce are shown.",
    )
    catalog_sync_stock = fields.Boolean(
        "Sync Stock",
        default=True,
        help="The stock of products that do not say whether it is synchronised is.",
    )
    catalog_lang = fields.Selection(
        "_selection_catalog_lang",
        "Language of Listings",
        help="In which names and descriptions are sent; that of the company if empty. "
        "Other languages on the channel stay as they are.",
    )
    send_title = fields.Boolean("Send Name", default=True)
    send_description = fields.Boolean(default=True)
    send_images = fields.Boolean(default=True)
    send_brand = fields.Boolean(
        default=True, help="Products without a brand are then not sent."
    )
    send_category = fields.Boolean(default=True)
    send_barcode = fields.Boolean(default=True)
    send_dimensions = fields.Boolean("Send Weight", default=True)
    stock_kind = fields.Selection(
        [
            ("sellable", "What can still be sold"),
            ("physical", "What is there, reserved or not"),
        ],
        "The Channel Keeps",
        compute="_compute_stock_kind",
    )
    stock_by_location = fields.Boolean(compute="_compute_stock_kind")
    stock_warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        help="Whose stock is offered; none: that of the warehouse of its orders. A "
        "channel with locations offers that of the warehouses in its de-para.",
    )
    keeps_stock = fields.Boolean(
        compute="_compute_stock_kind",
        help="The channel keeps goods in a warehouse of its own, and ships them.",
    )
    kept_warehouse_id = fields.Many2one(
        "stock.warehouse",
        "Channel's Own Warehouse",
        check_company=True,
        tracking=True,
        help="Stands for what the channel keeps in its own warehouse: Odoo's stock "
        "there follows what the channel says, and what the channel ships leaves from "
        "it. It is used for nothing else, and is not offered unless a channel names it "
        "among its warehouses.",
    )
    stock_basis = fields.Selection(
        [
            ("free", "Free: neither reserved nor expired"),
            ("on_hand", "On hand"),
            ("forecast", "On hand and to be received"),
        ],
        "Stock Offered",
        default="free",
        required=True,
        help="Always without what confirmed orders have still to ship.",
    )
    stock_buffer = fields.Float(
        "Units Kept Back",
        digits="Product Unit",
        help="Of each product, for what is sold elsewhere at the same moment.",
    )
    stock_buffer_percent = fields.Float("Share Kept Back (%)")
    stock_multiple = fields.Integer(
        "Multiples of",
        default=1,
        required=True,
        help="What is offered is rounded down to a multiple of this many.",
    )

    send_price = fields.Boolean("Send Prices", default=True)
    promotion_pricelist_id = fields.Many2one(
        "product.pricelist",
        "Promotions",
        check_company=True,
        ondelete="restrict",
        help="While a rule of this pricelist counts for a product, and makes it "
        "cheaper, its price is the promotional one, with the rule's dates.",
    )
    price_round = fields.Float(
        "Round Prices to",
        digits="Product Price",
        help="Prices are multiples of this amount, as the channel shows them. 0: they "
        "are as the pricelist and the taxes make them.",
    )
    price_extra = fields.Float(
        "Then Add",
        digits="Product Price",
        help="Is added to the rounded price: multiples of 1.00 less 0.10 end in .90.",
    )
    price_floor = fields.Boolean(
        "Never Below a Margin",
        help="A price that leaves less over the product's cost is not sent: without "
        "its taxes, less the channel's fee, the freight and the taxes on what is sold. "
        "Products without a cost have no such limit.",
    )
    price_floor_margin = fields.Float("Least Margin (%)", digits=(16, 2))
    price_freight = fields.Float(
        "Freight Paid by the Seller",
        digits="Product Price",
        help="What sending one piece costs the company where the channel offers free "
        "shipping, in its currency. A listing may have another one.",
    )
    price_freight_from = fields.Float(
        "Freight from This Price Up",
        digits="Product Price",
        help="Below it the buyer pays it. 0: the seller pays it at any price.",
    )
    price_charge_tax = fields.Float(
        "Recovered Tax in Charges (%)",
        digits=(16, 2),
        help="The channel's fee and the freight hold so much tax, in percent of what "
        "they are without it, that the company gets back.",
    )
    price_turnover_tax = fields.Float(
        "Taxes on Sales (%)",
        digits=(16, 2),
        help="What the company pays of each sale, such as a turnover tax, in percent "
        "of the price without its taxes.",
    )
    has_fees = fields.Boolean(compute="_compute_catalog")
    listing_type_ids = fields.One2many(
        "sale.channel.listing.type", "channel_id", "Types of Listings"
    )
    has_listing_types = fields.Boolean(compute="_compute_catalog")
    listing_count = fields.Integer(
        "Listings",
        compute="_compute_listing_count",
        groups="channel_base.group_channel_user",
    )

    _price_round_positive = models.Constraint(
        "CHECK (price_round >= 0)", "Prices are rounded to an amount above 0."
    )

    _price_charges_range = models.Constraint(
        "CHECK (price_freight >= 0 AND price_freight_from >= 0 "
        "AND price_charge_tax BETWEEN 0 AND 100 "
        "AND price_turnover_tax BETWEEN 0 AND 100)",
        "A freight is not negative; taxes lie between 0 and 100 %.",
    )
    _stock_buffer_range = models.Constraint(
        "CHECK (stock_buffer >= 0 AND stock_buffer_percent BETWEEN 0 AND 100)",
        "Units kept back are not negative; their share lies between 0 and 100 %.",
    )
    _stock_multiple_positive = models.Constraint(
        "CHECK (stock_multiple > 0)", "Stock is offered in multiples of at least one."
    )

    @api.depends("channel_type")
    def _compute_catalog(self):
        for channel in self:
            traits = channel._get_catalog_traits()
            channel.has_catalog = traits is not None
            channel.catalog_fields = traits and ",".join(traits.fields)
            channel.has_fees = bool(traits and traits.fees)
            channel.has_listing_types = bool(traits and len(traits.listing_types) > 1)

    @api.depends("channel_type")
    def _compute_stock_kind(self):
        for channel in self:
            traits = channel._get_catalog_traits()
            channel.stock_kind = traits and traits.stock_kind
            channel.stock_by_location = bool(traits and traits.locations)
            channel.keeps_stock = bool(traits and traits.kept_logistics)

    @api.model
    def _selection_catalog_lang(self):
        return self.env["res.lang"].get_installed()

    def _compute_listing_count(self):
        groups = self.env["sale.channel.listing"]._read_group(
            [("channel_id", "in", self.ids)], ["channel_id"], ["__count"]
        )
        counts = {channel.id: count for channel, count in groups}
        for channel in self:
            channel.listing_count = counts.get(channel.id, 0)

    @api.constrains("kept_warehouse_id", "warehouse_id")
    def _check_kept_warehouse(self):
        """What it counts would else be what is in a warehouse of the company."""
        for channel in self.sudo().filtered("company_id"):
            company = [("company_id", "=", channel.company_id.id)]
            kept = channel.search(company).kept_warehouse_id
            if kept and not self.env["stock.warehouse"].sudo().search_count(
                [*company, ("id", "not in", kept.ids)], limit=1
            ):
                raise ValidationError(
                    self.env._(
                        "%(warehouse)s is the company's only warehouse: what a channel "
                        "keeps itself needs a warehouse of its own.",
                        warehouse=kept[:1].name,
                    )
                )
            used = channel.search([("warehouse_id", "in", kept.ids)], limit=1)
            if used:
                raise ValidationError(
                    self.env._(
                        "Orders of %(channel)s leave from %(warehouse)s: what a "
                        "channel keeps itself needs a warehouse of its own.",
                        channel=used.name,
                        warehouse=used.warehouse_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        for channel in channels.filtered("kept_warehouse_id"):
            channel._check_kept_empty()
            channel._use_kept_warehouse()
        return channels

    def write(self, vals):
        settings = self._get_catalog_settings()
        before = {
            channel: {name: channel[name] for name in settings.keys() & vals.keys()}
            for channel in self
        }
        kept = {channel: channel.kept_warehouse_id for channel in self}
        result = super().write(vals)
        for channel in self:
            if channel.kept_warehouse_id != kept[channel]:
                channel._check_kept_empty()
        for channel, values in before.items():
            kinds = {
                kind
                for name, value in values.items()
                if channel[name] != value
                for kind in settings[name]
            }
            channel._request_catalog(kinds)
        if "kept_warehouse_id" in vals:
            self._use_kept_warehouse()
        return result

    def _check_kept_empty(self):
        """What lies in the warehouse would be lost, unless a channel keeps it there.

        :raises ValidationError: somebody else's goods lie in it
        """
        warehouse = self.sudo().kept_warehouse_id
        sharing = [("kept_warehouse_id", "=", warehouse.id), ("id", "!=", self.id)]
        if not warehouse or self.sudo().search_count(sharing, limit=1):
            return
        place = ("location_id", "child_of", warehouse.view_location_id.id)
        lying = self.env["stock.quant"].sudo()
        if lying.search_count([place, ("quantity", "!=", 0)], limit=1):
            raise ValidationError(
                self.env._(
                    "%(warehouse)s holds goods already: what a channel keeps itself "
                    "needs an empty warehouse of its own.",
                    warehouse=warehouse.name,
                )
            )

    def _use_kept_warehouse(self):
        """What the channel ships itself leaves from its warehouse, and is counted there
        from now on."""
        mappings = self.env["sale.channel.mapping"]
        for channel in self:
            warehouse = channel.kept_warehouse_id
            traits = channel._get_catalog_traits()
            channel._ensure_flows()
            flows = channel.sudo().flow_ids.filtered(lambda f: f.kind == "stock_in")
            flows.enabled = bool(warehouse)
            if not warehouse or not traits:
                continue
            for logistics in traits.kept_logistics:
                row = mappings._ensure(channel, "warehouse", logistics)
                row.sudo().res_id = warehouse.id
            flows._request_run()

    @api.model
    def _get_catalog_settings(self):
        """Setting → kinds of flows that look at everything when it changes."""
        return SETTINGS

    def _ensure_flows(self):
        result = super()._ensure_flows()
        self._ensure_listing_types()
        return result

    def _ensure_listing_types(self):
        """A row for each type of listings, if there are several."""
        self.ensure_one()
        traits = self._get_catalog_traits()
        if traits and len(traits.listing_types) > 1:
            types = self.env["sale.channel.listing.type"].sudo()
            types._ensure(self, traits.listing_types)

    def _get_published_types(self):
        """Codes of the types of listings that each product has one of."""
        self.ensure_one()
        types = self._get_catalog_traits().listing_types
        rows = self.sudo().listing_type_ids.filtered("published")
        return [row.code for row in rows if row.code in types] or list(types[:1])

    def _get_listing_type_name(self, code):
        """What people call a type of listings."""
        return self._get_provider()._get_listing_type_names(self).get(code) or code

    def _request_catalog(self, kinds):
        """Have flows look at everything: what a setting concerns can be very many."""
        flows = self.sudo().flow_ids
        flows.filtered(lambda flow: flow.enabled and flow.kind in kinds)._request_run()
        if "price_out" in kinds:
            self.env["sale.channel.listing.content"].sudo()._try_unpriced(self)

    def _get_catalog_traits(self):
        """The provider's :class:`..lib.traits.CatalogTraits`, or None."""
        self.ensure_one()
        return self._get_provider()._get_catalog_traits(self)

    def _get_catalog_lang(self):
        """The language that listings are written in."""
        self.ensure_one()
        installed = dict(self._selection_catalog_lang())
        company = self.sudo().company_id or self.env.company
        for lang in (self.catalog_lang, company.partner_id.lang):
            if lang in installed:
                return lang
        return self.env.lang or "en_US"

    def _find_listed(self, places):
        finder = self.env["sale.channel.listing.finder"]
        found = finder._find_components(self, places)
        return {**super()._find_listed(places), **found}

    def _get_flow_specs(self):
        specs = super()._get_flow_specs()
        traits = self._get_catalog_traits()
        if traits is None:
            return specs
        # Changes wake the flows; once a day they compare everything.
        specs["listings_in"] = FlowSpec(interval=DAY, batch=200)
        specs["listings_out"] = FlowSpec(interval=DAY, batch=100)
        if traits.stock_kind:
            specs["stock_out"] = FlowSpec(interval=DAY, batch=100, stale=30)
        if traits.kept_logistics:
            specs["stock_in"] = FlowSpec(interval=DAY, batch=100)
        if traits.prices:
            specs["price_out"] = FlowSpec(interval=DAY, batch=100, stale=60)
        if traits.fees:
            specs["fees_in"] = FlowSpec(interval=DAY, batch=20)
        # What the provider says of them counts more; how soon somebody has to know of
        # what waits is nothing that each has to say.
        told = self._get_provider()._get_flow_specs(self)
        for kind, spec in specs.items():
            if kind in told and not told[kind].stale:
                told[kind] = replace(told[kind], stale=spec.stale)
        return {**specs, **told}

    def _get_type_pricelists(self):
        """The pricelists of listing types that have one of their own: dict type →
        pricelist (sudo)."""
        self.ensure_one()
        return {
            row.code: row.pricelist_id
            for row in self.sudo().listing_type_ids
            if row.pricelist_id
        }

    def _get_price_currencies(self):
        """Codes of the currencies that the channel has; none if it did not say."""
        traits = self._get_catalog_traits()
        if traits and traits.currencies:
            return set(traits.currencies)
        rows = self.env["sale.channel.mapping"].search(
            [("channel_id", "=", self.id), ("kind_id.code", "=", "currency")]
        )
        mapped = {row._get_record().name for row in rows if row.is_mapped}
        return mapped | {(row.external_value or "").upper() for row in rows}

    def _get_warehouse_domain(self):
        """None that stands for what a channel keeps itself."""
        domain = super()._get_warehouse_domain()
        channels = self.sudo().search([("company_id", "=", self.company_id.id)])
        return domain & Domain("id", "not in", channels.kept_warehouse_id.ids)

    @api.model
    def _get_sync_models(self):
        return [*super()._get_sync_models(), "sale.channel.fee"]

    def _get_stock_places(self):
        """Where the channel keeps stock of which warehouses.

        :return: dict location → ``stock.warehouse``; of a channel without locations
            one, ``""``, with all of them
        """
        self.ensure_one()
        if self.stock_by_location:
            return self.env["sale.channel.mapping"]._get_stock_places(self)
        warehouses = self.stock_warehouse_ids or self._get_order_warehouse()
        # Without any nothing is known, which is not none.
        return {"": warehouses} if warehouses else {}

    def action_open_listings(self):
        """Open what is listed on the channel."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_catalog.sale_channel_listing_action"
        )
        return {
            **action,
            "domain": [("channel_id", "=", self.id)],
            "context": {"default_channel_id": self.id},
        }

    def action_load_catalog_values(self):
        """Ask the channel for its locations, categories … and offer them in the
        de-para."""
        self.ensure_one()
        self.check_access("write")
        found = self._get_provider()._fetch_catalog_values(self)
        for kind, values in found.items():
            for value, label in values:
                row = self.env["sale.channel.mapping"]._ensure(self, kind, value, label)
                row.direction = "both"
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_base.sale_channel_mapping_action"
        )
        domain = [("channel_id", "=", self.id), ("kind_id.code", "in", list(found))]
        return {**action, "domain": domain}

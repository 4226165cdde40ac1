from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.channel_base.lib.bisect import bisect

# Products named in an activity
ALERT_LIMIT = 20
OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")


class SaleChannelKeptStock(models.AbstractModel):
    """Counts what channels keep in their own warehouses.

    A warehouse of Odoo stands for one; what may be sold from it follows what the
    channels say, whatever Odoo had. Listings that share their stock there count once.

    With ``sudo``: what lies where follows what the channel says, whoever runs the flow.
    """

    _name = "sale.channel.kept.stock"
    _description = "Stock That Sales Channels Keep"

    @api.model
    def _is_due(self, channel):
        """Whether a listing says something else than was counted somewhere."""
        return bool(channel.kept_warehouse_id and self._search_due(channel, limit=1))

    @api.model
    def _search_due(self, channel, **options):
        return self.env["sale.channel.listing"].search(
            [("channel_id", "=", channel.id), ("stock_uncounted", "=", True)], **options
        )

    @api.model
    def _take_due(self, channel):
        """Products of such listings; those of which Odoo keeps no stock are done."""
        listings = self._search_due(channel)
        components = self.env["sale.channel.stock"]._get_components(listings)
        for listing in listings.filtered(lambda one: not components[one]):
            listing.sudo().stock_counted = listing.stock_there
        return self._get_products(listings)

    @api.model
    def _find_differing(self, channel):
        """Those of which Odoo has something else, whoever changed it."""
        listings = self._get_listings(channel, Domain.TRUE)
        products = self._get_products(listings)
        return products.browse(self._get_differences(channel, products))

    @api.model
    def _get_products(self, listings):
        components = self.env["sale.channel.stock"]._get_components(listings)
        return self.env["product.product"].union(
            *(product for parts in components.values() for product in parts)
        )

    @api.model
    def _get_listings(self, channel, domain):
        """Listings of the channels that share the warehouse, of which the channel keeps
        some or something was counted before."""
        sharing = self._get_sharing(channel)
        kept = Domain("stock_kept", "=", True)
        kept |= Domain("stock_there", "!=", 0) | Domain("stock_counted", "!=", 0)
        return self.env["sale.channel.listing"].search(
            Domain("channel_id", "in", sharing.ids) & kept & domain,
            # What was told last counts, of what several listings say of one stock.
            order="stock_there_at, id",
        )

    @api.model
    def _get_sharing(self, channel):
        return self.env["sale.channel"].search(
            [("kept_warehouse_id", "=", channel.kept_warehouse_id.id)]
        )

    @api.model
    def _get_differences(self, channel, products):
        """:return: dict id of the product → units to add, below zero to take off"""
        warehouse = channel.kept_warehouse_id
        listings = self._get_listings(channel, self._get_domain(products))
        wanted = dict.fromkeys(products.ids, 0.0)
        for id_, units in self._get_said(listings).items():
            if id_ in wanted:
                wanted[id_] += units
        for id_, units in self._get_leaving(channel, products, listings).items():
            wanted[id_] += units
        here = products.with_context(warehouse_id=warehouse.id, location=False)
        differences = {}
        for product in here:
            lacking = wanted[product.id] - product.qty_available
            if product.uom_id.compare(lacking, 0):
                differences[product.id] = lacking
        return differences

    @api.model
    def _get_domain(self, products):
        """Listings of products, or of what is made of them."""
        sold = self.env["sale.channel.stock"]._get_containing(products).ids
        return Domain("product_id", "in", sold) | Domain(
            "component_ids.product_id", "in", sold
        )

    @api.model
    def _get_said(self, listings):
        """What the channels say that may be sold.

        :return: dict id of the product → units
        """
        components = self.env["sale.channel.stock"]._get_components(listings)
        said = {}
        for listing in listings:
            stock = listing.external_stock_id or listing.external_id
            for product, need in components[listing].items():
                units = max(listing.stock_there, 0.0) * need
                said[listing.channel_id, stock, product.id] = units
        total = {}
        for (_channel, _stock, id_), units in said.items():
            total[id_] = total.get(id_, 0.0) + units
        return total

    @api.model
    def _get_leaving(self, channel, products, listings):
        """What confirmed orders of the channels have still to take from the warehouse:
        the channels say how many there are without those that were placed until then.

        :return: dict id of the product → units
        """
        told = {}
        components = self.env["sale.channel.stock"]._get_components(listings)
        for listing in listings.filtered("stock_there_at"):
            for product in components[listing]:
                known = told.get(product, listing.stock_there_at)
                told[product] = min(known, listing.stock_there_at)
        inside = ("child_of", channel.kept_warehouse_id.view_location_id.id)
        sharing = self._get_sharing(channel).ids
        moves = self.env["stock.move"].sudo()
        moves = moves.search(
            [
                ("state", "in", OPEN_STATES),
                ("product_id", "in", products.ids),
                ("location_id", *inside),
                "!",
                ("location_dest_id", *inside),
                ("sale_line_id.order_id.sale_channel_id", "in", sharing),
            ]
        )
        leaving = {}
        for move in moves:
            placed = move.sale_line_id.order_id.date_order
            if placed <= told.get(move.product_id, placed):
                known = leaving.get(move.product_id.id, 0.0)
                leaving[move.product_id.id] = known + move.product_qty
        return leaving

    @api.model
    def _count_all(self, channel, products):
        """Count products; one that Odoo refuses keeps no other waiting.

        :return: how many were adjusted, and how many could not be
        """
        refused = []

        def work(some):
            with self.env.cr.savepoint():
                return self._count(channel, some)

        def refuse(product, error):
            refused.append(f"{product.display_name}: {error}")
            self._note_counted(channel, product)
            return 0

        counted = sum(bisect(products, work, refuse, errors=UserError))
        if refused:
            channel = channel._for_responsible()
            channel._alert(self._get_trouble(channel), "\n".join(refused[:ALERT_LIMIT]))
        return counted, len(refused)

    @api.model
    def _get_trouble(self, channel):
        return channel.env._("Stock cannot be counted")

    @api.model
    def _calm(self, channel):
        """Nothing was refused any more."""
        channel = channel._for_responsible()
        channel._calm(self._get_trouble(channel))

    @api.model
    def _count(self, channel, products):
        """Have the warehouse hold what the channels say.

        :return: how many products were adjusted
        """
        differences = self._get_differences(channel, products)
        quants = self.env["stock.quant"].sudo()
        for id_, units in differences.items():
            quants |= self._prepare_quants(channel, products.browse(id_), units)
        if quants:
            name = self.env._("Kept by %(channel)s", channel=channel.provider_name)
            quants.with_context(inventory_name=name)._apply_inventory()
        self._note_counted(channel, products)
        return len(differences)

    @api.model
    def _note_counted(self, channel, products):
        listings = self._get_listings(channel, self._get_domain(products))
        for listing in listings.filtered("stock_uncounted"):
            listing.sudo().stock_counted = listing.stock_there

    @api.model
    def _prepare_quants(self, channel, product, units):
        """Quants with the quantity that is to be counted.

        What there is too much of is taken from what has neither lot nor package first.
        """
        warehouse = channel.kept_warehouse_id
        quants = self.env["stock.quant"].sudo().with_context(inventory_mode=True)
        place = warehouse.lot_stock_id
        found = quants.search(
            [
                ("product_id", "=", product.id),
                ("location_id", "child_of", warehouse.view_location_id.id),
                ("location_id.usage", "=", "internal"),
            ],
            order="id",
        )
        plain = quants._gather(product, place, strict=True)[:1]
        changed = quants.browse()
        if units < 0:
            for quant in plain | found:
                taken = min(max(quant.quantity, 0.0), -units)
                if taken:
                    quant.inventory_quantity = quant.quantity - taken
                    changed |= quant
                    units += taken
        if product.uom_id.compare(units, 0):
            if plain and plain in changed:
                plain.inventory_quantity += units
            else:
                changed |= quants.create(
                    {
                        "product_id": product.id,
                        "location_id": place.id,
                        "inventory_quantity": (plain.quantity or 0.0) + units,
                    }
                )
        return changed

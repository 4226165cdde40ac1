import math
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.stock import Component, Terms

LOCATION_KIND = "stock_location"
# How far back orders explain what a channel has: as long as one may stay open, and as
# long as its search may lag behind.
OPEN_DAYS = 30
SEARCH_DAYS = 1


class SaleChannelStock(models.AbstractModel):
    """How much of its products a channel may sell, by what Odoo knows now.

    With ``sudo``: the outcome is the same whoever asks, whatever they may see of its
    parts.
    """

    _name = "sale.channel.stock"
    _description = "Stock of Sales Channels"

    @api.model
    def _get_quantities(self, products, warehouses, basis):
        """What there is in each warehouse, without what has still to be shipped.

        ``free``: neither reserved nor expired, and not promised to confirmed orders
        that reserve nothing yet. ``on_hand``: whatever is reserved or expired.
        ``forecast``: with what is still to be received.

        :param products: ``product.product``
        :param basis: one of the channel's *Stock Offered*
        :return: dict warehouse → dict id of the product → quantity in its unit
        """
        quantities = {}
        for warehouse in warehouses:
            context = {"warehouse_id": warehouse.id, "location": False}
            if "removal_date" in self.env["stock.quant"]._fields:
                context["with_expiration"] = fields.Datetime.now()
            found = (
                products.sudo()
                .with_company(warehouse.company_id)
                .with_context(**context)
                ._compute_quantities_dict(None, None, None)
            )
            quantities[warehouse] = {
                id_: self._choose_quantity(values, basis)
                for id_, values in found.items()
            }
        return quantities

    @api.model
    def _choose_quantity(self, values, basis):
        if basis == "forecast":
            return values["virtual_available"]
        if basis == "on_hand":
            return values["qty_available"] - values["outgoing_qty"]
        # The forecast leaves expired goods out, of those on hand as well.
        unpromised = values["virtual_available"] - values["incoming_qty"]
        return min(values["free_qty"], unpromised)

    @api.model
    def _get_levels(self, channel, products):
        """What there is at each of a channel's locations.

        :return: dict id of the product → dict location → quantity
        """
        places = channel._get_stock_places()
        warehouses = self.env["stock.warehouse"].union(*places.values())
        found = self._get_quantities(products, warehouses, channel.stock_basis)
        return {
            id_: {
                place: sum(found[warehouse][id_] for warehouse in some)
                for place, some in places.items()
            }
            for id_ in products.ids
        }

    @api.model
    def _get_components(self, listings):
        """What listings are made of, of what Odoo keeps stock.

        :return: dict listing → dict product → units in one listing; empty for one of
            which there is no stock
        """
        held = {listing: listing._get_components() for listing in listings}
        found = {}
        for listing, some in self._explode(held).items():
            parts = found.setdefault(listing, {})
            for product, units in some:
                # Of thousands, a related field takes as long as all the rest.
                if product.product_tmpl_id.is_storable:
                    parts[product] = parts.get(product, 0.0) + units
        return found

    @api.model
    def _explode(self, sold):
        """What leaves the warehouse for what is sold. Addons that know kits extend it.

        :param sold: dict of anything → list of pairs of a product and its units
        :return: the same, of what leaves
        """
        return sold

    @api.model
    def _get_containing(self, products):
        """Products whose stock depends on that of others, with these. Addons that know
        kits extend it."""
        return products

    @api.model
    def _get_pledges(self, channel):
        """Units that were sold and that no confirmed sale order takes off: of the
        channel, and of others that ship from its warehouses.

        :return: dict id of the product → dict order → units. An order of the channel
            is its external id, one of another channel is another text
        """
        lines = self.env["sale.channel.order.line"].sudo()
        lines = lines.search(
            Domain("by_channel", "=", False)
            & Domain("order_id.channel_id.company_id", "=", channel.company_id.id)
        )
        warehouses = self.env["stock.warehouse"].union(
            *channel._get_stock_places().values()
        )
        pledges = {}
        for seller, sold in lines.grouped(lambda ln: ln.order_id.channel_id).items():
            if seller != channel and seller._get_order_warehouse() not in warehouses:
                continue
            prefix = "" if seller == channel else f"{seller.id}:"
            for line, parts in self._resolve(seller, sold).items():
                order = prefix + line.order_id.external_id
                for product, units in parts:
                    known = pledges.setdefault(product.id, {})
                    known[order] = known.get(order, 0.0) + units * line.quantity
        return pledges

    @api.model
    def _resolve(self, channel, lines):
        """What one piece of lines is: by its listing, else by its SKU.

        :param lines: ``sale.channel.order.line`` of the channel, or what names the same
        :return: dict line → list of pairs of a product and its units; empty for what
            nobody knows
        """
        lookup = channel.env["sale.channel.order.lookup"]
        batch = lookup._open(channel)
        lookup._load_lines(batch, lines)
        found = {}
        for line in lines:
            parts = lookup._find_listed(batch, line)
            if not parts:
                product = lookup._find_products(batch, line.product_key)
                found[line] = [(product, 1.0)] if len(product) == 1 else []
                continue
            found[line] = [(part.product, float(part.quantity)) for part in parts]
        return self._explode(found)

    @api.model
    def _get_counted(self, channel, reservations):
        """How much of what a channel reserves is a confirmed sale order here.

        :param reservations: list of ``lib.stock.Reservation``
        :return: dict key of the reservation → dict id of the product → units
        """
        # One that somebody made by hand names nothing.
        keys = {reservation.key for reservation in reservations} - {""}
        if not keys:
            return {}
        lines = self.env["sale.order.line"].sudo()
        orders = self.env["sale.channel.order"].sudo()
        orders = orders.search(
            [
                ("channel_id", "=", channel.id),
                ("external_id", "in", [kept.order_id for kept in reservations]),
            ]
        )
        named = lines.search(
            [
                ("channel_line_ref", "in", list(keys)),
                ("order_id.sale_channel_id", "=", channel.id),
            ]
        )
        sold = {order.sale_order_id: order.external_id for order in orders}
        sold.update({order: sold.get(order) for order in named.order_id})
        sold = {
            order: external_id
            for order, external_id in sold.items()
            if order.state == "sale" and not order.channel_fulfilled
        }
        lines = lines.union(*(order.order_line for order in sold))
        found = {}
        for line, parts in self._get_leaving(
            lines.filtered("channel_line_ref")
        ).items():
            ref = line.channel_line_ref
            for key in {ref, ref.partition("#")[0], sold[line.order_id]} & keys:
                counted = found.setdefault(key, {})
                for product, units in parts:
                    counted[product.id] = counted.get(product.id, 0.0) + units
        return found

    @api.model
    def _get_leaving(self, lines):
        """What leaves the warehouse for lines of sale orders.

        :return: dict line → list of pairs of a product and units of its own
        """
        return self._explode(
            {
                line: [
                    (
                        line.product_id,
                        line.product_uom_id._compute_quantity(
                            line.product_uom_qty, line.product_id.uom_id
                        ),
                    )
                ]
                for line in lines
            }
        )

    @api.model
    def _get_traded(self, channel, since):
        """What may have changed what a channel keeps of its listings by itself.

        :param since: dict listing → naive UTC moment of the last writing; goods that a
            *physical* channel had reserved before may have left since
        :return: dict listing → listings that were sold, and at most how many of them
            orders gave back that the channel cancelled or changed
        """
        days = OPEN_DAYS if channel.stock_kind == "physical" else SEARCH_DAYS
        since = {one: moment - timedelta(days=days) for one, moment in since.items()}
        components = self._get_components(
            self.env["sale.channel.listing"].union(*since)
        )
        products = self.env["product.product"].union(
            *(product for parts in components.values() for product in parts)
        )
        moved = self._get_moved(channel, products, min(since.values()))
        pledges = self._get_pledges(channel)
        traded = {}
        for listing, parts in components.items():
            sold = restored = 0.0
            for product, need in parts.items():
                some = [
                    (units, given)
                    for order, units, given in moved.get(product, ())
                    if order.write_date >= since[listing]
                ]
                units = sum(n for n, _given in some)
                units += sum(pledges.get(product.id, {}).values())
                back = sum(given for _n, given in some)
                sold, restored = max(sold, units / need), max(restored, back / need)
            traded[listing] = (sold, restored)
        return traded

    @api.model
    def _get_moved(self, channel, products, since):
        """What orders of a channel took of products.

        :return: dict product → list of an order that changed since, the units that it
            sells, and at most how many of them it gave back
        """
        lines = self.env["sale.order.line"].sudo()
        lines = lines.search(
            Domain("order_id.sale_channel_id", "=", channel.id)
            # What the channel ships was never in what it is told.
            & Domain("order_id.channel_fulfilled", "=", False)
            & Domain("product_id", "in", self._get_containing(products).ids)
            & Domain("order_id.write_date", ">=", since)
        )
        changed, followed = self._get_changed_orders(lines.order_id, since)
        moved = {}
        for line, parts in self._get_leaving(lines).items():
            order = line.order_id
            for product, units in parts:
                back = 0.0
                if order in followed:
                    # How many it was before is not known any more.
                    back = math.inf
                elif order.state == "cancel" or order in changed:
                    back = units
                moved.setdefault(product, []).append((order, units, back))
        return moved

    @api.model
    def _get_changed_orders(self, orders, since):
        """Sale orders of which the channel changed something, which may be that some
        was given back, and those whose lines have followed it."""
        events = self.env["sale.channel.order.event"].sudo()
        events = events.search(
            [
                ("order_id.sale_order_id", "in", orders.ids),
                ("code", "in", ("changed", "followed")),
                ("date", ">=", since),
            ]
        )
        followed = events.filtered(lambda event: event.code == "followed")
        return events.order_id.sale_order_id, followed.order_id.sale_order_id

    @api.model
    def _get_terms(self, channel):
        """How the channel offers what there is: ``lib.stock.Terms``."""
        places = channel._get_stock_places()
        warehouse = channel._get_order_warehouse()
        first = [place for place, some in places.items() if warehouse in some]
        return Terms(
            channel._get_catalog_traits().stock_kind,
            channel.stock_buffer,
            channel.stock_buffer_percent,
            channel.stock_multiple,
            first[0] if first else next(iter(places), ""),
        )

    @api.model
    def _get_parts(self, channel, components):
        """What listings are made of, and how much of it there is.

        :param components: see :meth:`_get_components`, of listings with stock
        :return: dict listing → list of pairs of the product's id and
            ``lib.stock.Component``
        """
        products = self.env["product.product"].union(
            *(product for parts in components.values() for product in parts)
        )
        levels = self._get_levels(channel, products)
        pledges = self._get_pledges(channel)
        return {
            listing: [
                (
                    product.id,
                    Component(need, levels[product.id], pledges.get(product.id, {})),
                )
                for product, need in parts.items()
            ]
            for listing, parts in components.items()
        }

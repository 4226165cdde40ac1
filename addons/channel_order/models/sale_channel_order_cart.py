from odoo import api, models
from odoo.tools import SQL

from odoo.addons.channel_base.lib.errors import Rejected, Retryable

# How soon to look again whether the cart that an order left has let it go
MOVE_SECONDS = 60


class SaleChannelOrderCart(models.AbstractModel):
    """Orders that change their cart, and lines that are sold already.

    The channel may put an order that came in alone into a cart later, or split a cart.
    The lines know where they were imported, so that nothing is sold twice; versions
    tell which of two readings is the later one.

    With ``sudo``: proposals are the server's.
    """

    _name = "sale.channel.order.cart"
    _description = "Channel Orders: carts"

    @api.model
    def _see(self, row, versions, requested=False):
        """Note versions that a search showed.

        :param requested: a person asked for it
        :return: the row when they are new, none otherwise
        """
        stored, seen = row.versions or {}, row.seen_versions or {}
        now_seen = {"seen_versions": {**seen, **versions}}
        if row.state == "early":
            if not requested:
                return row.browse()
            row._apply("admitted", {"requested": True, **now_seen})
            return row
        # A search that lags behind may show less than what is stored.
        if all(stored.get(key, "") >= version for key, version in versions.items()):
            return row.browse()
        if all(seen.get(key) == version for key, version in versions.items()):
            # Already waiting for its fetch, with its own backoff.
            return row.browse()
        row._apply("seen", now_seen)
        return row

    @api.model
    def _find_by_orders(self, orders, channel, keys):
        """Rows that stand for an order, by their own id or by one in their cart.

        :param orders: the inbox, in the wanted environment
        :param keys: the channel's ids of orders
        """
        if not keys:
            return orders.browse()
        orders.flush_model(["channel_id", "external_id", "seen_versions"])
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM sale_channel_order
                 WHERE channel_id = %(channel)s AND external_id = ANY(%(keys)s)
                 UNION
                SELECT id FROM sale_channel_order
                 WHERE channel_id = %(channel)s AND seen_versions ?| %(keys)s
                """,
                channel=channel.id,
                keys=keys,
            )
        )
        return orders.browse(sorted(row[0] for row in self.env.cr.fetchall()))

    @api.model
    def _follow_cart(self, row, external_id, versions):
        """Take the cart's own id when a search knew only an order of it.

        :param external_id: the cart's, as its bundle tells
        :param versions: order id → remote version, of the cart
        :return: False when another row already stands for that cart; it then has to
            be fetched again, and this row is done
        """
        if not external_id or external_id == row.external_id:
            return True
        cart = row.search(
            [
                ("channel_id", "=", row.channel_id.id),
                ("external_id", "=", external_id),
            ],
            limit=1,
        )
        if not cart:
            row.external_id = external_id
            return True
        self._see(cart, versions, row.requested)
        if row.sale_order_id and not cart.sale_order_id:
            self._take_over(cart, row)
            cart._apply("recalled", {"processed_hash": False})
            return False
        # With another sale order the cart decides what becomes of it; see _adopt.
        event = "yielded" if row.sale_order_id else "moved"
        row._apply(event, {"versions": versions}, cart=external_id)
        self.env["sale.channel.order.line"]._renew(row)
        return False

    @api.model
    def _load_sold(self, batch, pairs):
        """Read where the lines of a batch are sold already.

        :param pairs: list of (row, :class:`..lib.schema.Order`)
        """
        refs = {ref for row, order in pairs for ref in self._get_refs(row, order)}
        lines = self.env["sale.order.line"].search_fetch(
            [
                ("channel_line_ref", "in", list(refs)),
                ("order_id.sale_channel_id", "=", batch.channel.id),
                ("product_uom_qty", ">", 0),
            ],
            ["channel_line_ref", "order_id", "product_uom_qty"],
        )
        for line in lines:
            known = batch.sold.get(line.channel_line_ref, lines.browse())
            batch.sold[line.channel_line_ref] = known | line

    @api.model
    def _load_versions(self, batch, rows):
        """Read what any row of the channel knows of the orders in a batch's carts.

        :param rows: inbox rows whose bundles are stored
        """
        keys = sorted({key for row in rows for key in row.versions or {}})
        for row in self._find_by_orders(rows, batch.channel, keys):
            for key, version in (row.versions or {}).items():
                batch.latest[key] = max(version, batch.latest.get(key, version))

    @api.model
    def _is_outdated(self, batch, row):
        """Whether another cart has shown one of the orders later."""
        versions = (row.versions or {}).items()
        return any(batch.latest.get(key, "") > version for key, version in versions)

    @api.model
    def _get_refs(self, row, order):
        """Lines that the cart holds, and orders that it held before a cancellation."""
        return {line.external_id for line in order.lines} | set(row.versions or {})

    @api.model
    def _find_sellers(self, batch, row, order):
        """Inbox rows whose sale orders sell one of the cart's lines by now."""
        refs = self._get_refs(row, order)
        lines = self.env["sale.order.line"].concat(
            *(batch.sold[ref] for ref in refs if ref in batch.sold)
        )
        # Orders of the same batch may have changed since the lines were read.
        orders = lines.filtered("product_uom_qty").order_id
        return orders.filtered(lambda o: o.state != "cancel").channel_order_ids

    @api.model
    def _adopt(self, batch, row, order):
        """Take over the sale order that already sells this cart's lines.

        :raises Retryable: the other cart has yet to let the lines go
        :raises Rejected: it cannot, because its sale order may not change any more
        """
        refs = self._get_refs(row, order)
        for other in self._find_sellers(batch, row, order) - row:
            others_refs = set((other.imported_print or {}).get("lines") or {})
            if others_refs <= refs:
                self._take_over(row, other)
            elif refs & others_refs:
                self._look_again(other)
                raise Retryable("its former cart is first", MOVE_SECONDS, code="moving")
            else:
                raise Rejected("also_in", order=other.sale_order_id.name)

    @api.model
    def _take_over(self, row, other):
        """Make another row's sale order this one's, or end it in favour of this one's.

        :raises Rejected: both have one, and the other's may not change any more
        """
        sale_order = other.sale_order_id
        builder = self.env["sale.channel.order.builder"]
        if not row.sale_order_id:
            row._apply(
                "adopted_held" if other.state == "reserved" else "adopted",
                {
                    "sale_order_id": sale_order.id,
                    "imported_print": other.imported_print,
                },
                order=sale_order.name,
            )
            other.proposal_ids.sudo().order_id = row
        elif sale_order._can_follow() and builder._is_as_built(other):
            sale_order._cancel_for_channel()
            row._tell("decided", "cancelled_order", order=sale_order.name)
        else:
            raise Rejected("also_in", order=sale_order.name)
        other._apply("moved", cart=row.external_id)
        self.env["sale.channel.order.line"]._renew(other)

    @api.model
    def _look_again(self, row):
        """Ask the channel for a row's data again, unless that is under way."""
        if row.sync_state != "fetch" or row.awaits_data:
            row._apply("recalled")

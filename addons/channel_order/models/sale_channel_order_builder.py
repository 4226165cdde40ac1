from decimal import Decimal

from odoo import api, models
from odoo.fields import Command

from odoo.addons.channel_base.lib.errors import Rejected

from ..lib.amounts import expected_total, money_unit, prorate, round_money
from ..lib.packs import part_ref, split_line
from ..lib.schema import ZERO
from .sale_order_line import DISCOUNT_REF, FREIGHT_REF, OWN_REFS


class SaleChannelOrderBuilder(models.AbstractModel):
    """Values of the sale order: the channel's words, the de-para, the defaults."""

    _name = "sale.channel.order.builder"
    _description = "Channel Orders: build"

    @api.model
    def _prepare_sale_order(self, batch, row, order, customer):
        """Values for ``sale.order.create``.

        :param batch: :class:`..lib.batch.OrderBatch`
        :param row: the order's inbox row
        :param order: :class:`..lib.schema.Order`
        :param customer: a :class:`channel_partner.lib.items.BuyerResult`
        :raises ChannelError: something that the order needs is missing or wrong
        """
        if not batch.channel.company_id:
            raise Rejected("company_missing")
        if customer.problem:
            raise Rejected(customer.problem)
        if not customer.partner:
            raise Rejected("buyer_missing")
        if not order.lines:
            raise Rejected("no_lines")
        used_defaults = []
        values = {
            **self._prepare_header(batch, row, order),
            "partner_id": customer.partner.id,
            "partner_invoice_id": customer.partner.id,
            "partner_shipping_id": customer.delivery.id or customer.partner.id,
            **self._prepare_mapped(batch, order, used_defaults),
            "order_line": self._prepare_lines(batch, order),
        }
        self._note_defaults(batch, row, used_defaults)
        return values

    @api.model
    def _prepare_header(self, batch, row, order):
        """What the channel's settings decide."""
        channel, shipment = batch.channel, order.shipment
        lookup = self.env["sale.channel.order.lookup"]
        reserved = lookup._find_decision(batch, row, order) == "reserve"
        return {
            "company_id": channel.company_id.id,
            "sale_channel_id": channel.id,
            "client_order_ref": order.number,
            "origin": f"{channel.name}: {order.number}",
            "date_order": order.placed_at,
            "warehouse_id": lookup._find_warehouse(batch, order).id,
            "pricelist_id": self._get_pricelist(batch, order).id,
            "payment_term_id": channel.payment_term_id.id,
            "user_id": channel.salesperson_id.id,
            "channel_hold": reserved and "reserved",
            "channel_fulfilled": bool(shipment and shipment.by_channel),
            "channel_shipped": bool(shipment and shipment.shipped),
        }

    @api.model
    def _prepare_mapped(self, batch, order, used_defaults):
        """What the de-para decides, or the channel's default.

        :param used_defaults: list to which pairs of a value without mapping and the
            name of the default that was used are added
        """
        channel, shipment = batch.channel, order.shipment
        lookup = self.env["sale.channel.order.lookup"]
        service = shipment and shipment.service
        method = order.payments and order.payments[0].method
        label = service and (shipment.service_name or service)
        wanted = (
            (
                "carrier_id",
                label,
                lookup._find_carrier(batch, order),
                channel.carrier_id,
            ),
            (
                "preferred_payment_method_line_id",
                method,
                lookup._find_payment_method(batch, method),
                channel.payment_method_line_id,
            ),
            (
                "team_id",
                order.sub_channel,
                lookup._find_team(batch, order),
                channel.team_id,
            ),
        )
        used_defaults += [
            (label, default.display_name)
            for _name, label, record, default in wanted
            if label and record is None and default
        ]
        return {
            name: (record or default).id for name, _label, record, default in wanted
        }

    @api.model
    def _note_defaults(self, batch, row, used_defaults):
        for label, default in used_defaults:
            params = {"label": label, "default": default}
            batch.sentences.append((row, "decided", "default_used", params))
        row.used_defaults = ", ".join(
            f"{label} → {default}" for label, default in used_defaults
        )

    @api.model
    def _get_pricelist(self, batch, order):
        """:raises Rejected: the order's currency is not the channel's"""
        channel = batch.channel
        lookup = self.env["sale.channel.order.lookup"]
        currency = lookup._find_currency(batch, order.currency)
        if not currency:
            raise Rejected("currency_unknown", currency=order.currency)
        wanted = channel.pricelist_id.currency_id or channel.company_id.currency_id
        if currency != wanted:
            raise Rejected(
                "currency_unexpected", currency=order.currency, expected=wanted.name
            )
        return channel.pricelist_id

    @api.model
    def _prepare_lines(self, batch, order):
        """Commands for the order's lines, with freight and discount.

        :raises ChannelError: nobody knows a product, or something is missing
        """
        sold = [(line, self._split(batch, order, line)) for line in order.lines]
        commands = [
            command
            for line, parts in sold
            for command in self._prepare_line(line, parts)
        ]
        freight = self._get_freight(batch.channel, order)
        if freight:
            commands.append(self._prepare_freight_line(batch.channel, freight))
        if order.seller_discount:
            parts = [part for _line, some in sold for part in some]
            commands += self._prepare_discount_lines(batch, order, parts)
        return commands

    @api.model
    def _split(self, batch, order, line):
        """The products that a channel's line sells, with their prices.

        :return: list of :class:`..lib.packs.Part`
        :raises ChannelError: nobody knows its product
        """
        lookup = self.env["sale.channel.order.lookup"]
        components = lookup._find_components(batch, line)
        unit = self._get_money_unit(batch, order)
        return split_line(line.quantity, line.unit_price, line.fee, components, unit)

    @api.model
    def _get_money_unit(self, batch, order):
        """The smallest unit of the order's currency."""
        lookup = self.env["sale.channel.order.lookup"]
        return money_unit(lookup._find_currency(batch, order.currency).rounding)

    @api.model
    def _prepare_line(self, line, parts):
        """The order lines of a channel's line, at the channel's price."""
        return [
            Command.create(
                {
                    "product_id": part.product.id,
                    "product_uom_qty": float(part.quantity),
                    "price_unit": float(part.unit_price),
                    # Any other value than the price marks it as set by hand.
                    "technical_price_unit": -1,
                    "channel_line_ref": part_ref(line.external_id, number),
                    "channel_fee": float(part.fee),
                }
            )
            for number, part in enumerate(parts)
        ]

    @api.model
    def _get_sold_print(self, order, commands):
        """What the lines of the sale order were made as, where they are not the
        channel's lines one by one.

        :param commands: of the sale order's lines
        :return: part of ``imported_print``: ``sold`` (channel line → [quantity, unit
            price]), or nothing
        """
        values = [command[2] for command in commands]
        sold = {
            ref: [vals["product_uom_qty"], vals["price_unit"]]
            for vals in values
            if (ref := vals.get("channel_line_ref")) and ref not in OWN_REFS
        }
        plain = {
            line.external_id: [float(line.quantity), float(line.unit_price)]
            for line in order.lines
        }
        return {} if sold == plain else {"sold": sold}

    @api.model
    def _get_freight(self, channel, order):
        """What the buyer pays for shipping, when it is the seller's money."""
        shipment = order.shipment
        if not shipment or not shipment.buyer_cost:
            return ZERO
        owner = channel.freight_rule_ids._get_owner(
            order.site,
            shipment.logistic_type,
            channel._get_provider()._get_freight_owner(channel),
        )
        if owner != "seller":
            return ZERO
        if shipment.currency and shipment.currency != order.currency:
            raise Rejected(
                "mixed_currencies", values=f"{order.currency}, {shipment.currency}"
            )
        return shipment.buyer_cost

    @api.model
    def _prepare_freight_line(self, channel, freight):
        product = channel.shipping_product_id
        if not product:
            raise Rejected("shipping_product_missing")
        return Command.create(
            {
                "product_id": product.id,
                "product_uom_qty": 1,
                "price_unit": float(freight),
                "technical_price_unit": -1,
                "is_delivery": True,
                "channel_line_ref": FREIGHT_REF,
                "sequence": 900,
            }
        )

    @api.model
    def _prepare_discount_lines(self, batch, order, parts):
        """One negative line per set of taxes, so that each tax base shrinks.

        :param parts: :class:`..lib.packs.Part` of all lines
        """
        channel, company = batch.channel, batch.channel.company_id
        product = channel.discount_product_id or company.sale_discount_product_id
        if not product:
            raise Rejected("discount_product_missing")
        weights = {}
        for part in parts:
            taxes = part.product.taxes_id._filter_taxes_by_company(company)
            weights[taxes] = weights.get(taxes, ZERO) + part.unit_price * part.quantity
        unit = self._get_money_unit(batch, order)
        parts = prorate(round_money(order.seller_discount, unit), weights, unit)
        return [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_qty": 1,
                    "price_unit": -float(part),
                    "technical_price_unit": -1,
                    "channel_line_ref": DISCOUNT_REF,
                    "channel_tax_source_ids": [Command.set(taxes.ids)],
                    "sequence": 950,
                }
            )
            for taxes, part in parts.items()
            if part
        ]

    @api.model
    def _rebuild_lines(self, batch, row, order):
        """Bring the lines of a row's sale order up to the channel's.

        :return: see :meth:`_get_sold_print`
        :raises ChannelError: the lines cannot be made, or do not add up
        """
        sale_order = row.sale_order_id
        wanted = self._prepare_lines(batch, order)
        known = {line.channel_line_ref: line for line in sale_order.order_line}
        kept = self.env["sale.order.line"]
        commands = []
        for command in wanted:
            values = command[2]
            line = known.get(values["channel_line_ref"])
            if values["channel_line_ref"] == DISCOUNT_REF or not line:
                commands.append(command)
                continue
            if line.product_id.id != values["product_id"]:
                raise Rejected("product_changed")
            kept |= line
            commands.append(
                Command.update(
                    line.id,
                    {
                        "product_uom_qty": values["product_uom_qty"],
                        "price_unit": values["price_unit"],
                        "technical_price_unit": -1,
                    },
                )
            )
        gone = sale_order.order_line.filtered("channel_line_ref") - kept
        # A confirmed order keeps its lines; those that are gone sell nothing.
        commands += [Command.update(line.id, {"product_uom_qty": 0}) for line in gone]
        sale_order.write({"order_line": commands})
        self._check_total(batch.channel, order, sale_order)
        return self._get_sold_print(order, wanted)

    @api.model
    def _is_as_built(self, row):
        """Whether the lines of a row's sale order are those of the last import."""
        told = row.imported_print
        if not told:
            # Entered by hand from data that nobody could read.
            return False
        lines = row.sale_order_id.order_line.filtered(
            lambda line: (
                line.channel_line_ref not in (False, *OWN_REFS) and line.product_uom_qty
            )
        )
        now = {
            line.channel_line_ref: (line.product_uom_qty, line.price_unit)
            for line in lines
        }
        then = {
            ref: (float(quantity), float(price))
            for ref, (quantity, price, *_sku) in (
                told.get("sold") or told["lines"]
            ).items()
        }
        return now == then

    @api.model
    def _check_total(self, channel, order, sale_order):
        """:raises Rejected: Odoo's total is not the channel's, to the smallest unit"""
        unit = money_unit(sale_order.currency_id.rounding)
        expected = expected_total(order, self._get_freight(channel, order), unit)
        got = sale_order.amount_total
        if channel.price_tax_mode == "excluded":
            got = sale_order.amount_untaxed
        if sale_order.currency_id.compare_amounts(got, float(expected)):
            raise Rejected(
                "amount_mismatch", expected=expected, got=Decimal(str(round(got, 2)))
            )

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

    def _prepare_sale_order(self, resolver, order, customer):
        """Values for ``sale.order.create``.

        :param resolver: the batch's :class:`OrderResolver`
        :param order: :class:`channel_order.lib.schema.Order`
        :param customer: result of ``sale.channel.partner._upsert``
        :raises ChannelError: something that the order needs is missing or wrong
        """
        self.ensure_one()
        if not self.channel_id.company_id:
            raise Rejected("company_missing")
        if customer.problem:
            raise Rejected(customer.problem)
        if not customer.partner:
            raise Rejected("buyer_missing")
        if not order.lines:
            raise Rejected("no_lines")
        values = {
            **self._prepare_header(resolver, order),
            "partner_id": customer.partner.id,
            "partner_invoice_id": customer.partner.id,
            "partner_shipping_id": customer.delivery.id or customer.partner.id,
        }
        used_defaults = []
        values.update(self._prepare_mapped(resolver, order, used_defaults))
        values["order_line"] = self._prepare_lines(resolver, order)
        self._note_defaults(resolver, used_defaults)
        return values

    def _prepare_header(self, resolver, order):
        """What the channel's settings decide."""
        channel, shipment = self.channel_id, order.shipment
        reserved = self._get_decision(resolver, order) == "reserve"
        return {
            "company_id": channel.company_id.id,
            "sale_channel_id": channel.id,
            "client_order_ref": order.number,
            "origin": f"{channel.name}: {order.number}",
            "date_order": order.placed_at,
            "warehouse_id": self._get_warehouse(resolver, order).id,
            "pricelist_id": self._get_pricelist(resolver, order).id,
            "payment_term_id": channel.payment_term_id.id,
            "user_id": channel.salesperson_id.id,
            "channel_hold": reserved and "reserved",
            "channel_fulfilled": bool(shipment and shipment.by_channel),
            "channel_shipped": bool(shipment and shipment.shipped),
        }

    def _prepare_mapped(self, resolver, order, used_defaults):
        """What the de-para decides, or the channel's default."""
        channel, shipment = self.channel_id, order.shipment
        carrier = self._resolve(
            resolver,
            "carrier",
            shipment and shipment.service,
            shipment and shipment.service_name,
            channel.carrier_id,
            used_defaults,
            required=True,
        )
        payment_method = self._resolve(
            resolver,
            "payment_method",
            order.payments and order.payments[0].method,
            None,
            channel.payment_method_line_id,
            used_defaults,
        )
        team = self._resolve(
            resolver, "team", order.sub_channel, None, channel.team_id, used_defaults
        )
        return {
            "carrier_id": carrier and carrier.id,
            "preferred_payment_method_line_id": payment_method and payment_method.id,
            "team_id": team and team.id,
        }

    def _resolve(
        self, resolver, kind, value, label, default, used_defaults, required=False
    ):
        """The record of a value: its mapping, else the channel's default.

        :param used_defaults: list to which a default that was needed is added
        :param required: a value without mapping and default blocks the order
        :raises MappingMissing: see ``required``
        """
        if not value:
            return default
        record = resolver.mapped(kind, value, label, required=required and not default)
        if record is None and default:
            used_defaults.append((label or value, default.display_name))
        return record or default

    def _note_defaults(self, resolver, used_defaults):
        for label, default in used_defaults:
            params = {"label": label, "default": default}
            resolver.sentences.append((self, "decided", "default_used", params))
        self.used_defaults = ", ".join(
            f"{label} → {default}" for label, default in used_defaults
        )

    def _get_warehouse(self, resolver, order):
        """:raises ChannelError: the company has none, or the channel's is unmapped"""
        shipment = order.shipment
        if shipment and shipment.by_channel:
            return resolver.mapped("warehouse", shipment.logistic_type)
        return resolver.warehouse()

    def _get_pricelist(self, resolver, order):
        """:raises Rejected: the order's currency is not the channel's"""
        channel = self.channel_id
        currency = resolver.currency(order.currency)
        if not currency:
            raise Rejected("currency_unknown", currency=order.currency)
        wanted = channel.pricelist_id.currency_id or channel.company_id.currency_id
        if currency != wanted:
            raise Rejected(
                "currency_unexpected", currency=order.currency, expected=wanted.name
            )
        return channel.pricelist_id

    def _prepare_lines(self, resolver, order):
        sold = [(line, self._split(resolver, order, line)) for line in order.lines]
        commands = [
            command
            for line, parts in sold
            for command in self._prepare_line(line, parts)
        ]
        freight = self._get_freight(order)
        if freight:
            commands.append(self._prepare_freight_line(freight))
        if order.seller_discount:
            parts = [part for _line, some in sold for part in some]
            commands += self._prepare_discount_lines(resolver, order, parts)
        return commands

    @api.model
    def _split(self, resolver, order, line):
        """The products that a channel's line sells, with their prices.

        :return: list of :class:`..lib.packs.Part`
        :raises ChannelError: nobody knows its product
        """
        unit = money_unit(resolver.currency(order.currency).rounding)
        return split_line(
            line.quantity,
            line.unit_price,
            line.fee,
            resolver.components(line),
            unit,
        )

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

    def _get_freight(self, order):
        """What the buyer pays for shipping, when it is the seller's money."""
        shipment = order.shipment
        if not shipment or not shipment.buyer_cost:
            return ZERO
        channel = self.channel_id
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

    def _prepare_freight_line(self, freight):
        product = self.channel_id.shipping_product_id
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

    def _prepare_discount_lines(self, resolver, order, parts):
        """One negative line per set of taxes, so that each tax base shrinks.

        :param parts: :class:`..lib.packs.Part` of all lines
        """
        product = (
            self.channel_id.discount_product_id
            or self.channel_id.company_id.sale_discount_product_id
        )
        if not product:
            raise Rejected("discount_product_missing")
        company = self.channel_id.company_id
        weights = {}
        for part in parts:
            taxes = part.product.taxes_id._filter_taxes_by_company(company)
            weights[taxes] = weights.get(taxes, ZERO) + part.unit_price * part.quantity
        unit = money_unit(resolver.currency(order.currency).rounding)
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

    def _check_total(self, order, sale_order):
        """:raises Rejected: Odoo's total is not the channel's, to the smallest unit"""
        unit = money_unit(sale_order.currency_id.rounding)
        expected = expected_total(order, self._get_freight(order), unit)
        got = sale_order.amount_total
        if self.channel_id.price_tax_mode == "excluded":
            got = sale_order.amount_untaxed
        if sale_order.currency_id.compare_amounts(got, float(expected)):
            raise Rejected(
                "amount_mismatch", expected=expected, got=Decimal(str(round(got, 2)))
            )

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from odoo.addons.channel_base.tools.client import RELOAD, notification

from ..lib.matching import barcode_key, barcode_spellings


class SaleChannelRemoteMaker(models.AbstractModel):
    """Makes products of listings that Odoo does not know.

    Variants of one product there become variants of one product here, if all of them
    are unknown and told apart by the same options; else each is a product of its own.

    With ``sudo``: a code has to be free among all products; links are the server's.
    """

    _name = "sale.channel.remote.maker"
    _description = "Makes Products of a Sales Channel's Listings"

    @api.model
    def _make(self, rows):
        """Make the products with the user's own rights, and link them.

        Rows for which there is a product by now are compared anew instead.

        :return: an action that shows the products
        :raises UserError: nothing was unknown
        """
        self.env["product.product"].check_access("create")
        made, linked = self.env["product.product"], 0
        for channel, some in rows.grouped("channel_id").items():
            some.sudo()._lock()
            # Somebody may have made one since the rows were compared.
            matcher = self.env["sale.channel.remote.matcher"]
            linked += matcher._match_rows(channel, some.sudo())
            unknown = some.filtered(lambda row: row.state == "unknown")
            further = self._get_further(unknown)
            for group in self._get_groups(unknown - further):
                made |= self._make_group(channel, group)
            # By now there is what these are as well.
            linked += matcher._match_rows(channel, further.sudo())
        if linked and not made:
            message = self.env._("Odoo has them by now: they were linked.")
            return notification(message, "success", RELOAD)
        if not made:
            raise UserError(
                self.env._(
                    "Odoo may have all of these: look at what they seem to be first."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Products"),
            "res_model": "product.product",
            "view_mode": "list,form",
            "domain": [("id", "in", made.ids)],
        }

    @api.model
    def _get_further(self, rows):
        """Those that have the SKU or barcode of one before them: the same product,
        which is sold there several times."""
        known, further = set(), rows.browse()
        for row in rows:
            keys = {("sku", row.sku_key), ("barcode", row.barcode_key)}
            keys = {key for key in keys if key[1]}
            if keys & known:
                further |= row
            known |= keys
        return further

    @api.model
    def _get_groups(self, rows):
        """The rows that become one product each."""
        groups = []
        for key, some in rows.grouped("external_product_id").items():
            if key and self._is_whole(some):
                groups.append(some)
            else:
                groups += list(some)
        return groups

    @api.model
    def _is_whole(self, rows):
        """Whether rows are all variants of their product, told apart by options."""
        siblings = rows.search(
            [
                ("channel_id", "=", rows.channel_id.id),
                ("external_product_id", "=", rows[0].external_product_id),
                ("gone_at", "=", False),
            ]
        )
        names = {tuple(sorted(row.options or {})) for row in rows}
        values = {tuple(sorted((row.options or {}).items())) for row in rows}
        others = {tuple(sorted((row.options or {}).items())) for row in siblings}
        return (
            len(rows) > 1
            and others == values
            and len(names) == 1
            and all(name for name in names)
            and all(value for row in rows for value in row.options.values())
            and len(values) == len(rows)
        )

    @api.model
    def _make_group(self, channel, rows):
        """Make the product of rows, with a variant for each.

        :return: the variants
        """
        first = rows[0]
        products = self.env["product.product"].with_company(channel.company_id)
        several = len(rows) > 1
        title = several and first.product_title or first.title
        values = {
            "name": title or first.sku or first.external_id,
            "is_storable": True,
        }
        if not several:
            made = products.create({**values, **self._prepare_variant(channel, first)})
            pairs = [(first, made)]
        else:
            template = products.product_tmpl_id.create(
                {**values, "attribute_line_ids": self._prepare_options(rows)}
            )
            pairs = [(row, self._make_variant(channel, template, row)) for row in rows]
        for row, product in pairs:
            self._set_price(channel, row, product)
            row.sudo()._link(product)
        return products.concat(*(product for _row, product in pairs))

    @api.model
    def _prepare_variant(self, channel, row):
        """:raises UserError: a product that is archived, or another company's, has its
        barcode or SKU"""
        products = self.env["product.product"].sudo().with_context(active_test=False)
        like = Domain("default_code", "=", row.sku) if row.sku else Domain.FALSE
        if row.barcode_key:
            spellings = [row.barcode, *barcode_spellings(row.barcode_key)]
            like |= Domain("barcode", "in", spellings)
        for product in products.search(like):
            same = barcode_key(product.barcode) == row.barcode_key
            if product.default_code == row.sku or same:
                raise UserError(
                    self.env._(
                        "“%(title)s”: a product that is archived, or is not sold in "
                        "this company, has its SKU or barcode already.",
                        title=row.display_name,
                    )
                )
        content = row.content or {}
        weight = content.get("weight") or (row.product_content or {}).get("weight")
        values = {"default_code": row.sku or False, "barcode": row.barcode or False}
        if isinstance(weight, int | float) and not isinstance(weight, bool):
            values["weight"] = weight
        return values

    @api.model
    def _prepare_options(self, rows):
        """Attributes of the template; a variant is made when it is asked for."""
        return [
            Command.create(
                {
                    "attribute_id": attribute.id,
                    "value_ids": [
                        Command.set(
                            [
                                self._ensure_value(attribute, value).id
                                for value in dict.fromkeys(
                                    row.options[name] for row in rows
                                )
                            ]
                        )
                    ],
                }
            )
            for name in rows[0].options
            for attribute in [self._ensure_attribute(name)]
        ]

    @api.model
    def _ensure_attribute(self, name):
        attributes = self.env["product.attribute"]
        wanted = [("name", "=", name), ("create_variant", "=", "dynamic")]
        return attributes.search(wanted, limit=1) or attributes.create(
            {"name": name, "create_variant": "dynamic"}
        )

    @api.model
    def _ensure_value(self, attribute, name):
        values = self.env["product.attribute.value"]
        wanted = [("attribute_id", "=", attribute.id), ("name", "=", name)]
        return values.search(wanted, limit=1) or values.create(
            {"attribute_id": attribute.id, "name": name}
        )

    @api.model
    def _make_variant(self, channel, template, row):
        lines = template.attribute_line_ids
        combination = lines.product_template_value_ids.filtered(
            lambda value: value.name == row.options[value.attribute_id.name]
        )
        values = self._prepare_variant(channel, row)
        product = template._create_product_variant(combination)
        product.write(values)
        return product

    @api.model
    def _set_price(self, channel, row, product):
        """The price there, if it is in the company's currency; without the taxes that
        the channel's prices include and the product's do not."""
        company = channel.company_id
        if not row.price or row.currency not in (False, company.currency_id.name):
            return
        price, taxes = row.price, product.taxes_id._filter_taxes_by_company(company)
        excluded = taxes.filtered(lambda tax: not tax.price_include)
        if channel.price_tax_mode == "included" and excluded:
            included = taxes.with_context(force_price_include=True)
            price = included.compute_all(price)["total_excluded"]
        product.list_price = price

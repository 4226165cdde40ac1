from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.channel_base.tools.client import telling
from odoo.addons.channel_catalog.models.sale_channel_mapping import CATEGORY_KIND

from ..lib.categories import fetch_category, fetch_suggestions

# Each one is a call, while a person waits.
LIMIT = 50


class MercadolibreSuggestion(models.TransientModel):
    """Asks MercadoLibre which categories fit products, or categories of products, and
    lets a person choose.

    With ``sudo``: categories are the marketplace's, the same for everybody.
    """

    _name = "mercadolibre.suggestion"
    _description = "Category on MercadoLibre"

    channel_id = fields.Many2one(
        "sale.channel",
        required=True,
        default=lambda self: self._default_channel(),
        domain="[('mercadolibre_site', '!=', False)]",
    )
    line_ids = fields.One2many("mercadolibre.suggestion.line", "suggestion_id")
    asked = fields.Boolean(readonly=True)

    @api.model
    def _default_channel(self):
        return self.env["sale.channel"].search(
            [("channel_type", "=", "mercadolibre")], limit=1
        )

    @api.model
    def _open_listings(self, listings):
        """For listings: once for all variants of a product.

        :raises UserError: too many products, or the account does not answer
        """
        channel = listings._get_mercadolibre_channel()
        templates = listings.product_id.product_tmpl_id
        wizard = self.create(
            {
                "channel_id": channel.id,
                "line_ids": [
                    Command.create(
                        {
                            "name": template.with_context(
                                lang=channel._get_catalog_lang()
                            ).name,
                            "product_tmpl_id": template.id,
                            "listing_ids": [
                                Command.set(
                                    listings.filtered(
                                        lambda listing, one=template: (
                                            listing.product_id.product_tmpl_id == one
                                        )
                                    ).ids
                                )
                            ],
                        }
                    )
                    for template in templates
                ],
            }
        )
        return wizard.action_ask()

    @api.model
    def _open_categories(self, categories):
        """For categories of products: the answer goes into the de-para.

        :param categories: ``product.category``
        """
        self.env["sale.channel.mapping"].check_access("write")
        categories.check_access("read")
        wizard = self.create(
            {
                "line_ids": [
                    Command.create({"name": category.name, "categ_id": category.id})
                    for category in categories
                ],
            }
        )
        if not wizard.channel_id:
            raise UserError(self.env._("There is no channel of MercadoLibre."))
        return wizard._get_action()

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Category on MercadoLibre"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_ask(self):
        """Ask for the categories that fit each line's name.

        :raises UserError: too many lines
        """
        self.ensure_one()
        if len(self.line_ids) > LIMIT:
            raise UserError(
                self.env._("At most %(limit)s products at once.", limit=LIMIT)
            )
        channel = self.channel_id
        names = sorted({name for name in self.line_ids.mapped("name") if name})
        with telling(self.env):
            client = channel._get_provider()._get_client(channel)
            site = channel.mercadolibre_site
            found = {name: fetch_suggestions(client, site, name) for name in names}
        categories = self.env["mercadolibre.category"]
        categories._ensure(dict(pair for pairs in found.values() for pair in pairs))
        for line in self.line_ids:
            fitting = categories.sudo().search(
                [("code", "in", [code for code, _name in found.get(line.name, ())])]
            )
            order = {
                code: n for n, (code, _name) in enumerate(found.get(line.name, ()))
            }
            fitting = fitting.sorted(lambda category, order=order: order[category.code])
            line.candidate_ids = fitting
            line.category_id = fitting[:1]
        self.asked = True
        return self._get_action()

    def action_apply(self):
        """Keep what was chosen; what the categories ask for is read at once.

        :raises UserError: a category holds no listings
        """
        self.ensure_one()
        chosen = self.line_ids.filtered("category_id")
        chosen.listing_ids.check_access("write")
        channel = self.channel_id
        unread = chosen.category_id.filtered(lambda one: not one.read_at)
        with telling(self.env):
            client = channel._get_provider()._get_client(channel)
            found = [fetch_category(client, code) for code in unread.mapped("code")]
        for details in found:
            self.env["mercadolibre.category"]._store(details)
        for category in chosen.category_id:
            if not category.leaf or not category.listing_allowed:
                ended = "meli_category_ended"
                code = ended if category.leaf else "meli_category_parent"
                texts = self.env["sale.channel.text"]
                raise UserError(texts._format(code, {"category": category.path}))
        for line in chosen:
            if line.categ_id:
                self._map(line)
            line.listing_ids.mercadolibre_category_id = line.category_id
        return {"type": "ir.actions.act_window_close"}

    def _map(self, line):
        """Keep in the de-para what a category of products is there."""
        rows = self.env["sale.channel.mapping"]
        kind = self.env["sale.channel.mapping.kind"]._get_by_code(CATEGORY_KIND)
        known = rows.search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("kind_id", "=", kind.id),
                ("res_id", "=", line.categ_id.id),
                ("direction", "!=", "in"),
            ]
        )
        values = {
            "external_value": line.category_id.code,
            "external_label": line.category_id.path,
        }
        if known:
            known.write(values)
            return
        rows.create(
            {
                **values,
                "channel_id": self.channel_id.id,
                "kind_id": kind.id,
                "direction": "out",
                "res_id": line.categ_id.id,
            }
        )

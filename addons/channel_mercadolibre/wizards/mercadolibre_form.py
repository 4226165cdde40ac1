from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..lib import form
from ..lib.attributes import tell

# More are set in the list of attributes, or imported.
LIMIT = 1000


class MercadolibreForm(models.TransientModel):
    """Fills in what a category of MercadoLibre asks for, of one listing or of many."""

    _name = "mercadolibre.form"
    _description = "Attributes of Listings on MercadoLibre"

    channel_id = fields.Many2one("sale.channel", required=True, readonly=True)
    listing_ids = fields.Many2many("sale.channel.listing", readonly=True)
    listing_count = fields.Integer(readonly=True)
    category_id = fields.Many2one("mercadolibre.category", readonly=True)
    has_grid = fields.Boolean(compute="_compute_has_grid")
    line_ids = fields.One2many("mercadolibre.form.line", "form_id")
    asked_ids = fields.One2many(
        "mercadolibre.form.line", "form_id", domain=[("part", "=", "asked")]
    )
    other_ids = fields.One2many(
        "mercadolibre.form.line", "form_id", domain=[("part", "=", "other")]
    )
    term_ids = fields.One2many(
        "mercadolibre.form.line", "form_id", domain=[("part", "=", "term")]
    )

    @api.depends("line_ids.attribute_id")
    def _compute_has_grid(self):
        for wizard in self:
            codes = wizard.line_ids.attribute_id.mapped("code")
            wizard.has_grid = form.GRID in codes

    @api.model
    def _open(self, listings):
        """The form of listings of one account.

        :raises UserError: there is nothing to fill in yet
        """
        channel = listings._get_mercadolibre_channel()
        listings = listings.filtered("product_id")
        if not listings or len(listings) > LIMIT:
            raise UserError(
                self.env._(
                    "Choose listings of products, at most %(limit)s.", limit=LIMIT
                )
            )
        categories = self.env["mercadolibre.attributes"]._get_categories(
            channel, listings
        )
        if not all(category and category.read_at for category in categories.values()):
            raise UserError(
                self.env._("Choose the category first: it says what is asked for.")
            )
        wizard = self.create(
            {
                "channel_id": channel.id,
                "listing_ids": [Command.set(listings.ids)],
                "listing_count": len(listings),
                "category_id": next(iter(categories.values())).id,
                "line_ids": [
                    Command.create(values)
                    for values in self._prepare_lines(channel, listings, categories)
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Attributes on MercadoLibre"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    @api.model
    def _prepare_lines(self, channel, listings, categories):
        """What all the listings are asked for."""
        lines = self.env["mercadolibre.attributes"]._get_lines(
            channel, listings, categories=categories
        )
        first, *others = lines.values()
        rows = self.env["mercadolibre.attribute"].search(
            [("category_id", "=", categories[listings[0].id].id)]
        )
        several = len(listings.product_id) > 1 or any(
            template.product_variant_count > 1
            for template in listings.product_id.product_tmpl_id
        )
        for row in rows:
            same = [found.get(row.code) for found in (first, *others)]
            if row.code == form.SKU or not all(same):
                continue
            line = same[0]
            texts = {tell(one.value) or one.text for one in same}
            various = len(texts) > 1
            text = "" if various else texts.pop()
            yield {
                "attribute_id": row.id,
                "part": self._get_part(line),
                "text": text,
                "text_before": text,
                "various": various,
                "source": False if various else line.source,
                "level": self._get_level(line.attribute) if several else "product",
            }

    @api.model
    def _get_level(self, attribute):
        """What a value counts for, unless the person says otherwise. Why there is no
        GTIN is the same for all variants, which MercadoLibre does not say."""
        varies = attribute.varies and attribute.id != form.GTIN_REASON
        return "variant" if varies else "product"

    @api.model
    def _get_part(self, line):
        """The page that an attribute is on."""
        if line.term:
            return "term"
        return "asked" if form.is_asked(line.attribute) else "other"

    def action_save(self):
        """Keep what was filled in; what was not touched stays with who said it.

        :raises UserError: a value is none that the attribute takes
        """
        self.ensure_one()
        self.listing_ids.check_access("write")
        for line in self.line_ids:
            text = (line.text or "").strip()
            if text != (line.text_before or ""):
                self._say(line, text)
        return {"type": "ir.actions.act_window_close"}

    def _say(self, line, text):
        """Keep a value where it counts, and nothing narrower that would hide it."""
        said = self.env["mercadolibre.product.attribute"]
        site, code = self.channel_id.mercadolibre_site, line.attribute_id.code
        products = self.listing_ids.product_id
        templates = products.product_tmpl_id
        known = said.search(
            Domain("site", "=", site)
            & Domain("code", "=", code)
            & Domain("product_tmpl_id", "in", templates.ids)
            & (
                Domain("listing_id", "in", self.listing_ids.ids)
                | Domain("listing_id", "=", False)
                & Domain("product_id", "in", [False, *products.ids])
            )
        )
        places = {
            "product": [{"product_tmpl_id": one.id} for one in templates],
            "variant": [{"product_id": one.id} for one in products],
            "listing": [{"listing_id": one.id} for one in self.listing_ids],
        }[line.level]
        own = known if not text else known.filtered(self._get_narrower(line.level))
        own.unlink()
        if text:
            common = {"site": site, "code": code, "value": text}
            said.create([{**place, **common} for place in places])

    @api.model
    def _get_narrower(self, level):
        """A test of what stands in the way of a value of a level, or is it."""
        if level == "product":
            return lambda row: True
        if level == "variant":
            return lambda row: row.product_id
        return lambda row: row.listing_id

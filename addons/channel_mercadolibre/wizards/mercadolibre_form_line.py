from odoo import api, fields, models

from ..lib import form
from ..lib.attributes import SEPARATOR


class MercadolibreFormLine(models.TransientModel):
    """An attribute that is filled in."""

    _name = "mercadolibre.form.line"
    _description = "Attribute That Is Filled In"
    _order = "id"

    form_id = fields.Many2one("mercadolibre.form", required=True, ondelete="cascade")
    attribute_id = fields.Many2one("mercadolibre.attribute", readonly=True)
    part = fields.Selection(
        [("asked", "Required"), ("other", "Others"), ("term", "Terms")], readonly=True
    )
    requirement = fields.Selection(related="attribute_id.requirement")
    hint = fields.Char(compute="_compute_hint")
    has_values = fields.Boolean(compute="_compute_hint")
    text = fields.Char("Value")
    text_before = fields.Char(readonly=True)
    various = fields.Boolean(readonly=True)
    value_id = fields.Many2one(
        "mercadolibre.attribute.value",
        "Choose",
        store=False,
        domain="[('attribute_id', '=', attribute_id)]",
    )
    is_grid = fields.Boolean(compute="_compute_hint")
    chart_id = fields.Many2one(
        "mercadolibre.chart",
        "Size Chart",
        store=False,
        domain="[('channel_id', '=', parent.channel_id)]",
    )
    source = fields.Selection("_selection_source", "Comes From", readonly=True)
    level = fields.Selection(
        [
            ("product", "All variants"),
            ("variant", "This variant"),
            ("listing", "This listing"),
        ],
        "Counts For",
        required=True,
        default="product",
    )

    @api.model
    def _selection_source(self):
        listings = self.env["sale.channel.listing"]
        return list(listings._get_mercadolibre_sources().items())

    @api.depends("attribute_id")
    @api.depends_context("lang")
    def _compute_hint(self):
        for line in self:
            attribute = line.attribute_id
            line.has_values = bool(attribute.value_ids)
            line.is_grid = attribute.code == form.GRID
            units = ", ".join(attribute.units or ())
            told = [
                attribute.hint,
                units and self.env._("Units: %(units)s", units=units),
                attribute.multivalued and self.env._("Several, separated by “;”"),
                line.various and self.env._("Not the same in all listings"),
            ]
            line.hint = " · ".join(part for part in told if part)

    @api.onchange("chart_id")
    def _onchange_chart_id(self):
        if self.chart_id:
            self.text = self.chart_id.code
            self.chart_id = False

    @api.onchange("value_id")
    def _onchange_value_id(self):
        if not self.value_id:
            return
        name, text = self.value_id.name, (self.text or "").strip()
        if self.attribute_id.multivalued and text:
            parts = [part.strip() for part in text.split(SEPARATOR)]
            name = f"{SEPARATOR} ".join(dict.fromkeys([*parts, name]))
        self.text = name
        self.value_id = False

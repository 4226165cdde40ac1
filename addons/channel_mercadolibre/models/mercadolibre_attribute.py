from odoo import api, fields, models
from odoo.fields import Command

from ..lib.category import Attribute

REQUIREMENTS = [
    ("required", "Required"),
    ("conditional", "Required in some cases"),
    ("optional", "Optional"),
]
# Field of a row → parameter of lib.category.Attribute
FIELDS = {
    "name": "name",
    "value_type": "value_type",
    "requirement": "requirement",
    "max_length": "max_length",
    "default_unit": "default_unit",
    "multivalued": "multivalued",
    "varies": "varies",
    "hint": "hint",
}


class MercadolibreAttribute(models.Model):
    """An attribute, or a term of sale, that a category asks for.

    With ``sudo``: definitions are the marketplace's, the same for everybody.
    """

    _name = "mercadolibre.attribute"
    _description = "Attribute of a Category of MercadoLibre"
    _order = "category_id, term, sequence, id"

    category_id = fields.Many2one(
        "mercadolibre.category", required=True, index=True, ondelete="cascade"
    )
    term = fields.Boolean("Term of Sale")
    code = fields.Char(required=True, index=True)
    name = fields.Char(required=True)
    sequence = fields.Integer()
    requirement = fields.Selection(REQUIREMENTS, required=True, default="optional")
    value_type = fields.Char()
    max_length = fields.Integer()
    units = fields.Json()
    default_unit = fields.Char()
    multivalued = fields.Boolean("Several Values")
    varies = fields.Boolean("By Variant", help="Variants of a product differ in it.")
    hint = fields.Char()
    value_ids = fields.One2many("mercadolibre.attribute.value", "attribute_id")

    _code_uniq = models.Constraint(
        "UNIQUE (category_id, term, code)", "The category has this attribute already."
    )

    @api.model
    def _store(self, category, told, term):
        """Make the rows of a category what MercadoLibre says.

        :param told: of :class:`..lib.category.Attribute`
        """
        known = {
            row.code: row for row in category.attribute_ids if row.term is bool(term)
        }
        gone = known.keys() - {attribute.id for attribute in told}
        for code in gone:
            known[code].unlink()
        new = []
        for number, attribute in enumerate(told):
            values = {"sequence": number, "units": list(attribute.units)}
            values |= {name: getattr(attribute, key) for name, key in FIELDS.items()}
            row = known.get(attribute.id)
            if row:
                row.write(values)
                row._store_values(attribute.values)
                continue
            values["value_ids"] = [
                Command.create(self._prepare_value(*pair)) for pair in attribute.values
            ]
            new.append(
                {
                    **values,
                    "category_id": category.id,
                    "code": attribute.id,
                    "term": term,
                }
            )
        self.sudo().create(new)

    @api.model
    def _prepare_value(self, code, name):
        return {"code": code, "name": name}

    def _store_values(self, told):
        known = [(value.code, value.name) for value in self.value_ids]
        if known == list(told):
            return
        self.value_ids.unlink()
        self.value_ids = [Command.create(self._prepare_value(*pair)) for pair in told]

    @api.model
    def _get_definitions(self, categories):
        """What categories ask for, in two queries.

        :return: dict id of the category → list of pairs of a
            :class:`..lib.category.Attribute` and whether it is a term of sale
        """
        rows = self.sudo().search([("category_id", "in", categories.ids)])
        values = {}
        for value in (
            self.env["mercadolibre.attribute.value"]
            .sudo()
            .search_fetch(
                [("attribute_id", "in", rows.ids)], ["attribute_id", "code", "name"]
            )
        ):
            values.setdefault(value.attribute_id.id, []).append(
                (value.code or "", value.name)
            )
        found = {category.id: [] for category in categories}
        for row in rows:
            attribute = row._to_attribute(tuple(values.get(row.id, ())))
            found[row.category_id.id].append((attribute, row.term))
        return found

    def _to_attribute(self, values):
        self.ensure_one()
        told = {key: self[name] or "" for name, key in FIELDS.items()}
        told["max_length"] = self.max_length or Attribute.max_length
        told["multivalued"] = self.multivalued
        told["varies"] = self.varies
        return Attribute(
            id=self.code, values=values, units=tuple(self.units or ()), **told
        )

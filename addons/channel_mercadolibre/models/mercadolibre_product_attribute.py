import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.channel_base.lib.text import clean

from ..lib.attributes import ValueProblem, parse
from ..lib.sites import CHOICES, site_of_country

CODE = re.compile(r"[A-Z0-9_]{1,64}")
# Longer ones are no values of attributes.
MAX_LENGTH = 2000


class MercadolibreProductAttribute(models.Model):
    """What a person says of a product on a site of MercadoLibre: the value of an
    attribute or of a term of sale.

    It counts for all variants of a product, for one, or for one listing; the narrowest
    counts more, and each more than what Odoo knows by itself.

    With ``sudo``: a value has to fit definitions and listings that its user need not
    see.
    """

    _name = "mercadolibre.product.attribute"
    _inherit = ["sale.channel.change.mixin", "field.guard.mixin"]
    _description = "Attribute of a Product on MercadoLibre"
    _order = "product_tmpl_id, product_id, code, id"
    _rec_name = "name"

    _change_fields = None

    site = fields.Selection(
        CHOICES, required=True, default=lambda self: self._default_site()
    )
    code = fields.Char(
        "Attribute",
        required=True,
        help="The ID of the attribute, such as MODEL, or its name.",
    )
    name = fields.Char(compute="_compute_name")
    value = fields.Char(
        required=True,
        help="As MercadoLibre calls it. Several values are separated by “;”. N/A: it "
        "does not apply.",
    )
    product_tmpl_id = fields.Many2one(
        "product.template",
        "Product",
        compute="_compute_product",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
        ondelete="cascade",
    )
    product_id = fields.Many2one(
        "product.product",
        "Variant",
        compute="_compute_variant",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="cascade",
        domain="[('product_tmpl_id', '=', product_tmpl_id)]",
        help="Only of this variant; empty: of all.",
    )
    listing_id = fields.Many2one(
        "sale.channel.listing",
        "Only of the Listing",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('product_id.product_tmpl_id', '=', product_tmpl_id)]",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        guard="server",
    )

    _said_uniq = models.UniqueIndex(
        "(site, code, product_tmpl_id, COALESCE(product_id, 0), "
        "COALESCE(listing_id, 0))",
        "The attribute of this product has a value already.",
    )

    @api.model
    def _default_site(self):
        channels = self.env["sale.channel"].search(
            [("mercadolibre_site", "!=", False)], limit=1
        )
        country = site_of_country(self.env.company.country_code or "")
        return channels.mercadolibre_site or country or CHOICES[0][0]

    @api.depends("product_id", "listing_id")
    def _compute_product(self):
        for row in self:
            product = row.product_id or row.listing_id.product_id
            row.product_tmpl_id = product.product_tmpl_id or row.product_tmpl_id

    @api.depends("listing_id")
    def _compute_variant(self):
        for row in self:
            row.product_id = row.listing_id.product_id or row.product_id

    @api.depends("product_tmpl_id.company_id", "listing_id.company_id")
    def _compute_company_id(self):
        for row in self:
            row.company_id = row.listing_id.company_id or row.product_tmpl_id.company_id

    @api.depends("code", "site")
    def _compute_name(self):
        names = self._get_names(self.mapped("code"))
        for row in self:
            row.name = names.get((row.site, row.code)) or row.code

    @api.model
    def _get_names(self, codes):
        """What sites call attributes: dict site and id → name."""
        rows = self.env["mercadolibre.attribute"].sudo()
        groups = rows._read_group(
            [("code", "in", codes)], ["code", "name", "category_id"]
        )
        return {
            (category.code[:3], code): name for code, name, category in reversed(groups)
        }

    def _get_changes(self):
        changes = set()
        for row in self:
            if row.listing_id:
                changes.add(("sale.channel.listing", row.listing_id.id))
            elif row.product_id:
                changes.add(("product.product", row.product_id.id))
            else:
                changes.add(("product.template", row.product_tmpl_id.id))
        return changes

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create([self._clean_values(vals) for vals in vals_list])
        rows._check_access_to_products()
        return rows

    def write(self, vals):
        result = super().write(self._clean_values(vals))
        if {"product_tmpl_id", "product_id", "listing_id"} & vals.keys():
            self._check_access_to_products()
        return result

    def _check_access_to_products(self):
        """:raises AccessError: nobody speaks of what he may not see"""
        self.product_tmpl_id.check_access("read")
        self.product_id.check_access("read")
        self.listing_id.check_access("read")

    @api.model
    def _clean_values(self, vals):
        vals = dict(vals)
        if "value" in vals:
            vals["value"] = clean(vals["value"], MAX_LENGTH)
        if "code" in vals:
            vals["code"] = self._find_code(clean(vals["code"]))
        return vals

    @api.model
    def _find_code(self, text):
        """The id of an attribute that is told by it or by its name."""
        if CODE.fullmatch(text):
            return text
        rows = self.env["mercadolibre.attribute"].sudo()
        found = rows.search([("name", "=ilike", text)], limit=1) if text else rows
        return found.code or text.upper()

    @api.constrains("code")
    def _check_code(self):
        for row in self:
            if not CODE.fullmatch(row.code or ""):
                raise ValidationError(
                    self.env._("“%(code)s” is no attribute.", code=row.code)
                )

    @api.constrains("product_tmpl_id", "product_id", "listing_id", "site")
    def _check_product(self):
        for row in self.sudo():
            product, listing = row.product_id, row.listing_id
            if (
                (product and product.product_tmpl_id != row.product_tmpl_id)
                or (listing and listing.product_id != product)
                or (listing and listing.channel_id.mercadolibre_site != row.site)
            ):
                raise ValidationError(
                    self.env._("The listing, the variant and the product do not match.")
                )

    @api.constrains("listing_id", "code", "site")
    def _check_listing(self):
        """What listings share, none of them says alone: each would undo the other's."""
        for row in self.sudo():
            twins = row.listing_id._get_mercadolibre_twins()
            if twins and not row._is_term():
                raise ValidationError(
                    self.env._(
                        "%(name)s: the account's listings of one product share their "
                        "attributes. Say it of the variant.",
                        name=row.name,
                    )
                )

    def _is_term(self):
        """Whether it is a term of sale, which each listing has of its own."""
        attributes = self.env["mercadolibre.attribute"].sudo()
        domain = [
            ("code", "=", self.code),
            ("category_id.code", "=like", self.site + "%"),
        ]
        terms = attributes.search(domain).mapped("term")
        return bool(terms) and all(terms)

    @api.constrains("value", "code", "site", "product_tmpl_id", "listing_id")
    def _check_value(self):
        """The value is one that a category of the product takes, as far as known."""
        rows = self.sudo()
        asked = self.env["mercadolibre.attributes"]._get_asked(rows)
        for row in rows:
            if not row.value:
                raise ValidationError(self.env._("Say a value."))
            problems = []
            for attribute in asked[row]:
                try:
                    parse(attribute, row.value)
                except ValueProblem as error:
                    problems.append(error)
                else:
                    problems = []
                    break
            if problems:
                texts = self.env["sale.channel.text"]
                raise ValidationError(
                    texts._format(problems[0].code, problems[0].params)
                )

from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import mute_logger

from odoo.addons.channel_base.tools.client import telling
from odoo.addons.channel_catalog.models.sale_channel_mapping import CATEGORY_KIND

from ..lib.categories import fetch_category

# What a category asks for changes now and then.
DUE = timedelta(days=7)
RETRIED = timedelta(hours=20)


class MercadolibreCategory(models.Model):
    """A category of a site of MercadoLibre; all accounts share it.

    It is written by Odoo only, from what MercadoLibre says.

    With ``sudo``: categories are the marketplace's, the same for everybody.
    """

    _name = "mercadolibre.category"
    _inherit = "sale.channel.change.mixin"
    _description = "Category of MercadoLibre"
    _order = "path, id"
    _rec_name = "path"
    _rec_names_search = ["path", "code"]

    _change_fields = {"fingerprint"}
    _change_created = False

    code = fields.Char(required=True)
    name = fields.Char(required=True)
    path = fields.Char(required=True, index="trigram")
    leaf = fields.Boolean(
        "Holds Listings", help="It has no categories below it; others hold no listings."
    )
    listing_allowed = fields.Boolean()
    max_title_length = fields.Integer("Longest Title")
    max_pictures = fields.Integer("Most Pictures")
    minimum_price = fields.Float("Lowest Price", digits="Product Price")
    domain_code = fields.Char("Domain", help="What size charts belong to.")
    fingerprint = fields.Char()
    read_at = fields.Datetime("Last Read")
    tried_at = fields.Datetime("Last Try")
    problem_code = fields.Char()
    problem = fields.Char(compute="_compute_problem")
    attribute_ids = fields.One2many("mercadolibre.attribute", "category_id")

    _code_uniq = models.Constraint("UNIQUE (code)", "This category is known already.")

    @api.depends("problem_code")
    @api.depends_context("lang")
    def _compute_problem(self):
        texts = self.env["sale.channel.text"]
        for category in self:
            code = category.problem_code
            category.problem = code and texts._format(code, {"value": category.code})

    @api.model
    def _get_used(self, channel):
        """Ids of the categories that listings of a channel are, or may come, in."""
        listings = self.env["sale.channel.listing"].sudo()
        groups = listings._read_group(
            [
                ("channel_id", "=", channel.id),
                ("mercadolibre_category_id", "!=", False),
            ],
            ["mercadolibre_category_id"],
        )
        rows = self.env["sale.channel.mapping"].sudo()
        rows = rows.search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("kind_id.code", "=", CATEGORY_KIND),
                ("is_mapped", "=", True),
            ],
            ["external_value"],
        )
        codes = {category.code for (category,) in groups}
        codes |= self.env["sale.channel.remote.listing"]._get_used_categories(channel)
        return sorted(codes | set(rows.mapped("external_value")))

    @api.model
    def _get_due(self, channel):
        """Those of the used ones that were never read, or long ago."""
        codes, now = self._get_used(channel), fields.Datetime.now()
        known = {
            category.code: category
            for category in self.sudo().search([("code", "in", codes)])
        }
        return [
            code
            for code in codes
            if code not in known or known[code]._is_due(now - DUE, now - RETRIED)
        ]

    def _is_due(self, read, tried):
        recently = self.tried_at and self.tried_at > tried
        return not recently and (not self.read_at or self.read_at < read)

    def _read(self, channel):
        """Read them now, while somebody waits.

        :raises UserError: they cannot be read
        """
        codes = self.mapped("code")
        with telling(self.env):
            client = channel._get_provider()._get_client(channel)
            found = [fetch_category(client, code) for code in codes]
        for details in found:
            self._store(details)

    @api.model
    def _ensure(self, named):
        """The rows of categories of which only the name is known.

        :param named: pairs of id and name
        :return: ``mercadolibre.category`` (sudo), in this order
        """
        named = dict(named)
        known = self.sudo().search([("code", "in", list(named))])
        missing = named.keys() - set(known.mapped("code"))
        known |= self._create_rows(
            [
                {"code": code, "name": name, "path": name}
                for code, name in named.items()
                if code in missing
            ]
        )
        by_code = {category.code: category for category in known}
        return self.sudo().browse([by_code[code].id for code in named])

    @api.model
    def _create_rows(self, vals_list):
        """:raises ConcurrencyError: another transaction has just made one of them"""
        if not vals_list:
            return self.sudo()
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return self.sudo().create(vals_list)
        except UniqueViolation as error:
            raise ConcurrencyError("categories of MercadoLibre") from error

    @api.model
    def _store(self, details):
        """Keep what was read of a category.

        :param details: :class:`..lib.categories.Details`
        :return: the category (sudo)
        """
        told, now = details.category, fields.Datetime.now()
        category = self._ensure([(told.id, told.path)])
        times = {"read_at": now, "tried_at": now, "problem_code": False}
        if category.fingerprint == details.fingerprint:
            category.write(times)
            return category
        category.write(
            {
                **times,
                "name": told.name or told.id,
                "path": told.path or told.id,
                "leaf": told.leaf,
                "listing_allowed": told.listing_allowed,
                "max_title_length": told.max_title_length,
                "max_pictures": told.max_pictures,
                "minimum_price": told.minimum_price,
                "domain_code": told.domain,
                "fingerprint": details.fingerprint,
            }
        )
        attributes = self.env["mercadolibre.attribute"]
        attributes._store(category, details.attributes, term=False)
        attributes._store(category, details.terms, term=True)
        return category

    @api.model
    def _note_problem(self, code, problem):
        """Keep that a category cannot be read; what is known of it stays.

        :param problem: code of ``sale.channel.text``
        """
        category = self._ensure([(code, code)])
        category.write({"tried_at": fields.Datetime.now(), "problem_code": problem})

    def action_read(self):
        """Read again what MercadoLibre says of them.

        :raises UserError: no account of their site is connected
        """
        self.env["sale.channel"].check_access("write")
        for site, categories in self.grouped(lambda one: one.code[:3]).items():
            channel = self.env["sale.channel"]._get_mercadolibre_channel(site)
            categories._read(channel)

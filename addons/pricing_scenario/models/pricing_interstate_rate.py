from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.rates import Rate


class PricingInterstateRate(models.Model):
    """A line of the table of tax rates between states; the first match counts.

    The lines for Brazil are Resolução do Senado Federal 22/1989 (12 %, and 7 % from
    South and Southeast, without Espírito Santo, to North, Northeast, Central-West and
    Espírito Santo), Resolução do Senado Federal 13/2012 (4 % for imported goods) and
    each state's own law for sales inside of it, with the general addition for its
    poverty fund.

    With ``sudo``: rates and origins hold for whoever sells.
    """

    _name = "pricing.interstate.rate"
    _description = "Interstate Rate"
    _inherit = ["pricing.source.mixin"]
    _order = "sequence, id"

    _pricing_source_fields = frozenset(
        {
            "active",
            "company_id",
            "destination_state_ids",
            "imported",
            "origin_state_ids",
            "rate",
            "sequence",
            "use",
        }
    )

    name = fields.Char(required=True)
    sequence = fields.Integer(default=5)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    origin_state_ids = fields.Many2many(
        "res.country.state",
        "pricing_interstate_rate_origin_rel",
        string="Origin States",
        required=True,
    )
    destination_state_ids = fields.Many2many(
        "res.country.state",
        "pricing_interstate_rate_destination_rel",
        string="Destination States",
        help="Empty: any destination.",
    )
    use = fields.Selection(
        [
            ("any", "Any Customer"),
            ("contributor", "Contributor"),
            ("not_contributor", "Not Contributor"),
        ],
        string="Customers",
        required=True,
        default="any",
    )
    imported = fields.Selection(
        [("any", "All Goods"), ("yes", "Imported"), ("no", "Not Imported")],
        string="Goods",
        required=True,
        default="any",
    )
    rate = fields.Float("Rate (%)", digits=(16, 4), required=True)

    _rate_range = models.Constraint(
        "CHECK (rate >= 0 AND rate < 100)", "A rate is from 0 to less than 100 %."
    )

    @api.model
    def _get_table(self, company):
        """The lines of a company and the shared ones, for ``lib.rates``."""
        domain = Domain("company_id", "in", [company.id, False])
        return [line._get_rate() for line in self.sudo().search(domain)]

    def _get_rate(self):
        """The line as ``lib.rates`` knows it."""
        self.ensure_one()
        return Rate(
            id=self.id,
            origins=frozenset(self.origin_state_ids.ids),
            destinations=frozenset(self.destination_state_ids.ids),
            use=self.use,
            imported=self.imported,
            percent=Decimal(str(self.rate)),
        )

    def _get_pricing_source(self):
        if not self.active:
            return None
        return (self.company_id.id, self.sequence, self._get_rate())

    def _get_source_scenarios(self):
        origins = self.env["pricing.origin"].sudo()
        origins = origins.search([("state_id", "in", self.origin_state_ids.ids)])
        domain = Domain.OR(line._get_scenario_domain(origins) for line in self)
        return self.env["pricing.scenario"]._search_active(domain)

    def _get_scenario_domain(self, origins):
        """Scenarios with a way that the line is about."""
        self.ensure_one()
        origins = origins.filtered(
            lambda o: (
                o.state_id in self.origin_state_ids
                and (not self.company_id or o.company_id == self.company_id)
            )
        )
        domain = self.env["pricing.scenario"]._get_seller_domain(origins.company_id)
        if states := self.destination_state_ids:
            everywhere = Domain("state_ids", "=", False)
            everywhere &= Domain("country_id", "in", states.country_id.ids)
            domain &= Domain("national", "=", False)
            domain &= Domain("state_ids", "in", states.ids) | everywhere
        return domain

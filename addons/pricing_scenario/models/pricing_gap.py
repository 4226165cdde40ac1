from odoo import fields, models
from odoo.tools import SQL


class PricingGap(models.Model):
    """Channel group and origin without a contract that gives a price."""

    _name = "pricing.gap"
    _description = "Missing Contract"
    _auto = False
    _order = "scenario_id, group_id, origin_id"
    _rec_name = "group_id"
    _depends = {
        "pricing.channel.group": ["active", "scenario_id", "state_id"],
        "pricing.contract": ["active", "group_id", "origin_id", "pricelist_id"],
        "pricing.origin": ["active", "company_id"],
        "pricing.scenario": ["active", "company_id"],
        "product.pricelist": ["active"],
        "res.company": ["parent_path"],
    }

    scenario_id = fields.Many2one("pricing.scenario", readonly=True)
    group_id = fields.Many2one("pricing.channel.group", "Channel Group", readonly=True)
    state_id = fields.Many2one("res.country.state", readonly=True)
    origin_id = fields.Many2one("pricing.origin", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    contract_id = fields.Many2one("pricing.contract", readonly=True)
    reason = fields.Selection(
        [
            ("missing", "No contract"),
            ("archived", "The contract is archived"),
            ("pricelist", "The contract's pricelist is archived"),
        ],
        readonly=True,
    )

    @property
    def _table_query(self):
        # Origins are few: their ids stay below a million, so the sum is unique.
        return SQL(
            """
            SELECT g.id::bigint * 1000000 + o.id AS id,
                   g.scenario_id, g.id AS group_id, g.state_id,
                   o.id AS origin_id, o.company_id, c.id AS contract_id,
                   CASE WHEN c.id IS NULL THEN 'missing'
                        WHEN NOT c.active THEN 'archived'
                        ELSE 'pricelist' END AS reason
              FROM pricing_channel_group g
              JOIN pricing_scenario s ON s.id = g.scenario_id AND s.active
              LEFT JOIN res_company sc ON sc.id = s.company_id
              JOIN pricing_origin o ON o.active
              JOIN res_company oc ON oc.id = o.company_id
               AND (sc.id IS NULL OR oc.parent_path LIKE sc.parent_path || '%%')
              LEFT JOIN pricing_contract c ON c.group_id = g.id AND c.origin_id = o.id
              LEFT JOIN product_pricelist p ON p.id = c.pricelist_id
             WHERE g.active
               AND (c.id IS NULL OR NOT c.active OR NOT p.active)
            """
        )

    def action_generate(self):
        """Preview what generating the scenarios of these gaps would make."""
        return self.scenario_id.action_generate()

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Marks taken in one transaction
MARK_LIMIT = 5000
SCOPES = [
    ("structure", "Groups, Lists and Contracts"),
    ("buyer", "Buyer"),
    ("customer_group", "Customer Group"),
    ("size", "Company Size"),
    ("use_type", "Use Type"),
    ("scenario", "Scenario"),
]


class SaleChannelPricingMark(models.Model):
    """Something changed that prices on a channel may depend on.

    Whoever saves only inserts; whom it concerns is found by the flow, which takes the
    marks out of the table.
    """

    _name = "sale.channel.pricing.mark"
    _description = "Change That Concerns Prices on a Channel"
    _order = "id"

    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, ondelete="cascade"
    )
    scope = fields.Selection(SCOPES, required=True)
    value = fields.Char(help="The record's id, or the use type.")

    @api.model
    def _get_flows(self):
        """The flows that send prices."""
        return (
            self.env["sale.channel.flow"]
            .sudo()
            .search([("kind", "=", "pricing_out"), ("enabled", "=", True)])
        )

    @api.model
    def _add(self, marks):
        """Note changes for all channels that prices are sent to.

        :param marks: pairs of scope and value
        """
        flows = self._get_flows() if marks else self.env["sale.channel.flow"]
        if not flows:
            return
        self.sudo().create(
            [
                {"channel_id": channel.id, "scope": scope, "value": value}
                for channel in flows.channel_id
                for scope, value in sorted(marks)
            ]
        )
        flows._wake()

    @api.model
    def _add_buyers(self, domain):
        """Note a change of buyers, all in one statement.

        :param domain: on ``sale.channel.partner``
        """
        flows = self._get_flows()
        if not flows:
            return
        marked = self._insert_buyers(
            Domain("channel_id", "in", flows.channel_id.ids) & domain
        )
        flows.filtered(lambda flow: flow.channel_id.id in marked)._wake()

    @api.model
    def _insert_buyers(self, domain):
        """Mark the buyers of a domain in one statement.

        :return: set of the ids of their channels
        """
        buyers = self.env["sale.channel.partner"].sudo()
        query = buyers.with_context(active_test=False)._search(domain)
        table = SQL.identifier(buyers._table)
        rows = self.env.execute_query(
            SQL(
                "WITH marked AS ("
                "INSERT INTO sale_channel_pricing_mark (channel_id, scope, value) %s"
                " RETURNING channel_id) SELECT DISTINCT channel_id FROM marked",
                query.select(
                    SQL("%s.channel_id", table),
                    SQL("'buyer'"),
                    SQL("%s.id::varchar", table),
                ),
            )
        )
        self.invalidate_model(flush=False)
        return {row[0] for row in rows}

    @api.model
    def _take(self, channel):
        """Take the oldest marks of a channel out of the table.

        :return: dict scope → set of values
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM sale_channel_pricing_mark
                 WHERE id = ANY(ARRAY(
                           SELECT id FROM sale_channel_pricing_mark
                            WHERE channel_id = %(channel)s
                            ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
             RETURNING scope, value
                """,
                channel=channel.id,
                limit=MARK_LIMIT,
            )
        )
        self.invalidate_model(flush=False)
        taken = {}
        for scope, value in self.env.cr.fetchall():
            taken.setdefault(scope, set()).add(value)
        return taken

    @api.model
    def _spread(self, channel, taken):
        """Mark each buyer whom taken marks of settings concern.

        A group can have all the buyers; marked one by one they are planned in slices.

        :param taken: see :meth:`_take`
        """
        ids = {
            scope: [int(value) for value in taken.get(scope, ())]
            for scope in ("customer_group", "size", "scenario")
        }
        scenarios = ids["scenario"]
        configs = self.env["pricing.advanced.config"].sudo()
        configs = configs.search([("pricing_scenario_id", "in", scenarios)])
        use_types = taken.get("use_type", set()) | set(configs.mapped("use_type"))
        customers = Domain.OR(
            [
                Domain("pricing_group_id", "in", ids["customer_group"]),
                Domain("pricing_size_id", "in", ids["size"]),
                Domain("pricing_use_type", "in", list(use_types)),
                Domain("pricing_scenario_id", "in", scenarios),
                Domain("pricing_group_id.pricing_scenario_id", "in", scenarios),
                Domain("pricing_size_id.pricing_scenario_id", "in", scenarios),
            ]
        )
        if taken.keys() - {"buyer", "structure"}:
            self._insert_buyers(
                Domain("channel_id", "=", channel.id)
                & Domain("partner_id.commercial_partner_id", "any!", customers)
            )

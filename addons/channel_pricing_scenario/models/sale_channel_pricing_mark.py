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
    def _add_buyers(self, partners):
        """Note a change of customers: their buyers are marked in one statement.

        :param partners: contacts count as buyers' customers or their commercial ones
        """
        flows = self._get_flows() if partners else self.env["sale.channel.flow"]
        if not flows:
            return
        buyers = self.env["sale.channel.partner"].sudo()
        buyers = buyers.with_context(active_test=False)
        query = buyers._search(
            Domain("channel_id", "in", flows.channel_id.ids)
            & Domain(
                "partner_id",
                "any!",
                Domain("id", "in", partners.ids)
                | Domain("commercial_partner_id", "in", partners.ids),
            )
        )
        table = SQL.identifier(buyers._table)
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO sale_channel_pricing_mark (channel_id, scope, value) %s"
                " RETURNING channel_id",
                query.select(
                    SQL("%s.channel_id", table),
                    SQL("'buyer'"),
                    SQL("%s.id::varchar", table),
                ),
            )
        )
        marked = {row[0] for row in rows}
        self.invalidate_model(flush=False)
        flows.filtered(lambda flow: flow.channel_id.id in marked)._wake()

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
    def _find_buyers(self, channel, taken):
        """The buyers whom taken marks concern.

        :param taken: see :meth:`_take`
        """
        ids = {
            scope: [int(v) for v in values if v and v.isdigit()]
            for scope, values in taken.items()
        }
        scenarios = ids.get("scenario", [])
        configs = self.env["pricing.advanced.config"].sudo()
        use_types = set(taken.get("use_type", ())) | set(
            configs.search([("pricing_scenario_id", "in", scenarios)]).mapped(
                "use_type"
            )
        )
        customers = Domain.OR(
            [
                Domain("pricing_group_id", "in", ids.get("customer_group", [])),
                Domain("pricing_size_id", "in", ids.get("size", [])),
                Domain("pricing_use_type", "in", list(use_types)),
                Domain("pricing_scenario_id", "in", scenarios),
                Domain("pricing_group_id.pricing_scenario_id", "in", scenarios),
                Domain("pricing_size_id.pricing_scenario_id", "in", scenarios),
            ]
        )
        buyers = self.env["sale.channel.partner"].sudo()
        buyers = buyers.with_context(active_test=False)
        return buyers.search(
            Domain("channel_id", "=", channel.id)
            & (
                Domain("id", "in", ids.get("buyer", []))
                | Domain("partner_id.commercial_partner_id", "any!", customers)
            )
        )

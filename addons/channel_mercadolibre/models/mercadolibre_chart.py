from odoo import api, fields, models

from odoo.addons.channel_base.lib.text import normalise

from ..lib.form import GRID


class MercadolibreChart(models.Model):
    """A size chart of an account: which sizes of clothes or shoes its listings name.

    With ``sudo``: size charts are the marketplace's; the server keeps them.
    """

    _name = "mercadolibre.chart"
    _description = "Size Chart of MercadoLibre"
    _order = "channel_id, name, id"

    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    code = fields.Char(required=True)
    name = fields.Char(required=True)
    domain_code = fields.Char("Domain")
    sizes = fields.Json("Rows", help="Pairs of the id of a row and its size.")
    size_names = fields.Char("Sizes", compute="_compute_size_names")

    _code_uniq = models.Constraint(
        "UNIQUE (channel_id, code)", "The account has this size chart already."
    )

    @api.depends("sizes")
    def _compute_size_names(self):
        for chart in self:
            chart.size_names = ", ".join(size for _id, size in chart.sizes or ())

    @api.model
    def _get_domains(self, channel):
        """Domains of the categories in use whose listings name a size chart."""
        rows = self.env["mercadolibre.attribute"].sudo()
        codes = self.env["mercadolibre.category"]._get_used(channel)
        rows = rows.search([("code", "=", GRID), ("category_id.code", "in", codes)])
        return sorted(set(rows.category_id.mapped("domain_code")) - {False, ""})

    @api.model
    def _get_names(self, channel):
        """dict id of a chart of the account → its name."""
        charts = self.sudo().search([("channel_id", "=", channel.id)])
        return {chart.code: chart.name for chart in charts}

    @api.model
    def _get_sizes(self, channel):
        """dict id of a chart of the account → dict size → id of its row."""
        charts = self.sudo().search([("channel_id", "=", channel.id)])
        return {
            chart.code: {normalise(size): id_ for id_, size in chart.sizes or ()}
            for chart in charts
        }

    @api.model
    def _store(self, channel, domain, told):
        """Make the charts of a domain what MercadoLibre says.

        :param told: of :class:`..lib.category.Chart`
        """
        codes = {chart.id: chart for chart in told}
        known = self.sudo().search(
            [
                ("channel_id", "=", channel.id),
                "|",
                ("domain_code", "=", domain),
                ("code", "in", list(codes)),
            ]
        )
        known.filtered(lambda row: row.code not in codes).unlink()
        rows, new, changed = {row.code: row for row in known.exists()}, [], False
        for code, chart in codes.items():
            values = {
                "name": chart.name,
                "domain_code": domain,
                "sizes": [list(row) for row in chart.rows],
            }
            row = rows.get(code)
            if row is None:
                new.append({**values, "channel_id": channel.id, "code": code})
            elif any(row[name] != value for name, value in values.items()):
                row.write(values)
                changed = True
        if self.sudo().create(new) or changed:
            # A listing's size names a row of a chart.
            channel._request_catalog(("listings_out",))

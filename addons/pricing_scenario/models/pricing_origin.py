from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PricingOrigin(models.Model):
    """Where goods leave from and which company invoices them.

    A branch with a tax number of its own is a company of its own in Odoo; its warehouse
    says which one.
    """

    _name = "pricing.origin"
    _description = "Origin"
    _inherit = ["pricing.source.mixin", "field.guard.mixin"]
    _order = "sequence, name, id"

    _pricing_source_fields = frozenset({"active", "warehouse_id", "state_id"})

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="warehouse_id.company_id",
        store=True,
        string="Issuing Company",
        guard="server",
    )
    state_id = fields.Many2one(
        "res.country.state",
        compute="_compute_state_id",
        store=True,
        readonly=False,
        precompute=True,
        help="State that the goods leave from; the warehouse's, unless it is another.",
    )
    is_default = fields.Boolean(
        "Default", help="Origin of orders of customers who have not ordered before."
    )

    _warehouse_unique = models.Constraint(
        "UNIQUE (warehouse_id)", "The warehouse is an origin already."
    )
    _default_unique = models.UniqueIndex(
        "(company_id) WHERE is_default AND active",
        "A company has one default origin.",
    )

    @api.depends("warehouse_id")
    def _compute_state_id(self):
        for origin in self:
            warehouse = origin.warehouse_id
            address = warehouse.partner_id or warehouse.company_id.partner_id
            origin.state_id = address.state_id

    @api.constrains("warehouse_id", "active")
    def _check_warehouse(self):
        for origin in self:
            if origin.active and not origin.warehouse_id.active:
                raise ValidationError(
                    self.env._(
                        "Warehouse %(warehouse)s is archived.",
                        warehouse=origin.warehouse_id.name,
                    )
                )

    def _get_pricing_source(self):
        return (self.company_id.id, self.state_id.id) if self.active else None

    def _get_source_scenarios(self):
        scenarios = self.env["pricing.scenario"]
        return scenarios._search_active(scenarios._get_seller_domain(self.company_id))

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain


class PricingCustomerGroup(models.Model):
    """Customers who buy in the same scenario; a customer is in one group at most.

    With ``sudo``: customers of all salespeople count.
    """

    _name = "pricing.customer.group"
    _description = "Customer Group"
    _inherit = ["pricing.cascade.mixin"]
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    pricing_scenario_id = fields.Many2one(
        "pricing.scenario", "Scenario", ondelete="restrict", index="btree_not_null"
    )
    partner_ids = fields.One2many(
        "res.partner",
        "pricing_group_id",
        "Customers",
        domain=lambda self: self.env["res.partner"]._get_pricing_customer_domain(),
    )
    partner_count = fields.Integer("Number of Customers", compute="_compute_count")

    _name_unique = models.UniqueIndex(
        "(name, COALESCE(company_id, 0))", "There is a group of this name."
    )

    @api.depends("partner_ids")
    def _compute_count(self):
        groups = self.env["res.partner"]._read_group(
            self.env["res.partner"]._get_pricing_customer_domain()
            & Domain("pricing_group_id", "in", self.ids),
            ["pricing_group_id"],
            ["__count"],
        )
        counts = {group.id: count for group, count in groups}
        for group in self:
            group.partner_count = counts.get(group._origin.id, 0)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_free(vals.get("partner_ids"))
        return super().create(vals_list)

    def write(self, vals):
        self._check_free(vals.get("partner_ids"))
        return super().write(vals)

    def _check_free(self, commands):
        """Only customers without a group are added from a group.

        :raises UserError: one of them is in another group
        """
        added = []
        for command in commands or ():
            if command[0] == Command.LINK:
                added.append(command[1])
            elif command[0] == Command.SET:
                added += command[2]
        partners = self.env["res.partner"].browse(added)
        taken = partners.filtered(
            lambda p: p.pricing_group_id and p.pricing_group_id not in self
        )
        if taken:
            raise UserError(
                self.env._(
                    "%(customer)s is in group %(group)s. A customer is in one group "
                    "only: take it out of that one first.",
                    customer=taken[0].display_name,
                    group=taken[0].pricing_group_id.name,
                )
            )

    @api.model
    def _get_holders(self):
        return {"res.partner": "pricing_group_id"}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_customers(self):
        for group in self.with_context(active_test=False):
            if count := group.sudo().partner_count:
                raise UserError(
                    self.env._(
                        "Group %(group)s has %(count)s customers. Move them to another "
                        "group, or archive it.",
                        group=group.name,
                        count=count,
                    )
                )
        self._check_not_held()

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class PricingCascadeMixin(models.AbstractModel):
    """Settings that decide which scenario customers have.

    The effective scenario is computed and cached with the customer. It does not depend
    on these models field by field, because such a dependency would look for all the
    customers of a setting on each change.

    With ``sudo``: what the user does not see may hold the record, too.
    """

    _name = "pricing.cascade.mixin"
    _description = "Setting of the Cascade"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self._forget_effective_scenarios()
        return records

    def write(self, vals):
        result = super().write(vals)
        self._forget_effective_scenarios()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_effective_scenarios()
        return result

    @api.model
    def _get_holders(self):
        """Fields that refuse to let go of a record: names by model."""
        return {}

    def _check_not_held(self):
        """Nothing is deleted that a record names, be it archived or out of sight.

        :raises UserError: says how many records do
        """
        for model, name in self._get_holders().items():
            holders = self.env[model].sudo().with_context(active_test=False)
            groups = holders._read_group([(name, "in", self.ids)], [name], ["__count"])
            for held, count in groups:
                raise UserError(
                    self.env._(
                        "%(name)s is still named by %(count)s records (%(model)s), "
                        "which may be contacts, archived, or of another company. "
                        "Change them first, or archive %(name)s instead.",
                        name=held.with_env(self.env).display_name,
                        count=count,
                        model=self.env["ir.model"]._get(model).name,
                    )
                )

    @api.model
    def _find_namesake(self, record, company):
        """The record of the same name that is meant for customers of a company.

        The nearest of the company and those above it, then a shared one; shared first
        where the customer has no company.

        :param company: the customer's company, may be empty
        :return: an accessible record, or the given one if none is meant
        """
        owners = (company or self.env.company).sudo().parent_ids[::-1].ids
        order = [*owners, False] if company else [False, *owners]
        found = self.search(
            Domain("name", "=", record.name) & Domain("company_id", "in", order)
        )
        return found.sorted(lambda r: order.index(r.company_id.id))[:1] or record

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """An import that finds namesakes takes any; the customer decides which."""
        found = super().name_search(name, domain, operator, limit)
        by_company = "company_id" in self._fields
        if by_company and self.env.context.get("pricing_namesakes"):
            return found[:1]
        return found

    @api.model
    def _forget_effective_scenarios(self):
        self.env["res.partner"].invalidate_model(["pricing_effective_scenario_id"])

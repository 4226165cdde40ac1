from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.pricing_generator import KINDS

ACTIONS = ("create", "change", "archive", "revive")


class PricingGeneration(models.TransientModel):
    """Shows what generating would change, and does it.

    With ``sudo``: names of scenarios and origins are no secret for who generates.
    """

    _name = "pricing.generation"
    _description = "Generate Pricelists"

    scenario_ids = fields.Many2many("pricing.scenario", readonly=True)
    line_ids = fields.One2many("pricing.generation.line", "wizard_id", "Changes")
    sample_ids = fields.One2many("pricing.generation.sample", "wizard_id", "Examples")
    nothing = fields.Boolean(compute="_compute_nothing")

    @api.depends("line_ids")
    def _compute_nothing(self):
        for wizard in self:
            wizard.nothing = not wizard.line_ids

    @api.model
    def _open(self, scenarios):
        """Plan and show it; if there is nothing to do, the scenarios are up to date.

        :raises AccessError: the user may not change the scenarios
        """
        scenarios.check_access("write")
        generation = self.env["pricing.generator"]._plan(scenarios)
        lines = [
            Command.create(
                {
                    "kind": kind,
                    "action": action,
                    "count": len(getattr(generation.plans[kind], action)),
                    "names": self._get_names(kind, action, generation),
                }
            )
            for kind in KINDS
            for action in ACTIONS
            if getattr(generation.plans[kind], action)
        ]
        if not lines:
            scenarios._mark_generated()
        wizard = self.create(
            {
                "scenario_ids": [Command.set(scenarios.ids)],
                "line_ids": lines,
                "sample_ids": self._get_samples(generation),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Generate Pricelists"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _get_names(self, kind, action, generation):
        """The places concerned: ``state`` or ``state ← origin``, each once."""
        names = {}
        for key in getattr(generation.plans[kind], action):
            if kind == "rule":
                key = key.list
            group, origin = (key, None) if kind == "group" else key
            names[self._get_place(group, origin)] = None
        return ", ".join(names)

    @api.model
    def _get_place(self, group, origin):
        scenario = self.env["pricing.scenario"].sudo().browse(group.scenario)
        state = self.env["res.country.state"].browse(group.state or ())
        place = state.code or scenario.country_id.code or scenario.name
        if origin is None or origin < 0:
            return place
        name = self.env["pricing.origin"].sudo().browse(origin).name
        return f"{place} ← {name}"

    @api.model
    def _get_samples(self, generation):
        """Prices of a few products on a few of the lists that change."""
        preview = self.env["pricing.preview"]
        return [
            Command.create(
                {
                    "product_id": sample.product.id,
                    "place": self._get_place(*sample.list),
                    "before": sample.before or self.env._("none"),
                    "after": sample.after or self.env._("none"),
                    "changed": sample.before != sample.after,
                }
            )
            for sample in preview._get_samples(generation)
        ]

    def action_apply(self):
        """Generate.

        :raises UserError: no scenario is left
        :raises AccessError: the user may not change the scenarios
        """
        self.ensure_one()
        if not self.scenario_ids:
            raise UserError(self.env._("No scenario is chosen."))
        self.scenario_ids.check_access("write")
        self.scenario_ids._generate()
        return {"type": "ir.actions.act_window_close"}

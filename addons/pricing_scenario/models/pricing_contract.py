from collections import namedtuple

from odoo import api, fields, models

from ..lib.groups import Choice, choose_group

# A ``lib.groups.Situation`` and the id of the origin, or None
Request = namedtuple("Request", "situation origin")
# ids of channel group and contract, and the problem when one of them is missing
Decision = namedtuple("Decision", "group contract problem")


class PricingContract(models.Model):
    """The pricelist of a channel group for goods from an origin.

    With ``sudo``: what was generated is found, whoever generates.
    """

    _name = "pricing.contract"
    _inherit = "field.guard.mixin"
    _description = "Contract"
    _order = "group_id, origin_id"

    active = fields.Boolean(default=True)
    group_id = fields.Many2one(
        "pricing.channel.group",
        "Channel Group",
        required=True,
        index=True,
        ondelete="cascade",
    )
    scenario_id = fields.Many2one(related="group_id.scenario_id", store=True)
    state_id = fields.Many2one(related="group_id.state_id", store=True)
    origin_id = fields.Many2one(
        "pricing.origin", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="origin_id.company_id", store=True, guard="server"
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        required=True,
        ondelete="restrict",
        index=True,
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        check_company=True,
    )
    manual = fields.Boolean(
        "By Hand",
        readonly=True,
        copy=False,
        help="A person made or changed the contract: generating leaves it alone.",
    )

    _group_origin_unique = models.Constraint(
        "UNIQUE (group_id, origin_id)",
        "The channel group has a contract for this origin.",
    )

    @api.depends("group_id.name", "origin_id.name")
    def _compute_display_name(self):
        for contract in self:
            contract.display_name = (
                f"{contract.group_id.name} ← {contract.origin_id.name}"
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.context.get("pricing_generating"):
            vals_list = [{"manual": True, **vals} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        by_hand = not self.env.context.get("pricing_generating")
        if by_hand and vals.keys() & {"pricelist_id", "active"}:
            vals = {"manual": True, **vals}
        return super().write(vals)

    def action_release(self):
        """Let generating decide about the contracts again."""
        self.manual = False
        self.scenario_id._generate()

    @api.model
    def _decide(self, requests):
        """The contract of each request, or why there is none.

        Takes a constant number of queries. Reads regardless of the user's rights: which
        price a customer pays does not depend on who asks.

        :param requests: ``Request`` by any key
        :return: ``Decision`` by the same keys
        """
        scenarios = {r.situation.scenario for r in requests.values()} - {None}
        origins = {r.origin for r in requests.values()} - {None}
        countries, groups = self.env["pricing.channel.group"]._get_map(scenarios)
        choices = {
            key: choose_group(
                request.situation, countries.get(request.situation.scenario), groups
            )
            for key, request in requests.items()
        }
        chosen = {choice.group for choice in choices.values()} - {None}
        contracts = self._get_map(chosen, origins)
        return {
            key: self._make_decision(choices[key], request.origin, contracts)
            for key, request in requests.items()
        }

    @api.model
    def _make_decision(self, choice: Choice, origin, contracts):
        if choice.problem:
            return Decision(None, None, choice.problem)
        if origin is None:
            return Decision(choice.group, None, "no_origin")
        contract = contracts.get((choice.group, origin))
        return Decision(choice.group, contract, None if contract else "no_contract")

    @api.model
    def _get_map(self, groups, origins):
        """Ids of contracts that have a living pricelist, by group and origin."""
        if not groups or not origins:
            return {}
        rows = self.sudo().search_read(
            [
                ("group_id", "in", list(groups)),
                ("origin_id", "in", list(origins)),
                ("pricelist_id.active", "=", True),
            ],
            ["group_id", "origin_id"],
            load=None,
        )
        return {(row["group_id"], row["origin_id"]): row["id"] for row in rows}

    @api.model
    def _get_problem_text(self, problem):
        """The reason of a ``Decision`` in the reader's language."""
        return {
            "no_scenario": self.env._("No setting gives the customer a scenario."),
            "no_state": self.env._("The delivery address has no state."),
            "foreign": self.env._(
                "The delivery address is in another country than the scenario."
            ),
            "no_group": self.env._("The scenario does not list the customer's state."),
            "no_origin": self.env._("No origin is chosen."),
            "no_contract": self.env._(
                "The channel group has no contract for the origin."
            ),
        }.get(problem, False)

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib.groups import Situation
from .pricing_contract import Request

# What people say about a customer, and not about its contacts
COMMERCIAL = (
    "pricing_scenario_id",
    "pricing_group_id",
    "pricing_size_id",
    "pricing_use_type",
    "pricing_contributor",
)
# Those of them that are found by name and belong to companies
NAMED = ("pricing_scenario_id", "pricing_group_id")


class ResPartner(models.Model):
    """With ``sudo``: a customer's scenario holds for its contacts, whichever of them
    the user sees."""

    _name = "res.partner"
    _inherit = ["res.partner", "pricing.visible.mixin"]

    pricing_scenario_id = fields.Many2one(
        "pricing.scenario",
        "Own Scenario",
        index="btree_not_null",
        ondelete="restrict",
        help="Counts before the scenarios of customer group and company size.",
        groups="base.group_user",
    )
    pricing_group_id = fields.Many2one(
        "pricing.customer.group",
        "Customer Group",
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )
    pricing_size_id = fields.Many2one(
        "pricing.company.size",
        "Company Size",
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )
    pricing_use_type = fields.Selection(
        [
            ("industry", "Industry"),
            ("resale", "Resale"),
            ("consumer", "Consumer"),
        ],
        "Use Type",
        groups="base.group_user",
        help="What the customer does with the goods.",
    )
    pricing_contributor = fields.Boolean(
        "Contributor",
        groups="base.group_user",
        help="The customer pays the tax on goods (ICMS) itself.",
    )
    pricing_effective_scenario_id = fields.Many2one(
        "pricing.scenario",
        "Scenario",
        compute="_compute_pricing_effective_scenario_id",
        search="_search_pricing_effective_scenario_id",
        compute_sudo=True,
        groups="base.group_user",
        help="The scenario that the customer's settings lead to in this company.",
    )

    pricing_scenario_source = fields.Char(
        "Scenario From",
        compute="_compute_pricing_scenario_source",
        compute_sudo=True,
        groups="base.group_user",
    )
    pricing_channel_group_ids = fields.Many2many(
        "pricing.channel.group",
        string="Channel Groups",
        compute="_compute_pricing_contract_ids",
        compute_sudo=True,
        groups="base.group_user",
        help="Of the customer's own state and those of its delivery addresses.",
    )
    pricing_contract_ids = fields.Many2many(
        "pricing.contract",
        string="Contracts",
        compute="_compute_pricing_contract_ids",
        compute_sudo=True,
        groups="base.group_user",
    )
    pricing_problem_text = fields.Text(
        "Without Contract",
        compute="_compute_pricing_contract_ids",
        compute_sudo=True,
        groups="base.group_user",
    )

    @api.model
    def _get_pricing_customer_domain(self):
        """Commercial customers; contacts repeat the settings of theirs."""
        return Domain("parent_id", "=", False) | Domain("is_company", "=", True)

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), *COMMERCIAL]

    def _commercial_sync_from_company(self):
        """A contact has its customer's settings, also where these are empty."""
        customer = self.commercial_partner_id
        if customer != self:
            wanted = customer._convert_fields_to_values(COMMERCIAL)
            if wanted != self._convert_fields_to_values(COMMERCIAL):
                self.write(wanted)
        return super()._commercial_sync_from_company()

    def _sync_pricing_to_contacts(self):
        """Give customers' settings to all of their contacts, archived ones too."""
        contacts = self.sudo().with_context(active_test=False)
        contacts = contacts.search(
            [("commercial_partner_id", "in", self.ids), ("id", "not in", self.ids)]
        )
        for customer, theirs in contacts.grouped("commercial_partner_id").items():
            wanted = customer._convert_fields_to_values(COMMERCIAL)
            wrong = theirs.filtered(
                lambda c, w=wanted: c._convert_fields_to_values(COMMERCIAL) != w
            )
            wrong.write(wanted)

    @api.model
    def _repair_pricing_of_contacts(self):
        """Find the customers whose contacts have other settings, and sync them."""
        self.flush_model(["commercial_partner_id", *COMMERCIAL])
        differs = SQL(" OR ").join(
            SQL("c.%(name)s IS DISTINCT FROM p.%(name)s", name=SQL.identifier(name))
            for name in COMMERCIAL
        )
        query = SQL(
            """
            SELECT DISTINCT p.id
              FROM res_partner c
              JOIN res_partner p ON p.id = c.commercial_partner_id
             WHERE c.id != p.id AND (%s)
            """,
            differs,
        )
        rows = self.env.execute_query(query)
        self.browse(row[0] for row in rows)._sync_pricing_to_contacts()

    def _create_contact_parent_company(self):
        company = super()._create_contact_parent_company()
        company.write(self._convert_fields_to_values(COMMERCIAL))
        return company

    @api.constrains(*COMMERCIAL)
    def _check_pricing_of_contacts(self):
        """Nothing is set on a contact that its customer's settings then replace."""
        if self.env.context.get("pricing_merging"):
            return
        for contact in self.filtered(lambda p: p.commercial_partner_id != p):
            customer = contact.sudo().commercial_partner_id
            for name in COMMERCIAL:
                if contact[name] and contact[name] != customer[name]:
                    raise ValidationError(
                        self.env._(
                            "%(contact)s is a contact of %(customer)s: set the field "
                            "“%(field)s” of %(customer)s instead.",
                            contact=contact.name,
                            customer=customer.name,
                            field=self._fields[name]._description_string(self.env),
                        )
                    )

    @api.constrains("pricing_group_id", "company_id")
    def _check_pricing_group_company(self):
        if self.env.context.get("pricing_merging"):
            return
        for partner in self:
            if not partner._accepts_pricing_group():
                group = partner.sudo().pricing_group_id
                raise ValidationError(
                    self.env._(
                        "Group %(group)s belongs to %(company)s alone, and customer "
                        "%(customer)s to another company.",
                        group=group.name,
                        company=group.company_id.name,
                        customer=partner.name,
                    )
                )

    def _accepts_pricing_group(self):
        """Whether the customer's company may use its group."""
        self.ensure_one()
        owner = self.sudo().pricing_group_id.company_id
        company = self.company_id.sudo()
        return not owner or not company or owner in company.parent_ids

    @api.model
    def load(self, fields, data):
        # Two companies may call a group alike: the customer says which one is meant.
        names = [name for name in NAMED if name in fields]
        return super(
            ResPartner, self.with_context(pricing_namesakes=names) if names else self
        ).load(fields, data)

    def _load_records_create(self, vals_list):
        known = {}
        for vals in vals_list:
            self._replace_namesakes(vals, known)
        return super()._load_records_create(vals_list)

    def _load_records_write(self, vals):
        self._replace_namesakes(vals, {})
        return super()._load_records_write(vals)

    def _replace_namesakes(self, vals, known):
        """Put the group and scenario that a row means by a name into its values.

        :param vals: what is imported for this partner, or for a new one
        :param known: what was found before, to be filled
        """
        names = self.env.context.get("pricing_namesakes", ())
        for name in filter(vals.get, names):
            parent = self.browse(vals.get("parent_id", self.parent_id.id))
            company = parent.company_id or self.company_id
            if "company_id" in vals:
                company = company.browse(vals["company_id"])
            key = (name, vals[name], company.id)
            if key not in known:
                found = self.env[self._fields[name].comodel_name].browse(vals[name])
                known[key] = found._find_namesake(found, company)
            # The same as its customer's is what a contact has.
            own = parent.commercial_partner_id[name]
            same = own and own.name == known[key].name
            vals[name] = own.id if same else known[key].id

    @api.depends(
        "commercial_partner_id",
        "pricing_scenario_id",
        "pricing_group_id",
        "pricing_size_id",
        "pricing_use_type",
    )
    @api.depends_context("company")
    def _compute_pricing_effective_scenario_id(self):
        outcomes = self.env["pricing.resolver"]._resolve(self, self.env.company)
        for partner in self:
            partner.pricing_effective_scenario_id = outcomes[partner.id].scenario

    @api.depends("pricing_effective_scenario_id")
    @api.depends_context("company", "lang")
    def _compute_pricing_scenario_source(self):
        resolver = self.env["pricing.resolver"]
        outcomes = resolver._resolve(self, self.env.company)
        levels = resolver._get_level_texts()
        for partner in self:
            level = outcomes[partner.id].level
            names = {
                "group": partner.pricing_group_id.name,
                "size": partner.pricing_size_id.name,
            }
            parts = [levels.get(level), names.get(level)]
            partner.pricing_scenario_source = ": ".join(filter(None, parts))

    @api.depends(
        "pricing_effective_scenario_id",
        "pricing_contributor",
        "country_id",
        "state_id",
        "child_ids.state_id",
    )
    @api.depends_context("allowed_company_ids", "lang")
    def _compute_pricing_contract_ids(self):
        origins = self.env["pricing.origin"]
        origins = origins.search([("company_id", "in", self.env.companies.ids)])
        requests = {
            (partner, place, origin): request
            for partner in self
            for place in partner._get_pricing_places()
            for origin, request in partner._get_pricing_requests(place, origins).items()
        }
        contracts = self.env["pricing.contract"]
        decisions = contracts._decide(requests)
        for partner in self:
            own = {key: d for key, d in decisions.items() if key[0] == partner}
            groups = {decision.group: None for decision in own.values()}
            partner.pricing_channel_group_ids = list(filter(None, groups))
            partner.pricing_contract_ids = [
                decision.contract for decision in own.values() if decision.contract
            ]
            problems = {
                f"{place.state_id.name or place.display_name} ← {origin.name}: "
                f"{contracts._get_problem_text(decision.problem)}": None
                for (_partner, place, origin), decision in own.items()
                if decision.problem and decision.problem != "no_scenario"
            }
            partner.pricing_problem_text = "\n".join(problems)

    def _get_pricing_places(self):
        """Addresses that goods for the customer go to, one for each state."""
        self.ensure_one()
        customer = self._origin.commercial_partner_id
        places = self.search(
            [("id", "child_of", customer.ids), ("type", "=", "delivery")]
        )
        by_state = {
            (place.country_id, place.state_id): place for place in (*places, self)
        }
        return list(by_state.values())

    @api.model
    def _search_pricing_effective_scenario_id(self, operator, value):
        if operator not in ("in", "any", "any!"):
            return NotImplemented
        if operator == "in":
            wanted = set(value)
        else:
            # Whoever asks may find out no more about scenarios than by reading them.
            scenarios = self.env["pricing.scenario"].sudo(operator == "any!")
            wanted = set(scenarios.search(value).ids)
        resolver = self.env["pricing.resolver"]
        levels = resolver._get_level_domains(self.env.company)
        domain = resolver._get_scenario_domain(levels, wanted - {False})
        if False in wanted:
            domain |= resolver._get_nothing_domain(levels)
        return Domain("commercial_partner_id", "any!", domain)

    def _get_pricing_situation(self, address=None):
        """What decides about the customer's contract, in the environment's company.

        :param address: where the goods go; empty for the customer's own address
        :return: ``lib.groups.Situation``
        """
        self.ensure_one()
        partner = self.sudo()
        place = (address or self).sudo()
        return Situation(
            scenario=partner.pricing_effective_scenario_id.id or None,
            country=place.country_id.id or None,
            state=place.state_id.id or None,
            contributor=partner.commercial_partner_id.pricing_contributor,
        )

    def _get_pricing_requests(self, address, origins):
        """What decides about the contracts for goods from each origin.

        :param address: where the goods go
        :return: ``Request`` by origin, in the order of the origins
        """
        self.ensure_one()
        return {
            origin: Request(
                self.with_company(origin.company_id)._get_pricing_situation(address),
                origin.id,
            )
            for origin in origins
        }

    def action_explain_price(self):
        """Explain which price the customer pays."""
        self.ensure_one()
        return self.env["pricing.explanation"]._open({"partner_id": self.id})

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .pricing_contract import Request

# States in which prices can still be decided anew
OPEN_STATES = ("draft", "sent")


class SaleOrder(models.Model):
    """With ``sudo``: who sells under a contract need not see it."""

    _name = "sale.order"
    _inherit = ["sale.order", "pricing.visible.mixin"]

    pricing_origin_id = fields.Many2one(
        "pricing.origin",
        "Origin",
        compute="_compute_pricing_origin_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        index="btree_not_null",
        help="Where the goods leave from; its company invoices them.",
    )
    pricing_state_id = fields.Many2one(
        related="partner_shipping_id.state_id", string="Destination State"
    )
    pricing_contract_id = fields.Many2one(
        "pricing.contract",
        "Contract",
        compute="_compute_pricing_contract_id",
        store=True,
        precompute=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
    )
    pricing_problem = fields.Char(
        "Why No Contract",
        compute="_compute_pricing_contract_id",
        store=True,
        precompute=True,
        copy=False,
        groups="base.group_user",
    )
    pricing_problem_text = fields.Char(
        compute="_compute_pricing_problem_text", groups="base.group_user"
    )
    pricing_list_manual = fields.Boolean(
        "Pricelist Chosen by Hand",
        copy=False,
        help="The pricelist does not follow customer, origin and delivery address.",
    )
    pricing_outdated_text = fields.Text(
        "What Changed",
        compute="_compute_pricing_outdated_text",
        compute_sudo=True,
        groups="base.group_user",
        help="What the quotation has, and what it would have if it were decided now.",
    )

    @api.depends("company_id")
    def _compute_pricing_in_use(self):
        return super()._compute_pricing_in_use()

    def _get_pricing_companies(self):
        return self.company_id or super()._get_pricing_companies()

    @api.depends("partner_id", "company_id")
    def _compute_pricing_origin_id(self):
        draft = self.filtered(lambda order: order.state == "draft")
        for order, origin in draft._get_usual_origins().items():
            order.pricing_origin_id = origin.id

    def _get_usual_origins(self):
        """Origin of each customer's last order, else the company's default one.

        :return: origin by order, empty where there is none
        """
        last = self._get_last_origins()
        origins = self.env["pricing.origin"].sudo()
        defaults = origins.search(
            [("is_default", "=", True), ("company_id", "in", self.company_id.ids)]
        ).grouped("company_id")
        return {
            order: last.get((order.partner_id.commercial_partner_id, order.company_id))
            or defaults.get(order.company_id, origins)
            for order in self
        }

    def _get_last_origins(self):
        """Origin of the last order that each customer of these orders confirmed.

        :return: origins by commercial customer and company
        """
        partners = self.partner_id.commercial_partner_id
        if not partners:
            return {}
        groups = self.sudo()._read_group(
            [
                ("partner_id", "child_of", partners.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "sale"),
                ("pricing_origin_id.active", "=", True),
            ],
            ["partner_id", "company_id"],
            ["id:max"],
        )
        orders = {}
        for partner, company, order_id in groups:
            key = (partner.commercial_partner_id, company)
            orders[key] = max(order_id, orders.get(key, 0))
        browse = self.sudo().browse
        return {key: browse(id_).pricing_origin_id for key, id_ in orders.items()}

    def _uses_pricing_contract(self):
        """Whether the customer's contract may choose this order's pricelist.

        Extension point: an order whose prices somebody else decides answers False.
        """
        self.ensure_one()
        return not self.pricing_list_manual

    @api.depends("partner_id", "partner_shipping_id", "company_id", "pricing_origin_id")
    def _compute_pricing_contract_id(self):
        open_ = self.filtered(lambda o: o._is_pricing_open() and o.partner_id)
        for order in self - open_:
            order.pricing_contract_id = order._origin.pricing_contract_id
            order.pricing_problem = order._origin.pricing_problem
        for order, decision in open_._get_pricing_decisions().items():
            order.pricing_contract_id = decision.contract
            order.pricing_problem = decision.problem

    def _is_pricing_open(self):
        """Whether contract and list follow the order's data without being asked."""
        self.ensure_one()
        anew = self.env.context.get("pricing_anew")
        return self.state in (OPEN_STATES if anew else ("draft",))

    def _get_pricing_decisions(self):
        """What the orders' data lead to now, as ``Decision`` by order."""
        decisions = {}
        for company, orders in self.grouped("company_id").items():
            requests = orders._get_pricing_requests(company)
            decisions |= self.env["pricing.contract"]._decide(requests)
        return decisions

    def _get_pricing_requests(self, company):
        """What decides about the contracts of a company's orders, by order."""
        return {
            order: Request(
                order.partner_id.with_company(company)._get_pricing_situation(
                    order.partner_shipping_id
                ),
                order.pricing_origin_id._origin.id or None,
            )
            for order in self
        }

    @api.depends("pricing_problem", "pricing_origin_id")
    @api.depends_context("lang")
    def _compute_pricing_problem_text(self):
        contracts = self.env["pricing.contract"]
        for order in self:
            # Who sells without scenarios need not be told on every order.
            unused = not order.pricing_origin_id
            problem = order.pricing_problem
            order.pricing_problem_text = (
                not (unused and problem == "no_scenario")
            ) and contracts._get_problem_text(problem)

    @api.depends("pricing_contract_id", "pricing_list_manual")
    def _compute_pricelist_id(self):
        ours = self.filtered(
            lambda order: (
                order._is_pricing_open()
                and order._uses_pricing_contract()
                and order.pricing_contract_id
            )
        )
        for order in ours:
            order.pricelist_id = order.pricing_contract_id.sudo().pricelist_id
        others = (self - ours).filtered(lambda order: not order.pricing_list_manual)
        # Odoo's own leaves the list of what was sent.
        sent = others.filtered(lambda o: o.state == "sent" and o._is_pricing_open())
        for order in sent:
            order.pricelist_id = order._get_list_without_contract()
        return super(SaleOrder, others - sent)._compute_pricelist_id()

    def _get_list_without_contract(self):
        """The list that Odoo takes where no contract gives one."""
        self.ensure_one()
        partner = self.partner_id.with_company(self.company_id)
        return partner.property_product_pricelist

    @api.depends(
        "state",
        "partner_id",
        "partner_shipping_id",
        "company_id",
        "pricing_origin_id",
        "pricing_contract_id",
        "pricing_list_manual",
        "pricelist_id",
        "order_line.pricing_list_id",
        "order_line.price_unit",
    )
    @api.depends_context("lang")
    def _compute_pricing_outdated_text(self):
        ours = self.filtered(
            lambda o: (
                o.state in OPEN_STATES
                and o.pricing_in_use
                and o.pricing_origin_id
                and o.partner_id
            )
        )
        (self - ours).pricing_outdated_text = False
        decisions = ours._get_pricing_decisions()
        for order in ours:
            texts = [
                order._get_decision_text(decisions[order]),
                order._get_old_prices_text(),
            ]
            order.pricing_outdated_text = "\n".join(filter(None, texts)) or False

    def _get_pricing_now(self, decision):
        """Contract and pricelist that an order would get if it were decided now.

        A list that a person chose stays.

        :param decision: ``Decision`` about the order
        """
        self.ensure_one()
        contract = self.env["pricing.contract"].sudo().browse(decision.contract or ())
        if self.pricing_list_manual:
            return contract, self.pricelist_id
        return contract, contract.pricelist_id or self._get_list_without_contract()

    def _get_decision_text(self, decision):
        """What differs from a decision of today, in the reader's language."""
        if not self._uses_pricing_contract():
            return self._get_chosen_list_text()
        contract, pricelist = self._get_pricing_now(decision)
        if contract == self.pricing_contract_id and pricelist == self.pricelist_id:
            return False
        nothing = self.env._("none")
        return self.env._(
            "The quotation has contract %(contract)s and pricelist %(pricelist)s. With "
            "what is known today it would have contract %(new_contract)s and pricelist "
            "%(new_pricelist)s.",
            contract=self.pricing_contract_id.sudo().display_name or nothing,
            pricelist=self.pricelist_id.display_name or nothing,
            new_contract=contract.display_name or nothing,
            new_pricelist=pricelist.display_name or nothing,
        )

    def _get_chosen_list_text(self):
        if not self.pricing_list_manual or self.pricelist_id.active:
            return False
        return self.env._(
            "Pricelist %(pricelist)s was chosen by hand, and is archived.",
            pricelist=self.pricelist_id.display_name,
        )

    def _get_old_prices_text(self):
        """Which lines have prices of another list than the order's."""
        lines = self._get_update_prices_lines().filtered("pricing_list_id")
        lines = lines.filtered(
            lambda line: (
                line.pricing_list_id != self.pricelist_id
                and not line._has_price_by_hand()
            )
        )
        if not lines:
            return False
        return self.env._(
            "Prices of %(count)s lines are those of pricelist %(pricelist)s.",
            count=len(lines),
            pricelist=", ".join(lines.pricing_list_id.mapped("display_name")),
        )

    @api.depends("pricing_origin_id")
    def _compute_warehouse_id(self):
        ours = self.filtered(
            lambda order: order.pricing_origin_id and order.state in ("draft", "sent")
        )
        for order in ours:
            order.warehouse_id = order.pricing_origin_id.sudo().warehouse_id
        return super(SaleOrder, self - ours)._compute_warehouse_id()

    @api.onchange("pricing_origin_id")
    def _onchange_pricing_origin_id(self):
        # The issuer decides about taxes, so the order moves to the origin's company.
        company = self.pricing_origin_id.company_id
        if company and company != self.company_id:
            origin = self.pricing_origin_id
            self.company_id = company
            self.pricing_origin_id = origin

    @api.onchange("pricelist_id")
    def _onchange_pricing_list_manual(self):
        chosen = self._is_pricelist_chosen()
        # Assigning it anew would decide about the pricelist again.
        if self.pricing_list_manual != chosen:
            self.pricing_list_manual = chosen

    @api.constrains("pricing_origin_id", "company_id")
    def _check_pricing_origin(self):
        for order in self:
            company = order.pricing_origin_id.sudo().company_id
            if company and company != order.company_id:
                raise ValidationError(
                    self.env._(
                        "Goods from %(origin)s are invoiced by %(company)s: the order "
                        "has to be made there.",
                        origin=order.pricing_origin_id.name,
                        company=company.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._add_pricing_company(vals) for vals in vals_list]
        orders = super().create(vals_list)
        explicit = orders.browse(
            order.id
            for order, vals in zip(orders, vals_list, strict=True)
            if "pricelist_id" in vals
        )
        # Nobody chooses an archived list: it came with another order's values.
        archived = explicit.filtered(
            lambda order: (
                order.pricing_origin_id
                and order.pricelist_id
                and not order.pricelist_id.active
            )
        )
        self.env.add_to_compute(self._fields["pricelist_id"], archived)
        (explicit - archived)._note_chosen_pricelist()
        return orders

    def copy_data(self, default=None):
        """A copy is decided anew; only a list that a person chose goes with it."""
        vals_list = super().copy_data(default)
        given = default or {}
        usual = self._get_usual_origins()
        for order, vals in zip(self, vals_list, strict=True):
            origin = order.pricing_origin_id
            if "pricing_origin_id" not in given and not origin.active:
                vals.pop("pricing_origin_id", None)
                origin = usual[order]
            chosen = order.pricing_list_manual and order.pricelist_id.active
            if "pricelist_id" not in given and origin and not chosen:
                vals.pop("pricelist_id", None)
        return vals_list

    def write(self, vals):
        vals = self._add_pricing_company(vals)
        # The same customer written again, as web shops do, moves nothing.
        same = self.filtered(
            lambda order: (
                order.partner_id.id == vals.get("partner_id")
                and order.company_id.id == vals.get("company_id", order.company_id.id)
            )
        )
        with self.env.protecting([self._fields["pricing_origin_id"]], same):
            result = super().write(vals)
        if "pricelist_id" in vals:
            self._note_chosen_pricelist()
        return result

    @api.model
    def _add_pricing_company(self, vals):
        """Values with the company that the origin belongs to."""
        if not vals.get("pricing_origin_id") or "company_id" in vals:
            return vals
        origin = self.env["pricing.origin"].browse(vals["pricing_origin_id"])
        return {**vals, "company_id": origin.company_id.id}

    def _note_chosen_pricelist(self):
        """Remember which of these orders have a list that a person chose."""
        by_answer = self.grouped(lambda order: order._is_pricelist_chosen())
        for chosen, orders in by_answer.items():
            changed = orders.filtered(lambda o, c=chosen: o.pricing_list_manual != c)
            changed.pricing_list_manual = chosen

    def _is_pricelist_chosen(self):
        """Whether the list is neither the contract's nor the customer's in Odoo.

        Orders without an origin are Odoo's own matter.
        """
        self.ensure_one()
        if not self.pricing_origin_id or not self.pricelist_id:
            return False
        partner = self.partner_id.with_company(self.company_id)
        expected = self.pricing_contract_id.sudo().pricelist_id
        expected = expected or partner.property_product_pricelist
        return self.pricelist_id._origin != expected._origin

    @api.model
    def _release_archived_lists(self):
        """Open orders whose archived list counts as a person's choice decide anew.

        Copies took the list of the order they were made from that way. Prices stay,
        and the form says so.
        """
        orders = self.search(
            [
                ("pricing_list_manual", "=", True),
                ("state", "in", OPEN_STATES),
                ("pricelist_id.active", "=", False),
            ]
        )
        orders.pricing_list_manual = False

    def action_update_prices(self):
        """Prices of what the order's data lead to now, also of a sent quotation."""
        self._decide_prices_anew()
        return super().action_update_prices()

    def _decide_prices_anew(self):
        """Take contract and list that an open order would get today."""
        orders = self.filtered(
            lambda o: o.state in OPEN_STATES and o.pricing_origin_id
        ).with_context(pricing_anew=True)
        orders._compute_pricing_contract_id()
        orders.filtered(lambda o: o._uses_pricing_contract())._compute_pricelist_id()

    def action_follow_contract(self):
        """Take the contract's pricelist again; prices are updated after asking."""
        self.pricing_list_manual = False

    def action_explain_price(self):
        """Explain the prices of the order's customer."""
        self.ensure_one()
        return self.env["pricing.explanation"]._open(
            {
                "partner_id": self.partner_id.id,
                "origin_id": self.pricing_origin_id.id,
                "state_id": self.pricing_state_id.id,
                "company_id": self.company_id.id,
                "order_id": self.id,
            }
        )

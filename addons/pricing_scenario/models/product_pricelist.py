from odoo import fields, models


class ProductPricelist(models.Model):
    """With ``sudo``: the outcome is the same whoever asks, whatever they may see of its
    parts."""

    _name = "product.pricelist"
    _inherit = ["product.pricelist", "field.guard.mixin"]

    pricing_group_id = fields.Many2one(
        "pricing.channel.group",
        "Channel Group",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The list was generated for this channel group.",
        guard="server",
    )
    pricing_origin_id = fields.Many2one(
        "pricing.origin",
        "Origin",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        guard="server",
    )

    pricing_contract_ids = fields.One2many(
        "pricing.contract",
        "pricelist_id",
        "Contracts",
        context={"active_test": False},
    )

    _pricing_key_unique = models.UniqueIndex(
        "(pricing_group_id, pricing_origin_id) WHERE pricing_group_id IS NOT NULL",
        "The channel group has a generated list for this origin.",
    )

    def _get_partner_pricelist_multi_search_domain_hook(self, company_id):
        # A generated list is nobody's by default, whatever other lists there are.
        domain = super()._get_partner_pricelist_multi_search_domain_hook(company_id)
        return [*domain, ("pricing_group_id", "=", False)]

    def _compute_price_rule(self, products, *args, **kwargs):
        """The list's company says what goods cost, also to who cannot enter it."""
        if self.pricing_group_id and self.company_id != products.env.company:
            products = products.sudo().with_company(self.company_id)
        return super()._compute_price_rule(products, *args, **kwargs)

    def _get_applicable_rules(self, products, date, **kwargs):
        """On the same level, a person's rule counts before a generated one."""
        rules = super()._get_applicable_rules(products, date, **kwargs)
        if not self.pricing_group_id:
            return rules
        return rules.sorted(
            lambda rule: (rule.applied_on, -rule.min_quantity, rule._get_pricing_rank())
        )

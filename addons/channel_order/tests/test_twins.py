"""Price-included forms of taxes, and whose the freight is; without any provider."""

from odoo.tests import tagged

from .common import ChannelOrderCommon


@tagged("post_install", "-at_install")
class TestTwins(ChannelOrderCommon):
    provider = False

    def test_the_twin_is_the_same_tax(self):
        twin = self.tax_21._get_included_twins()
        self.assertTrue(twin.price_include)
        for name in ("amount", "amount_type", "type_tax_use", "tax_group_id"):
            self.assertEqual(twin[name], self.tax_21[name], name)
        for name in ("company_id", "country_id", "invoice_label"):
            wanted = self.tax_21[name] or self.tax_21.name
            self.assertEqual(twin[name], wanted, name)
        for lines in ("invoice_repartition_line_ids", "refund_repartition_line_ids"):
            for name in ("repartition_type", "account_id", "tag_ids", "factor_percent"):
                self.assertEqual(
                    [line[name] for line in twin[lines]],
                    [line[name] for line in self.tax_21[lines]],
                    f"{lines}.{name}",
                )

    def test_the_twin_is_made_once(self):
        twin = self.tax_21._get_included_twins()
        self.assertEqual(self.tax_21._get_included_twins(), twin)
        self.assertEqual(twin._get_included_twins(), twin)
        # Also when the link was lost.
        self.tax_21.included_twin_id = False
        self.assertEqual(self.tax_21._get_included_twins(), twin)

    def test_a_changed_tax_changes_its_twin(self):
        twin = self.tax_21._get_included_twins()
        self.tax_21.amount = 22
        self.assertEqual(self.tax_21._get_included_twins(), twin)
        self.assertEqual(twin.amount, 22)

    def test_a_group_of_taxes(self):
        group = self.env["account.tax"].create(
            {
                "name": "Grupo",
                "amount_type": "group",
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "children_tax_ids": [(6, 0, (self.tax_21 | self.find_tax(10.5)).ids)],
            }
        )
        twin = group._get_included_twins()
        self.assertEqual(twin.children_tax_ids.mapped("price_include"), [True, True])
        self.assertEqual(sorted(twin.children_tax_ids.mapped("amount")), [10.5, 21.0])

    def test_freight_rules_by_site_and_logistic(self):
        rules = self.env["sale.channel.freight.rule"]
        for sequence, (owner, site, logistic) in enumerate(
            (
                ("seller", "MLA", "self_service"),
                ("channel", "MLA", False),
                ("seller", False, "drop_off"),
            )
        ):
            rules |= rules.create(
                {
                    "channel_id": self.channel.id,
                    "owner": owner,
                    "site": site,
                    "logistic_type": logistic,
                    "sequence": sequence,
                }
            )
        for site, logistic, owner in (
            ("MLA", "self_service", "seller"),
            ("MLA", "drop_off", "channel"),
            ("MLB", "drop_off", "seller"),
            ("MLB", "self_service", "channel"),
            ("", "", "channel"),
        ):
            with self.subTest(site=site, logistic=logistic):
                self.assertEqual(rules._get_owner(site, logistic), owner)

    def test_a_channel_without_provider_leaves_odoo_alone(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Eva"}).id,
                "sale_channel_id": self.channel.id,
                "order_line": [(0, 0, {"product_id": self.product.id})],
            }
        )
        line = order.order_line
        self.assertEqual((line.price_unit, line.tax_ids), (100, self.tax_21))
        self.product.list_price = 130
        order.action_update_prices()
        self.assertEqual(line.price_unit, 130)

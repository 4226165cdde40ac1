"""Price-included forms of taxes, and whose the freight is; without any provider."""

from odoo import models
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..models.account_tax import OWN_FIELDS
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

    def assert_same(self, tax, twin):
        """All that the tax has, but what makes the other its twin."""
        own = OWN_FIELDS | {"display_name", "repartition_lines_str", "tax_label"}
        own |= {"price_include", *models.MAGIC_COLUMNS, "is_used", "is_domestic"}
        for name, field in tax._fields.items():
            if name not in own and field.type not in ("one2many", "many2many"):
                if field.related or name.startswith(("message_", "activity_")):
                    continue
                self.assertEqual(twin[name], tax[name], name)
        for name in ("invoice_repartition_line_ids", "refund_repartition_line_ids"):
            self.assertEqual(
                [line._prepare_twin_values() for line in twin[name]],
                [line._prepare_twin_values() for line in tax[name]],
            )

    def test_a_changed_tax_changes_its_twin(self):
        """Whatever an accountant changes, and whatever a localisation adds."""
        tax = self.tax_21
        twin = tax._get_included_twins()
        account = self.env["account.account"].search(
            [("company_ids", "in", self.company.ids)], limit=1
        )
        tag = self.env["account.account.tag"].create(
            {"name": "New Grid", "applicability": "taxes"}
        )
        taxed = tax.repartition_line_ids.filtered(
            lambda line: line.repartition_type == "tax"
        )
        changes = (
            (tax, {"amount": 22}),
            (tax, {"include_base_amount": True, "is_base_affected": False}),
            (tax, {"sequence": 77, "tax_scope": "consu", "analytic": True}),
            (tax, {"tax_group_id": self.find_tax(10.5).tax_group_id.id}),
            (taxed, {"account_id": account.id}),
            (tax.repartition_line_ids, {"tag_ids": [Command.set(tag.ids)]}),
            (tax, {"active": False}),
            (tax, {"active": True, "description": "<p>New</p>"}),
        )
        for records, values in changes:
            with self.subTest(values):
                records.write(values)
                self.assertEqual(tax._get_included_twins(), twin)
                self.assert_same(tax, twin)
        self.assertTrue(twin.price_include)

    def test_the_twin_is_called_after_its_tax(self):
        self.env["res.lang"]._activate_lang("es_AR")
        twin = self.tax_21._get_included_twins()
        self.tax_21.name = "VAT 21"
        self.tax_21.with_context(lang="es_AR").write(
            {"name": "IVA veintiuno", "invoice_label": "IVA veintiuno"}
        )
        spanish = twin.with_context(lang="es_AR")
        self.assertEqual(twin.name, "VAT 21 (in the price)")
        self.assertIn("IVA veintiuno", spanish.name)
        self.assertIn("IVA veintiuno", spanish.invoice_label)
        self.tax_21.invoice_label = "21 %"
        self.assertEqual(twin.invoice_label, "21 %")

    def split(self, tax, *shares):
        """Distribute a tax anew, over lines of these shares."""
        tax.write(
            {
                f"{kind}_repartition_line_ids": [
                    *(
                        Command.delete(line.id)
                        for line in tax[f"{kind}_repartition_line_ids"]
                    ),
                    Command.create({"repartition_type": "base"}),
                    *(
                        Command.create({"repartition_type": "tax", "factor_percent": n})
                        for n in shares
                    ),
                ]
                for kind in ("invoice", "refund")
            }
        )

    def test_more_and_fewer_lines(self):
        twin = self.tax_21._get_included_twins()
        for shares in ((60, 40), (10, 20, 70), (100,)):
            self.split(self.tax_21, *shares)
            with self.subTest(shares):
                self.assertEqual(self.tax_21.included_twin_id, twin)
                self.assert_same(self.tax_21, twin)

    def invoice_of(self, tax):
        self.company.l10n_ar_afip_responsibility_type_id = self.env.ref(
            "l10n_ar.res_IVARI"
        )
        self.company.partner_id.vat = "30714295698"
        partner = self.env["res.partner"].create(
            {
                "name": "Eva",
                "l10n_ar_afip_responsibility_type_id": self.env.ref(
                    "l10n_ar.res_CF"
                ).id,
            }
        )
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": "2026-11-02",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Mate",
                            "price_unit": 121,
                            "tax_ids": [Command.set(tax.ids)],
                        }
                    )
                ],
            }
        )

    def test_posted_documents_stay(self):
        """A distribution that they refer to is kept; another twin takes its place."""
        self.split(self.tax_21, 60, 40)
        twin = self.tax_21._get_included_twins()
        posted, draft = self.invoice_of(twin), self.invoice_of(twin)
        posted.action_post()
        group = self.env["account.tax"].create(
            {
                "name": "Grupo",
                "amount_type": "group",
                "type_tax_use": "sale",
                "children_tax_ids": [Command.set(self.tax_21.ids)],
            }
        )
        whole = group._get_included_twins()
        before = [
            (line.account_id, line.balance, line.tax_repartition_line_id)
            for line in posted.line_ids
        ]
        self.split(self.tax_21, 100)
        after = self.tax_21.included_twin_id
        self.assertNotEqual(after, twin)
        self.assertFalse(twin.active)
        self.assert_same(self.tax_21, after)
        self.assertEqual(
            before,
            [
                (line.account_id, line.balance, line.tax_repartition_line_id)
                for line in posted.line_ids
            ],
        )
        self.assertEqual(draft.invoice_line_ids.tax_ids, after)
        self.assertEqual(draft.amount_total, 121)
        self.assertEqual(whole.children_tax_ids, after)
        self.assertEqual(group._get_included_twins(), whole)

    def test_lines_that_are_written_one_by_one(self):
        """In between the distribution is none that a tax may have."""
        twin = self.tax_21._get_included_twins()
        taxed = self.tax_21.repartition_line_ids.filtered(
            lambda line: line.repartition_type == "tax"
        )
        taxed[0].factor_percent = 50
        self.assertEqual(set(twin.repartition_line_ids.mapped("factor_percent")), {100})
        taxed[0].factor_percent = 100
        self.assert_same(self.tax_21, twin)

    def test_an_accountant_changes_what_has_a_twin(self):
        twin = self.tax_21._get_included_twins()
        accountant = new_test_user(
            self.env,
            "chief",
            "base.group_user,account.group_account_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.tax_21.with_user(accountant).name = "Otro nombre"
        self.assertIn("Otro nombre", twin.name)

    def test_the_twin_of_a_deleted_tax(self):
        tax = self.tax_21.copy({"name": "For a while"})
        twin = tax._get_included_twins()
        tax.unlink()
        self.assertFalse(twin.active)
        again = self.tax_21.copy({"name": "For a while", "amount": 21})
        self.assertNotEqual(again._get_included_twins(), twin)

    def test_what_a_reduced_price_reduces(self):
        taxes = self.env["account.tax"]
        for kind, amount in (("fixed", 300), ("division", 9), ("fixed", 0)):
            taxes |= taxes.create(
                {
                    "name": f"{kind} {amount}",
                    "amount_type": kind,
                    "amount": amount,
                    "type_tax_use": "sale",
                }
            )
        group = taxes.create(
            {
                "name": "Grupo",
                "amount_type": "group",
                "type_tax_use": "sale",
                "children_tax_ids": [Command.set((self.tax_21 | taxes[0]).ids)],
            }
        )
        self.assertEqual(
            (taxes | group)._get_proportional(), taxes[1] | taxes[2] | self.tax_21
        )

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

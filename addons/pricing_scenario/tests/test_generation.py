import random

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import PricingCase


@tagged("post_install", "-at_install")
class TestGeneration(PricingCase):
    def find(self, scenario, model="pricing.contract"):
        field = "pricing_group_id.scenario_id" if "." in model else "scenario_id"
        field = "scenario_id" if model.startswith("pricing.") else field
        records = self.env[model].with_context(active_test=False)
        return records.search([(field, "=", scenario.id)])

    def snapshot(self, scenario):
        """Everything stored that belongs to a scenario, with who wrote it last."""
        lists = self.find(scenario, "product.pricelist")
        records = [
            self.find(scenario, "pricing.channel.group"),
            self.find(scenario),
            lists,
            lists.item_ids,
        ]
        names = [
            ["active", "state_id", "use"],
            ["active", "group_id", "origin_id", "pricelist_id", "manual"],
            ["active", "name", "company_id", "currency_id"],
            [
                "pricelist_id",
                "applied_on",
                "base",
                "price_discount",
                "pricing_rate",
                "pricing_imported",
                "pricing_rule_id",
                "price_round",
            ],
        ]
        return [
            sorted(rows.read(fields), key=lambda row: row["id"])
            for rows, fields in zip(records, names, strict=True)
        ]

    def plan(self, scenario):
        return self.env["pricing.generator"]._plan(scenario).plans

    def test_creating_a_scenario_generates(self):
        scenario = self.make_scenario()
        groups = self.find(scenario, "pricing.channel.group")
        self.assertEqual(groups.state_id, self.rs | self.sp | self.mg | self.ba)
        contracts = self.find(scenario)
        self.assertEqual(len(contracts), 4)
        self.assertFalse(any(contracts.mapped("manual")))
        self.assertEqual(len(contracts.pricelist_id), 4)
        self.assertEqual(contracts.pricelist_id.company_id, self.company)
        self.assertIn("Resale / SP ← RS", contracts.pricelist_id.mapped("name"))

    def test_no_states_means_all_of_the_country(self):
        scenario = self.make_scenario(states=())
        self.assertEqual(scenario.channel_group_count, 27)

    def test_a_national_scenario_has_one_group(self):
        argentina = self.env.ref("base.ar")
        scenario = self.make_scenario(states=(), country_id=argentina.id)
        self.assertTrue(scenario.national)
        group = self.find(scenario, "pricing.channel.group")
        self.assertEqual((len(group), group.name), (1, "Resale / AR"))
        self.assertFalse(group.state_id)
        self.assertEqual(self.price(self.find(scenario).pricelist_id), 100)

    def test_contributors_are_split_where_the_rate_differs(self):
        self.env["pricing.interstate.rate"].create(
            {
                "name": "DIFAL",
                "sequence": 1,
                "origin_state_ids": [Command.set(self.rs.ids)],
                "destination_state_ids": [Command.set(self.sp.ids)],
                "use": "not_contributor",
                "rate": 18,
            }
        )
        scenario = self.make_scenario(states=("sp", "mg"))
        groups = self.find(scenario, "pricing.channel.group")
        uses = {(group.state_id, group.use) for group in groups}
        self.assertEqual(
            uses,
            {(self.sp, "contributor"), (self.sp, "not_contributor"), (self.mg, "any")},
        )

    def test_a_contract_changed_by_hand_stays(self):
        scenario = self.make_scenario()
        mine = self.env["product.pricelist"].create({"name": "Mine"})
        contract = self.find(scenario)[0]
        contract.pricelist_id = mine
        self.assertTrue(contract.manual)
        self.assertFalse(self.plan(scenario)["contract"])
        scenario._generate()
        self.assertEqual(contract.pricelist_id, mine)
        contract.action_release()
        self.assertEqual(contract.pricelist_id.pricing_group_id, contract.group_id)

    def test_a_rule_added_by_hand_stays_and_counts_first(self):
        scenario = self.make_scenario()
        pricelist = self.get_list(scenario, self.rs)
        manual = self.env["product.pricelist.item"].create(
            {
                "pricelist_id": pricelist.id,
                "compute_price": "fixed",
                "fixed_price": 42.0,
            }
        )
        scenario.rule_ids = [Command.create({"adjustment": -10})]
        scenario._generate()
        self.assertTrue(manual.exists())
        self.assertEqual(self.price(pricelist), 42)

    def test_what_is_gone_is_archived_and_comes_back(self):
        scenario = self.make_scenario()
        before = self.snapshot(scenario)
        contract = self.find(scenario).filtered(lambda c: c.state_id == self.sp)
        scenario.state_ids -= self.sp
        scenario._generate()
        self.assertFalse(contract.active)
        self.assertFalse(contract.group_id.active)
        self.assertFalse(contract.pricelist_id.active)
        self.assertEqual(len(self.find(scenario).filtered("active")), 3)
        scenario.state_ids |= self.sp
        scenario._generate()
        self.assertTrue(contract.active)
        self.assertEqual(self.snapshot(scenario), before)

    def test_an_archived_scenario_archives_its_lists(self):
        scenario = self.make_scenario()
        scenario.active = False
        scenario._generate()
        self.assertFalse(any(self.find(scenario).mapped("active")))

    def test_generating_again_changes_nothing(self):
        """Random edits, each followed by two generations: the second plans nothing."""
        choose = random.Random(11)
        self.make_origin("SP", self.company, self.sp)
        scenario = self.make_scenario(states=("rs", "sp"))
        brand = self.env["product.brand"].create({"name": "Andorinha"})
        states = self.brazil.state_ids
        for turn in range(12):
            self.edit(scenario, choose, states, brand, turn)
            scenario._generate()
            before = self.snapshot(scenario)
            self.assertFalse(any(self.plan(scenario).values()), turn)
            scenario._generate()
            self.assertEqual(self.snapshot(scenario), before, turn)

    def edit(self, scenario, choose, states, brand, turn):
        targets = [
            {"applied_on": "3_global"},
            {"applied_on": "2_brand", "brand_id": brand.id},
            {
                "applied_on": "1_product",
                "product_tmpl_id": self.product.product_tmpl_id.id,
            },
            {
                "applied_on": "2_product_category",
                "categ_id": self.env.ref("product.product_category_goods").id,
            },
        ]
        rules = [
            Command.create({**target, "adjustment": choose.randint(-3000, 3000) / 100})
            for target in choose.sample(targets, choose.randint(0, 4))
        ]
        scenario.write(
            {
                "state_ids": [Command.set(choose.sample(states.ids, 5))],
                "base": choose.choice(["list_price", "standard_price"]),
                "rate_contained": choose.randint(0, 3000) / 100,
                "rule_ids": [Command.clear(), *rules],
                "national": turn % 4 == 3,
            }
        )

    def test_a_new_origin_is_a_gap_until_it_is_generated(self):
        scenario = self.make_scenario()
        self.assertFalse(scenario.gap_count)
        origin = self.make_origin("SP", self.company, self.sp)
        gaps = self.env["pricing.gap"].search([("scenario_id", "=", scenario.id)])
        self.assertEqual(gaps.origin_id, origin)
        self.assertEqual(len(gaps), 4)
        self.assertEqual(set(gaps.mapped("reason")), {"missing"})
        scenario._generate()
        scenario.invalidate_recordset()
        self.assertFalse(scenario.gap_count)
        contract = self.find(scenario)[0]
        contract.active = False
        gap = self.env["pricing.gap"].search([("scenario_id", "=", scenario.id)])
        self.assertEqual((gap.reason, gap.contract_id), ("archived", contract))

    def test_the_preview_says_what_will_happen(self):
        scenario = self.make_scenario()
        scenario.state_ids -= self.sp
        scenario.base = "standard_price"
        action = scenario.action_generate()
        wizard = self.env["pricing.generation"].browse(action["res_id"])
        found = {(li.kind, li.action): li.count for li in wizard.line_ids}
        self.assertEqual(found[("group", "archive")], 1)
        self.assertEqual(found[("contract", "archive")], 1)
        # Two rules each, for imported goods and others; inside of a state one
        self.assertEqual(found[("rule", "change")], 5)
        self.assertEqual(self.price(self.get_list(scenario, self.rs)), 120.48)
        wizard.action_apply()
        self.assertEqual(self.price(self.get_list(scenario, self.rs)), 72.29)
        self.assertFalse(any(self.plan(scenario).values()))
        again = self.env["pricing.generation"].browse(
            scenario.action_generate()["res_id"]
        )
        self.assertTrue(again.nothing)

    def samples(self, scenario):
        wizard = self.env["pricing.generation"].browse(
            scenario.action_generate()["res_id"]
        )
        return wizard, [
            (s.product_id.name, s.place, s.before, s.after) for s in wizard.sample_ids
        ]

    def test_the_preview_shows_prices_before_and_after(self):
        self.sell(self.product, 9)
        pan = self.env["product.product"].create({"name": "Pan", "list_price": 50})
        scenario = self.make_scenario(states=("rs", "sp"))
        scenario.write(
            {
                "rate_contained": 17,
                "state_ids": [Command.link(self.ba.id), Command.unlink(self.rs.id)],
                "rule_ids": [
                    Command.create(
                        {
                            "applied_on": "1_product",
                            "product_tmpl_id": pan.product_tmpl_id.id,
                            "adjustment": -10,
                        }
                    )
                ],
            }
        )
        wizard, samples = self.samples(scenario)
        real = "R$\N{NO-BREAK SPACE}"
        for sample in (
            ("Kettle", "SP ← RS", f"{real}113.64", f"{real}94.32"),
            ("Kettle", "BA ← RS", "none", f"{real}89.25"),
            ("Kettle", "RS ← RS", f"{real}120.48", "none"),
            ("Pan", "SP ← RS", f"{real}56.82", f"{real}42.44"),
        ):
            self.assertIn(sample, samples)
        self.assertLessEqual(len(samples), 10)
        self.assertTrue(wizard.sample_ids[0].changed)
        self.assertEqual(self.price(self.get_list(scenario, self.sp)), 113.64)
        wizard.action_apply()
        for product, place, _before, after in samples:
            if after == "none":
                continue
            state = {"SP": self.sp, "BA": self.ba}[place[:2]]
            product = self.env["product.product"].search(
                [("name", "=", product)], limit=1, order="id desc"
            )
            price = self.price(self.get_list(scenario, state), product)
            if product in self.product | pan:
                self.assertEqual(f"{real}{price:,.2f}", after)

    def sell(self, product, quantity):
        order = self.make_order(self.make_customer("Buyer", self.sp))
        line = {"product_id": product.id, "product_uom_qty": quantity}
        order.order_line = [Command.create(line)]
        order.action_confirm()

    def test_the_preview_knows_rules_of_people(self):
        self.sell(self.product, 9)
        scenario = self.make_scenario(states=("sp",))
        self.get_list(scenario, self.sp).item_ids = [
            Command.create({"compute_price": "fixed", "fixed_price": 42.0}),
            Command.create(
                {"compute_price": "fixed", "fixed_price": 1, "date_end": "2020-01-01"}
            ),
        ]
        scenario.rule_ids = [Command.create({"adjustment": -10})]
        wizard, samples = self.samples(scenario)
        real = "R$\N{NO-BREAK SPACE}"
        kettle = ("Kettle", "SP ← RS", f"{real}42.00", f"{real}42.00")
        self.assertIn(kettle, samples)
        self.assertFalse(wizard.sample_ids[0].changed)

    def test_the_preview_is_cheap(self):
        counts = []
        for states in (("sp",), ()):
            scenario = self.make_scenario(f"Scenario {states}", states=states)
            scenario.rate_contained = 17
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            scenario.action_generate()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], counts[0] + 120)

    def test_only_managers_generate(self):
        scenario = self.make_scenario()
        user = new_test_user(
            self.env,
            "pricing-user",
            "pricing_scenario.group_pricing_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            scenario.with_user(user).action_generate()

    def test_a_branch_with_its_own_company_invoices(self):
        branch = self.make_company("Filial SP", self.sp, parent_id=self.company.id)
        self.env.user.company_ids = [Command.link(branch.id)]
        origin = self.make_origin("SP", branch, self.sp)
        scenario = self.make_scenario()
        self.assertEqual(self.get_list(scenario, self.rs, origin).company_id, branch)

    def test_few_queries_for_many_lists(self):
        scenario = self.make_scenario(states=())
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        scenario._generate()
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 60)

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import AccessCase
from .matrix import ACCESS, CHANNEL, GUARDS, SHARED

OPERATIONS = ("read", "write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestAccess(AccessCase, HttpCase):
    """Who may do what, whatever the forms show. One class: its company takes time."""

    def test_every_model_has_a_line(self):
        self.assertEqual(self.get_own_models(), sorted(ACCESS))

    def test_rights_of_each_role(self):
        for model, rights in ACCESS.items():
            for role, user in self.users.items():
                records = self.env[model].with_user(user)
                found = "".join(
                    operation[0]
                    for operation in OPERATIONS
                    if records.has_access(operation)
                )
                with self.subTest(model=model, role=role):
                    self.assertEqual(found, rights.get(role, ""))

    def test_another_company_s_managers_see_nothing(self):
        self.make_records()
        stranger = self.make_stranger()
        for model in self.get_own_models():
            mine = self.env(user=stranger, context={})[model]
            if mine._transient or model in SHARED or not mine.has_access("read"):
                continue
            with self.subTest(model=model):
                records = self.get_company_records(model)
                self.assertTrue(records or not mine._auto)
                found = mine.with_context(active_test=False).search([])
                self.assertFalse(found & mine.browse(records.ids))
                if records:
                    with self.assertRaises(AccessError):
                        mine.browse(records.ids).read(["id", "display_name"])

    def get_guards(self):
        """Model → guard → names of fields, as the registry has them."""
        found = {}
        for name, model in self.env.registry.items():
            if model._abstract or not hasattr(model, "_get_guards"):
                continue
            for field, guard in self.env[name]._get_guards().items():
                found.setdefault(name, {}).setdefault(guard, []).append(field)
        return {
            name: {guard: " ".join(sorted(names)) for guard, names in guards.items()}
            for name, guards in found.items()
        }

    def test_every_guarded_field_has_a_line(self):
        self.maxDiff = None
        declared = {
            model: {
                guard: " ".join(sorted(names.split())) for guard, names in of.items()
            }
            for model, of in GUARDS.items()
        }
        self.assertEqual(self.get_guards(), declared)

    def other_value(self, record, name):
        """A value that the field does not have, as RPC would send it."""
        field, value = record._fields[name], record[name]
        if field.type == "many2one":
            known = self.env[field.comodel_name].with_context(active_test=False)
            others = known.search([("id", "not in", value.ids)], limit=1)
            return others.id or value.id + 1
        if field.type == "selection":
            values = [key for key, _label in field._description_selection(self.env)]
            return next((key for key in values if key != value), "other")
        if field.type in ("integer", "float", "monetary"):
            return (value or 0) + 1
        return {
            "boolean": not value,
            "char": f"{value or ''}x",
            "text": f"{value or ''}x",
            "date": "2001-01-01",
            "datetime": "2001-01-01 00:00:00",
            "json": {"other": True},
            "many2many": [(5,)],
        }[field.type]

    def get_writers(self, model):
        """The users who may write records of a model."""
        return {
            role: user
            for role, user in self.users.items()
            if self.env[model].with_user(user).has_access("write")
        }

    def test_guarded_fields_are_refused(self):
        self.make_records()
        for model, guards in GUARDS.items():
            for role, user in self.get_writers(model).items():
                mine = self.get_record(model).with_user(user)
                for guard, names in guards.items():
                    for name in names.split():
                        with self.subTest(model=model, role=role, field=name):
                            self.assert_guarded(mine, name, guard)

    def assert_guarded(self, record, name, guard):
        if guard not in ("server", "once") and record.env.user.has_groups(guard):
            return
        if guard == "once" and not record.sudo()[name]:
            return
        value = self.other_value(record.sudo(), name)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            record.write({name: value})
        if guard != "once" and record.has_access("create"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                record.create({name: value})

    def sign_in(self, role):
        login = self.users[role].login
        self.authenticate(login, login)

    def call(self, record, method, *arguments):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{record._name}/{method}",
            {
                "model": record._name,
                "method": method,
                "args": [record.ids, *arguments],
                "kwargs": {},
            },
        )

    def assert_refused(self, record, values):
        with (
            mute_logger("odoo.http"),
            self.assertRaisesRegex(JsonRpcException, "AccessError"),
        ):
            self.call(record, "write", values)

    def test_a_manager_points_a_flow_at_another_scheduled_action(self):
        other = self.env.ref("base.autovacuum_job")
        flow = self.flow()
        own = flow.cron_id
        self.sign_in("channel manager")
        self.assert_refused(flow, {"cron_id": other.id})
        self.assert_refused(self.channel, {"flow_ids": [(1, flow.id, {"cron_id": 1})]})
        self.call(flow, "unlink")
        self.assertTrue(other.exists())
        self.assertFalse(own.exists())

    def test_a_salesperson_writes_what_the_server_decides(self):
        order = self.make_records()
        self.sign_in("salesman")
        # Who may write the records all the same.
        self.users["salesman"].group_ids |= self.env.ref("base.group_partner_manager")
        order.user_id = self.users["salesman"]
        for record, values in (
            (order, {"channel_hold": False, "note": "x"}),
            (order, {"channel_shipped": True}),
            (order, {"order_line": [(1, order.order_line[0].id, {"channel_fee": 9})]}),
            (order.partner_id, {"l10n_ar_padron_confirmed_id": self.env.uid}),
            (order.partner_id, {"l10n_ar_padron_state": "determined"}),
            (order.partner_id, {"document_key": "1"}),
        ):
            with self.subTest(values=values):
                order.sudo().channel_hold = "fraud"
                self.assert_refused(record, values)
        self.call(order, "write", {"note": "x", "channel_shipped": False})

    def test_only_channel_users_press_the_buttons(self):
        self.make_records()
        mixin = "sale.channel.operator.mixin"
        names = self.env.registry.descendants([mixin], "_inherit")
        records = [
            self.get_record(name)
            for name in sorted(names)
            if not self.env[name]._abstract
        ]
        self.assertIn("sale.channel.identity", [record._name for record in records])
        # To see the rows is not enough.
        self.env["ir.model.access"].create(
            [
                {
                    "name": "Everybody",
                    "model_id": self.env["ir.model"]._get_id(record._name),
                    "group_id": self.env.ref("base.group_user").id,
                    "perm_read": True,
                }
                for record in records
            ]
        )
        for role, user in self.users.items():
            for record in records:
                with self.subTest(model=record._name, role=role):
                    record.with_user(user).sudo()._check_operator()
                    if role in CHANNEL:
                        record.with_user(user)._check_operator()
                        continue
                    with self.assertRaises(AccessError):
                        record.with_user(user)._check_operator()
        buttons = (
            (self.inbox("ACCESS"), "action_retry"),
            (self.get_record("sale.channel.partner"), "action_same_person"),
            (self.get_record("sale.channel.identity"), "action_choose_new"),
        )
        for role in ("channel user", "salesman", "system"):
            self.sign_in(role)
            for record, button in buttons:
                with self.subTest(role=role, button=button):
                    refused = "AccessError" in self.press(record, button)
                    self.assertEqual(refused, role not in CHANNEL)

    def press(self, record, button):
        """Press a button over RPC; the name of the error, empty when there is none."""
        try:
            with mute_logger("odoo.http"):
                self.call(record, button)
        except JsonRpcException as error:
            return str(error)
        return ""

    def test_defaults_of_the_context_write_nothing(self):
        user = self.users["salesman"]
        model = self.env["sale.order"].with_user(user)
        model = model.with_context(default_channel_shipped=True)
        order = model.create({"partner_id": self.env.user.partner_id.id})
        self.assertFalse(order.sudo().channel_shipped)

    def test_an_order_stays_with_its_channel_and_company(self):
        order = self.make_records()
        order.user_id = self.users["salesman"]
        company = self.env["res.company"].create({"name": "Ajena"})
        foreign = self.channel.copy({"name": "Ajeno", "company_id": company.id})
        own = self.channel.copy({"name": "Propio"})
        mine = order.with_user(self.users["salesman"])
        for channel in (foreign.id, own.id, False):
            with self.subTest(channel=channel), self.assertRaises(ValidationError):
                mine.write({"sale_channel_id": channel})
        quotation = mine.create({"partner_id": order.partner_id.id})
        quotation.sale_channel_id = own
        with self.assertRaises(ValidationError):
            quotation.sale_channel_id = foreign

    def test_a_channel_that_has_worked_stays_in_its_company(self):
        self.make_records()
        company = self.env["res.company"].create({"name": "Ajena"})
        channel = self.channel.with_user(self.users["channel manager"])
        with self.assertRaises(UserError):
            channel.company_id = company
        fresh = channel.copy({"name": "Nuevo"})
        fresh.company_id = company

    def test_portal_users_see_nothing_of_the_channel_on_their_order(self):
        order = self.make_records()
        user = self.users["portal"]
        order.partner_id = user.partner_id
        order.message_subscribe(user.partner_id.ids)
        self.sign_in("portal")
        self.assertTrue(self.call(order, "read", ["name"]))
        for record, name in (
            (order, "channel_fee_total"),
            (order, "channel_hold"),
            (order.order_line[0], "channel_fee"),
        ):
            with (
                self.subTest(name),
                mute_logger("odoo.http"),
                self.assertRaisesRegex(JsonRpcException, "AccessError"),
            ):
                self.call(record, "read", [name])

    def test_a_mapping_names_nothing_that_its_reader_may_not_see(self):
        company = self.env["res.company"].create({"name": "Ajena"})
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        mapping = self.env["sale.channel.mapping"].create(
            {
                "channel_id": self.channel.id,
                "kind_id": self.env.ref("channel_order.kind_warehouse").id,
                "external_value": "full",
            }
        )
        mine = mapping.with_user(self.users["channel manager"])
        for value in (warehouse.id, 10**6):
            with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
                mine.res_id = value
            self.assertNotIn("Ajena", str(caught.exception))
        secret = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.env["ir.rule"].create(
            {
                "name": "Secret",
                "model_id": self.env["ir.model"]._get_id("stock.warehouse"),
                "domain_force": f"[('id', '!=', {secret.id})]",
            }
        )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            mine.res_id = secret.id
        self.env.cr.execute(
            "UPDATE sale_channel_mapping SET res_id = %s WHERE id = %s",
            [warehouse.id, mapping.id],
        )
        mapping.invalidate_recordset()
        self.assertFalse(mine.record_name)
        self.assertFalse(mine.record_ref)

    def test_what_arca_tells_is_for_accountants(self):
        self.make_records()
        answer = self.env["partner.registration.finding"].create(
            {
                "registry": "arca",
                "number": "20246813573",
                "environment": "production",
                "fetched_at": "2026-01-01",
                "checked_at": "2026-01-01",
                "outcome": "determined",
                "raw": "<persona/>",
                "content_hash": "x",
            }
        )
        for role, allowed in (("internal", False), ("billing", True)):
            found = answer.with_user(self.users[role])
            self.assertEqual(found.outcome, "determined")
            with self.subTest(role):
                if allowed:
                    self.assertTrue(found.raw)
                    continue
                with self.assertRaises(AccessError):
                    found.read(["raw"])

    def test_a_salesperson_duplicates(self):
        """What the server keeps does not stand in the way of a copy."""
        order = self.make_records()
        order.user_id = self.users["salesman"]
        self.assertFalse(order.with_user(self.users["salesman"]).copy().channel_hold)
        rule = {
            "compute_price": "fixed",
            "fixed_price": 1.0,
            "pricing_rate_id": self.env["pricing.interstate.rate"].search([]).ids[0],
        }
        pricelist = self.env["product.pricelist"].create(
            {"name": "Generated", "item_ids": [Command.create(rule)]}
        )
        manager = self.make_user("jefa", "sales_team.group_sale_manager")
        copied = pricelist.with_user(manager).copy()
        self.assertFalse(copied.item_ids.pricing_rate_id)

    def test_who_makes_contacts_merges_them(self):
        """Guarded values and restricted fields do not stand in the way."""
        order = self.make_records()
        user = self.users["salesman"]
        user.group_ids |= self.env.ref("base.group_partner_manager")
        kept = self.env["res.partner"].create({"name": "Kept"})
        order.partner_id.write({"vat": False, "l10n_ar_padron_state": "pending"})
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(user)
        wizard._merge((kept | order.partner_id).ids, kept.with_user(user))
        self.assertEqual(order.partner_id, kept)
        self.assertEqual(kept.l10n_ar_padron_state, "pending")
        over_rpc = kept.with_user(user).with_context(field_guard="merging")
        with self.assertRaises(AccessError):
            over_rpc.l10n_ar_padron_state = "determined"

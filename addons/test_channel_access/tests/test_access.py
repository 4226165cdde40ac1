from odoo.exceptions import AccessError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import AccessCase
from .matrix import ACCESS, GUARDS, SHARED

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

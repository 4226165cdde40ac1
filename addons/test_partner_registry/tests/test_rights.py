from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import RegistryCase


@tagged("post_install", "-at_install")
class TestRights(RegistryCase):
    def setUp(self):
        super().setUp()
        self.partner = self.make("T0001")
        self.request(self.partner).action_ask()
        self.row = self.partner.registration_ids[0]
        self.reader = self._user("nadia", "base.group_user")
        self.editor = self._user("zulma", "base.group_partner_manager")
        self.decider = self._user("elvio", "partner_registry.group_registry")

    def _user(self, login, group):
        return new_test_user(self.env, login, f"base.group_user,{group}")

    def test_nobody_writes_over_rpc(self):
        admin = self.env.ref("base.user_admin")
        for user in self.reader | self.editor | self.decider | admin:
            row = self.row.with_user(user)
            self.assertEqual(row.state, "determined")
            for record, values in (
                (row, {"state": "determined"}),
                (row.finding_id, {"outcome": "conflict"}),
            ):
                with self.subTest(user.login, model=record._name):
                    for act in (
                        lambda r=record, v=values: r.write(v),
                        lambda r=record: r.unlink(),
                        lambda r=record: r.copy(),
                    ):
                        with self.assertRaises(AccessError):
                            act()
            with self.assertRaises(AccessError):
                self.partner.with_user(user).write(
                    {"registration_ids": [(1, self.row.id, {"state": "conflict"})]}
                )

    def test_what_registries_tell_about_people(self):
        self.assertTrue(self.row.finding_id.with_user(self.decider).raw)
        for name in ("raw", "data"):
            with self.assertRaises(AccessError):
                self.row.finding_id.with_user(self.editor).read([name])

    def test_who_asks(self):
        for user, may in ((self.reader, False), (self.editor, True)):
            row = self.row.with_user(user)
            for act in (row.action_ask, row.action_ask_many):
                with self.subTest(user.login, act=act.__name__):
                    if may:
                        self.assertTrue(act())
                    else:
                        with self.assertRaises(AccessError):
                            act()

    def test_who_reviews(self):
        reviews = self.env["partner.registration.review"]
        values = {"registration_id": self.row.id}
        mine = reviews.with_user(self.editor).create(values)
        mine.line_ids.take = True
        self.assertTrue(mine.line_ids)
        theirs = mine.with_user(self.reader)
        for act in (
            theirs.action_apply,
            theirs.action_keep,
            *self._get_looks(self.reader),
        ):
            with self.assertRaises(AccessError):
                act()
        mine.action_apply()
        self.assertEqual(self.partner.city, "Niterói")
        mine.action_keep()

    def _get_looks(self, user):
        """Ways of seeing over RPC what a registry has about the customer."""
        reviews = self.env["partner.registration.review"].with_user(user)
        values = {"registration_id": self.row.id}
        spec = {
            "registration_id": {},
            "reason_text": {},
            "line_ids": {"fields": {"proposed": {}}},
        }
        return (
            lambda: reviews.create(values),
            lambda: reviews.create({**values, "line_ids": []}),
            lambda: reviews.web_save(values, spec),
            lambda: reviews.onchange(values, ["registration_id"], spec),
            lambda: reviews.with_context(default_registration_id=self.row.id).onchange(
                {}, [], spec
            ),
        )

    def test_batches_are_their_owner_s(self):
        action = self.row.with_user(self.editor).action_ask_many()
        batch = self.env[action["res_model"]].browse(action["res_id"])
        other = self._user("olga", "base.group_partner_manager")
        with self.assertRaises(AccessError):
            batch.with_user(other).read(["total"])
        self.assertEqual(batch.with_user(self.editor).total, 1)

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.partner.company_id = other
        self.assertEqual(self.row.company_id, other)
        self.env.invalidate_all()
        for user in self.editor | self.decider:
            row = self.row.with_user(user)
            self.assertFalse(row.search([("id", "=", row.id)]))
            for index, act in enumerate(
                (
                    row.action_ask,
                    row.action_ask_many,
                    row.read,
                    *self._get_looks(user),
                )
            ):
                self.env.invalidate_all()
                with self.subTest(user.login, act=index):
                    with self.assertRaises(AccessError):
                        act()
        # A review that is open is not turned to somebody else's customer.
        mine = self.make("T0002")
        self.request(mine).action_ask()
        review = self.env["partner.registration.review"].with_user(self.editor)
        review = review.create({"registration_id": mine.registration_ids[0].id})
        with self.assertRaises(AccessError):
            review.registration_id = self.row.id

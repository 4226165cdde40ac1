from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import FakeCase

MODELS = (
    "sale.channel",
    "sale.channel.flow",
    "sale.channel.mapping",
    "sale.channel.run",
    "sale.channel.order",
    "sale.channel.order.event",
    "sale.channel.freight.rule",
    "sale.channel.partner",
    "sale.channel.identity",
)


@tagged("post_install", "-at_install")
class TestCompanyRules(FakeCase):
    """Nobody sees what belongs to a company that is not theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger_company = cls.env["res.company"].create({"name": "Ajena"})
        cls.users = cls.env["res.users"]
        for login, group in (("gestora", "manager"), ("empleada", "user")):
            cls.users |= cls.make_user(login, f"channel_base.group_channel_{group}")

    def records(self, model):
        found = self.env[model].sudo().search([])
        return found.filtered(
            lambda r: (
                (
                    r.channel_id
                    if "channel_id" in r._fields
                    else r.order_id.channel_id
                    if "order_id" in r._fields
                    else r
                )
                == self.channel
            )
        )

    def test_every_model(self):
        self.imported()
        self.env["sale.channel.freight.rule"].create({"channel_id": self.channel.id})
        for model in MODELS:
            records = self.records(model)
            for user in self.users:
                with self.subTest(model=model, user=user.login):
                    self.assertTrue(records)
                    mine = records.with_user(user)
                    self.assertEqual(mine.search([("id", "in", records.ids)]), mine)
        self.users.write(
            {
                "company_ids": [(6, 0, self.stranger_company.ids)],
                "company_id": self.stranger_company.id,
            }
        )
        for model in MODELS:
            records = self.records(model)
            for user in self.users:
                with self.subTest(model=model, user=user.login):
                    self.assertTrue(records)
                    theirs = (
                        self.env(context={})[model].browse(records.ids).with_user(user)
                    )
                    self.assertFalse(theirs.search([("id", "in", records.ids)]))
                    with self.assertRaises(AccessError):
                        theirs.read(["id", "create_date"])

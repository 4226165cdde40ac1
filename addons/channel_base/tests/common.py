"""A company's channel and its users, without any provider."""

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user


class ChannelCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Una"})
        cls.other_company = cls.env["res.company"].create({"name": "Otra"})
        cls.env.user.company_ids |= cls.company | cls.other_company
        cls.channel = cls.make_channel("Canal", cls.company)
        cls.kind = cls.env["sale.channel.mapping.kind"].create(
            {
                "name": "country",
                "code": "test_country",
                "model_id": cls.env["ir.model"]._get_id("res.country"),
            }
        )
        cls.team_kind = cls.env["sale.channel.mapping.kind"].create(
            {
                "name": "category",
                "code": "test_category",
                "model_id": cls.env["ir.model"]._get_id("res.partner.category"),
            }
        )
        cls.manager = cls.make_user(
            "jefa", "channel_base.group_channel_manager,base.group_allow_export"
        )
        cls.user = cls.make_user("empleado", "channel_base.group_channel_user")
        cls.admin = cls.make_user("sistema", "base.group_system")

    @classmethod
    def make_channel(cls, name, company):
        return cls.env["sale.channel"].create(
            {"name": name, "company_id": company.id, "user_id": cls.env.user.id}
        )

    @classmethod
    def make_user(cls, login, group):
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{group}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def make_mapping(cls, value, **values):
        return cls.env["sale.channel.mapping"].create(
            {
                "channel_id": cls.channel.id,
                "kind_id": cls.kind.id,
                "external_value": value,
                **values,
            }
        )

    def error_of(self, kind, call, *args, **options):
        """The error that a call raises; unlike ``assertRaises``, what the call wrote
        is kept."""
        try:
            call(*args, **options)
        except kind as error:
            return error
        return self.fail(f"{kind.__name__} was not raised")

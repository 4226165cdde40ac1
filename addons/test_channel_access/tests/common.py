"""A user of each role, and a record of every model."""

from odoo.fields import Command
from odoo.modules import Manifest
from odoo.tests import new_test_user

from odoo.addons.test_channel.tests.common import AlwaysInTestMode, FakeCase

from .matrix import ROLES, SHARED, VALUES

AUTHOR = "Channel Suite"


# Leads from a record to its company, the first one that there is.
OWNERS = (
    "company_id",
    "channel_id",
    "order_id",
    "proposal_id",
    "flow_id",
    "buyer_id",
    "scenario_id",
    "certificate_id",
)


class AccessCase(AlwaysInTestMode, FakeCase):
    # It has a catalogue, and all that the fake channel has.
    provider = "fake_shop"
    samples = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls.make_role(role) for role in ROLES}

    @classmethod
    def make_role(cls, role):
        """A user of the company under test with the role's groups only."""
        if role == "public":
            return cls.env.ref("base.public_user")
        groups = ROLES[role]
        base = "base.group_portal" if groups is None else "base.group_user"
        return new_test_user(
            cls.env,
            f"role {role}",
            groups=",".join(filter(None, [base, groups])),
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    @classmethod
    def make_stranger(cls):
        """Who has all rights, in another company."""
        company = cls.env["res.company"].create({"name": "Ajena"})
        return new_test_user(
            cls.env,
            "stranger",
            groups=",".join(filter(None, ["base.group_user", *ROLES.values()])),
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    @classmethod
    def get_own_models(cls):
        """Names of the models that the suite makes, abstract ones left out."""
        return sorted(
            name
            for name, model in cls.env.registry.items()
            if not model._abstract and cls.is_own(model._original_module)
        )

    @classmethod
    def is_own(cls, module):
        manifest = Manifest.for_addon(module or "", display_warning=False)
        return bool(manifest) and manifest["author"] == AUTHOR

    def make_records(self):
        """Let an order come in; a record of the company of every model.

        :return: the sale order
        """
        order = self.imported("ACCESS")
        rules = [Command.create({"compute_price": "fixed", "fixed_price": 1.0})]
        pricelist = self.env["product.pricelist"].create(
            {"name": "Own", "company_id": self.company.id, "item_ids": rules}
        )
        product = order.order_line[:1].product_id
        listing, kit = self.env["sale.channel.listing"].create(
            [
                {"channel_id": self.channel.id, "product_id": product.id},
                {
                    "channel_id": self.channel.id,
                    "component_ids": [Command.create({"product_id": product.id})],
                },
            ]
        )
        self.samples = {
            "sale.channel.listing": listing,
            "sale.channel.listing.component": kit.component_ids,
            "account.move": order._create_invoices(),
            "account.tax": self.tax_21,
            "product.pricelist": pricelist,
            "product.pricelist.item": pricelist.item_ids,
            "res.partner": order.partner_id,
            "sale.order": order,
            "sale.order.line": order.order_line[:1],
        }
        for model in self.get_own_models():
            if not self.env[model]._transient and model not in SHARED:
                self.get_record(model)
        return order

    def get_record(self, model):
        """A record of a model that belongs to the company under test."""
        if model in self.samples:
            return self.samples[model]
        found = self.get_company_records(model)[:1]
        # A view has what its tables have.
        return found or (self.env[model]._auto and self.make_record(model))

    def make_record(self, model):
        """The smallest record of a model that the database takes."""
        records = self.env[model].sudo()
        values = dict(VALUES.get(model, {}))
        for name, field in records._fields.items():
            owner = name in OWNERS and field.store and not field.related
            needed = field.required and field.store and not field.related
            if (
                name in values
                or not (needed or owner)
                or name in records.default_get([name])
                and not owner
            ):
                continue
            values[name] = self.make_value(field)
        # Some records make others when they are created.
        return self.get_company_records(model)[:1] or records.create(values)

    def make_value(self, field):
        if field.comodel_name == "res.company":
            return self.company.id
        if field.type == "many2one":
            if self.is_own(self.env[field.comodel_name]._original_module):
                return self.get_record(field.comodel_name).id
            others = self.env[field.comodel_name]
            own = "company_id" in others._fields
            domain = [("company_id", "=", self.company.id)] if own else []
            values = {"name": "1", **({"company_id": self.company.id} if own else {})}
            return (others.search(domain, limit=1) or others.create(values)).id
        if field.type == "selection":
            return field.get_values(self.env)[0]
        return {
            "char": "1",
            "text": "1",
            "json": {},
            "date": "2026-01-01",
            "datetime": "2026-01-01 00:00:00",
        }.get(field.type, 1)

    def get_owner(self, record):
        """The company of a record; an empty one when all companies share it."""
        while record._name != "res.company":
            step = next((name for name in OWNERS if name in record._fields), None)
            if not step:
                return self.env["res.company"]
            record = record[step]
        return record

    def get_company_records(self, model):
        """The records of a model that belong to the company under test."""
        found = self.env[model].sudo().with_context(active_test=False).search([])
        return found.filtered(lambda record: self.get_owner(record) == self.company)

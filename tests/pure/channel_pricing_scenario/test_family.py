from odoo.addons.channel_pricing_scenario.lib.family import FAMILY, KINDS


def test_customers_are_put_into_groups_and_never_removed():
    assert KINDS == ("group", "list", "contract", "customer")
    removed = [kind.code for operation, kind in FAMILY.order if operation == "delete"]
    assert removed == ["contract", "list", "group"]
    customer = FAMILY["customer"]
    assert (customer.created, customer.emptied) == (False, {"group": None})


def test_contracts_name_groups_and_lists():
    assert FAMILY.named == {"group", "list"}

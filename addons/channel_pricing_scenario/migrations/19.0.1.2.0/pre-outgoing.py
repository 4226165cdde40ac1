from odoo.addons.channel_pricing_scenario.tools.upgrade import remove_rules


def migrate(cr, version):
    """The rules of models that are gone do not stay."""
    remove_rules(cr)

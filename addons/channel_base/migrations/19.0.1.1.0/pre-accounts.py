from odoo.addons.channel_base.tools.accounts import mark_doubles


def migrate(cr, version):
    """Before the index: accounts that two channels have already are marked."""
    mark_doubles(cr)

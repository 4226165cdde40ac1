from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """The menu of OCA's addon, which ours had switched off, is there again."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    menu = env.ref("sale_channel.menuitem_sale_channels", raise_if_not_found=False)
    if menu:
        menu.active = True

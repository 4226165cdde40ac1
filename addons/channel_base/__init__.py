from . import controllers, models, wizards


def uninstall_hook(env):
    """Leave no scheduled action behind, and give OCA's menu back."""
    env["sale.channel.flow"].with_context(active_test=False).search([]).unlink()
    menu = env.ref("sale_channel.menuitem_sale_channels", raise_if_not_found=False)
    if menu:
        menu.active = True

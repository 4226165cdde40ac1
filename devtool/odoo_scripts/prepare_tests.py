"""Make the companies that the addons' tests would make for each class, and bundles.

Run by ``./dev`` in the template of the Odoo suite, with ``env`` as in ``odoo shell``.
Nobody is left with access to them: a test that has not asked for one must not notice.
"""

from odoo.modules import module

from odoo.addons.channel_order.tests.common import ChannelOrderCommon
from odoo.addons.l10n_ar_arca.tests.common import ArcaCase
from odoo.addons.pricing_scenario.tests.common import PricingCase


def main(env):
    module.current_test = True  # or a company would install addons of its country
    user = env.user
    own = user.company_ids
    for case in (ChannelOrderCommon, ArcaCase, PricingCase):
        case.prepare(env)
    user.company_ids = own
    env["ir.qweb"]._pregenerate_assets_bundles()
    env.cr.commit()


if __name__ == "__main__":
    main(env)  # noqa: F821 - the shell provides it

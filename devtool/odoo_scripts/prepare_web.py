"""Build the web client's bundles, so that no request has to; run in Odoo's shell."""

env["ir.qweb"]._pregenerate_assets_bundles()  # noqa: F821 - the shell's
env.cr.commit()  # noqa: F821

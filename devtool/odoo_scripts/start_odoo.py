"""Odoo's command line, as a file: a prefork server starts its websocket process by
running the same file again, which ``python -m odoo`` is not."""

import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()

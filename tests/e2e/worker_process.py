"""Processes with Odoo's registry that call functions of ``odoo_side``, or of a module
that is named with the function.

Started with ``CONFIG DATABASE SOCKET…``: numbers of open sockets, with a process for
each. One reads JSON requests from its socket, a line each, and answers with a line.
"""

import json
import os
import socket
import sys
import time
from importlib import import_module

DEFAULT_MODULE = "e2e.odoo_side"


def main(config_file, database, *descriptors):
    import odoo
    from odoo import sql_db
    from odoo.modules.registry import Registry

    arguments = ["-c", config_file, "-d", database, "--no-http", "--max-cron-threads=0"]
    odoo.tools.config.parse_config(arguments, setup_logging=True)
    registry = Registry(database)
    import e2e.odoo_side  # noqa: F401 - once, before there are several processes

    sql_db.close_all()  # a connection belongs to one process
    own, *others = map(int, descriptors)
    while others and os.fork() == 0:
        os.close(own)
        own, *others = others
    for other in others:
        os.close(other)
    with socket.socket(fileno=own) as connection:
        serve(registry, connection.makefile("rw"))


def serve(registry, stream):
    from odoo import SUPERUSER_ID, api

    def answer(**content):
        stream.write(json.dumps(content) + "\n")
        stream.flush()

    answer(ready=True)
    for line in stream:
        request = json.loads(line)
        # All workers of a test act at one moment.
        time.sleep(max(0.0, (request.get("at") or 0) - time.time()))
        try:
            registry.check_signaling()
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                module, _dot, name = request["function"].rpartition(".")
                function = getattr(import_module(module or DEFAULT_MODULE), name)
                result = function(env, **request["values"])
                # The registry's other users must see what this one has changed.
                env.flush_all()
            registry.signal_changes()
        except Exception as error:  # noqa: BLE001 - told to the caller
            answer(error=f"{type(error).__name__}: {error}")
        else:
            answer(result=result)


if __name__ == "__main__":
    main(*sys.argv[1:])

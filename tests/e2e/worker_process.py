"""A process with Odoo's registry that calls functions of ``odoo_side``.

Started with ``CONFIG DATABASE``; reads one JSON request per line from standard input
and answers each with one line on standard output.
"""

import json
import sys
import time

ANSWERS = sys.stdout
sys.stdout = sys.stderr


def main(config_file, database):
    import odoo
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    arguments = ["-c", config_file, "-d", database, "--no-http", "--max-cron-threads=0"]
    odoo.tools.config.parse_config(arguments, setup_logging=True)
    registry = Registry(database)

    from e2e import odoo_side

    def answer(**content):
        ANSWERS.write(json.dumps(content) + "\n")
        ANSWERS.flush()

    answer(ready=True)
    for line in sys.stdin:
        request = json.loads(line)
        # All workers of a test act at one moment.
        time.sleep(max(0.0, (request.get("at") or 0) - time.time()))
        try:
            registry.check_signaling()
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                function = getattr(odoo_side, request["function"])
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

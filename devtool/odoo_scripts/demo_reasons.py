"""Why orders of the demo were rejected, in words; run in Odoo's shell.

Prints one JSON list of [reason, how many] as the last line.
"""

import json
from collections import Counter

rows = env["sale.channel.order"].search([("state", "=", "rejected")])  # noqa: F821
reasons = Counter(row.error_message or row.error_code for row in rows)
print(json.dumps(reasons.most_common()))

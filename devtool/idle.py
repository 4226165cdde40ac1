"""Whether channels have nothing left to do, read from the database without Odoo.

The demo, the end-to-end tests and the benchmarks wait for it.
"""

from typing import Any

# A row is at rest when nothing will happen to it by itself: not while its next attempt
# is due or, of those that wait for one, unless it waits for data that the channel
# still prepares. A flow, when it has finished what it began and was asked to do.
UNFINISHED = """
    SELECT (SELECT count(*) FROM sale_channel_order o
             WHERE o.sync_state IN ('fetch', 'process')
               AND (o.next_attempt_at <= now() AT TIME ZONE 'UTC'
                    OR (%(waiting)s AND o.awaits_data IS NOT TRUE))
               AND (%(channels)s IS NULL OR o.channel_id = ANY(%(channels)s)))
         + (SELECT count(*) FROM sale_channel_flow f
              LEFT JOIN sale_channel_flow_state s ON s.flow_id = f.id
             WHERE f.enabled
               AND (%(channels)s IS NULL OR f.channel_id = ANY(%(channels)s))
               AND (s.last_run_at IS NULL
                    OR COALESCE(s.requests_seen, 0) <> COALESCE(f.run_requests, 0)
                    OR (s.retry_at IS NOT NULL AND (%(waiting)s OR s.failures = 0))
                    OR EXISTS (SELECT 1 FROM sale_channel_run r
                                WHERE r.id = s.run_id AND r.state = 'running')))
"""


def unfinished(
    cursor: Any, channels: list[int] | None = None, *, waiting: bool = False
) -> int:
    """How many orders and flows have something to do.

    :param channels: ids of the channels in question; None for all of them
    :param waiting: count what waits for its next attempt after a failure, too
    """
    cursor.execute(UNFINISHED, {"channels": channels, "waiting": waiting})
    found: int = cursor.fetchone()[0]
    return found

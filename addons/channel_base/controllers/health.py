from odoo import http
from odoo.http import request


class ChannelHealth(http.Controller):
    @http.route(
        "/channel/health", type="http", auth="none", methods=["GET"], save_session=False
    )
    def health(self):
        """Whether scheduled actions run, for monitors: 200, or 503 with the reason.

        Odoo's own ``/web/health`` answers as well while no flow runs any more. Nothing
        is told that a visitor may not know.
        """
        # A monitor has not logged in.
        problem = request.env["ir.cron"].sudo()._find_standstill()
        headers = [("Cache-Control", "no-store")]
        if not problem:
            return request.make_json_response({"status": "pass"}, headers)
        return request.make_json_response(
            {"status": "fail", "problem": problem},
            [*headers, ("X-Problem", problem)],
            status=503,
        )

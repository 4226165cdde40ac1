from . import (
    test_certificate,
    test_cron,
    test_move,
    test_partner,
    test_portal,
    test_positions,
    test_ticket,
    test_wizards,
)

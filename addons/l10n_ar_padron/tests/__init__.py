from . import (
    test_cron,
    test_move,
    test_partner,
    test_portal,
    test_positions,
    test_registry,
    test_upgrade,
    test_wizards,
)

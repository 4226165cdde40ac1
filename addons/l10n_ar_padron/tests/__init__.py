from . import test_cron, test_partner, test_ticket

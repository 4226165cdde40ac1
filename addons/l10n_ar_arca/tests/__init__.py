from . import test_certificate, test_hooks, test_ticket

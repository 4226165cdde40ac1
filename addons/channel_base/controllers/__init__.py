from . import health, oauth, webhook

from . import partner_registration, partner_registry_test, res_company

-- what registries tell about people, beyond what was taken from it
UPDATE partner_registration_finding SET raw = NULL;

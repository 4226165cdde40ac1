-- a copy of the database never talks to a channel
UPDATE sale_channel_credential
   SET state = 'none',
       client_secret = NULL,
       access_token = NULL,
       refresh_token = NULL,
       oauth_state = NULL,
       oauth_verifier = NULL,
       expires_at = NULL;
UPDATE sale_channel_flow SET enabled = false;
UPDATE sale_channel SET state = 'paused' WHERE state IN ('trial', 'live');

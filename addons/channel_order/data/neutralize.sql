-- what the channel sent: buyers' names, documents and addresses
UPDATE sale_channel_order
   SET payload = NULL,
       content_hash = NULL,
       needs_fetch = true
 WHERE payload IS NOT NULL;

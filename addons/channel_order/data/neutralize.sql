-- what the channel sent: buyers' names, documents and addresses
UPDATE sale_channel_order
   SET payload = NULL,
       content_hash = NULL,
       -- what is no longer there is read again before it is processed
       sync_state = CASE sync_state WHEN 'process' THEN 'fetch' ELSE sync_state END
 WHERE payload IS NOT NULL;

"""Values of the de-para are compared as composed text (NFC)."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE sale_channel_mapping mapping
           SET external_value = normalize(external_value)
         WHERE external_value IS NOT NORMALIZED
           AND NOT EXISTS (
                SELECT 1
                  FROM sale_channel_mapping other
                 WHERE other.channel_id = mapping.channel_id
                   AND other.kind_id = mapping.kind_id
                   AND other.id != mapping.id
                   AND normalize(other.external_value)
                     = normalize(mapping.external_value)
           )
        """
    )

"""Names of states come as composed text (NFC) now; other values of the de-para are
keys, compared as they came."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE sale_channel_mapping mapping
           SET external_value = normalize(external_value)
          FROM sale_channel_mapping_kind kind
         WHERE kind.id = mapping.kind_id AND kind.code = 'state'
           AND external_value IS NOT NORMALIZED
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

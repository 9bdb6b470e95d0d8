extension Migrations {
  /// A key for each payload, and what is erased when.
  ///
  /// A payload without a wrapped key was written before and lies in the clear until `entente keys rewrap` seals it.
  /// `red` marks what is deleted once nobody waits for it: what is TLP:RED, or was never read; in the latter case once its
  /// dead letter is closed, so that the index holds what is due and little else.
  static let payloadKeys = """
    ALTER TABLE payload ADD COLUMN master TEXT;
    ALTER TABLE payload ADD COLUMN wrapped_key BLOB;
    ALTER TABLE payload ADD COLUMN red INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX payload_red ON payload (message) WHERE red = 1;
    UPDATE payload SET red = 1 FROM message m WHERE m.id = payload.message AND (m.tlp = 'TLP:RED'
      OR (m.accepted_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM dead_letter l WHERE l.message = m.id AND l.state IN ('open', 'replaying'))));

    ALTER TABLE edit ADD COLUMN master TEXT;
    ALTER TABLE edit ADD COLUMN wrapped_key BLOB;

    ALTER TABLE message ADD COLUMN erase_at INTEGER;
    CREATE INDEX message_erase ON message (erase_at) WHERE erase_at IS NOT NULL;

    CREATE TABLE erasure (
      id INTEGER PRIMARY KEY,
      message INTEGER NOT NULL,
      scope TEXT NOT NULL,
      cause TEXT NOT NULL,
      act INTEGER,
      at INTEGER NOT NULL,
      entry INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX erasure_message ON erasure (message);
    """
}

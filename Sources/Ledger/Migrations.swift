import GRDB

/// The ledger's schema, step by step. A step that was released is never edited: the next one changes what it made.
enum Migrations {
  struct Step {
    let version: Int
    let name: String
    let sql: String
    /// What SQL alone cannot do; runs after it, in the same transaction.
    var code: (@Sendable (Database) throws -> Void)?
  }

  static let steps = [
    Step(version: 1, name: "kernel", sql: kernel),
    Step(version: 2, name: "tree and groups", sql: treeAndGroups, code: growTree),
    Step(version: 3, name: "payload keys", sql: payloadKeys),
    Step(version: 4, name: "operations", sql: operations),
    Step(version: 5, name: "replays", sql: replays),
    Step(version: 6, name: "objects", sql: objects),
  ]

  /// Brings the file to the newest version; several processes may try at once.
  static func run(_ db: Database, steps: [Step] = steps) throws {
    try db.inTransaction(.immediate) {
      try db.execute(
        sql: "CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT")
      let current = try Int.fetchOne(db, sql: "SELECT max(version) FROM migration") ?? 0
      if let newest = steps.last?.version, current > newest {
        throw LedgerError(
          .newer, "the ledger has version \(current), this program knows \(newest): use the newer program")
      }
      for step in steps where step.version > current {
        try db.execute(sql: step.sql)
        try step.code?(db)
        try db.execute(
          sql: "INSERT INTO migration (version, name) VALUES (?, ?)", arguments: [step.version, step.name])
      }
      return .commit
    }
  }

  /// The bytes of payloads and decisions stand last in rows that never change: what is updated often stays small.
  /// Identifiers stand in immutable leaves, so none may be given twice: hence AUTOINCREMENT. Only one index has random
  /// keys, that of (sender, message_id); all others grow at their end or are partial and small.
  private static let kernel = """
    CREATE TABLE entry (
      seq INTEGER PRIMARY KEY,
      leaf BLOB NOT NULL,
      hash BLOB NOT NULL
    ) STRICT;

    CREATE TABLE configuration (
      version INTEGER PRIMARY KEY AUTOINCREMENT,
      digest TEXT NOT NULL,
      files BLOB NOT NULL,
      salt BLOB NOT NULL,
      at INTEGER NOT NULL,
      entry INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE message (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      sender TEXT NOT NULL,
      message_id TEXT NOT NULL,
      derived_id INTEGER NOT NULL,
      lane TEXT NOT NULL,
      published_lane TEXT NOT NULL,
      format TEXT,
      version TEXT,
      kind TEXT,
      type TEXT,
      content_type TEXT,
      headers BLOB NOT NULL,
      traceparent TEXT,
      content_mac BLOB NOT NULL,
      mac_key TEXT NOT NULL,
      salt BLOB NOT NULL,
      received_at INTEGER NOT NULL,
      accepted_at INTEGER,
      tlp TEXT,
      exercise INTEGER NOT NULL,
      configuration INTEGER,
      considered INTEGER NOT NULL,
      state TEXT NOT NULL,
      duplicates INTEGER NOT NULL DEFAULT 0,
      replay_of INTEGER,
      entry INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX message_identity ON message (sender, message_id, state);

    CREATE TABLE payload (
      message INTEGER PRIMARY KEY,
      size INTEGER NOT NULL,
      digest BLOB NOT NULL,
      file TEXT,
      bytes BLOB
    ) STRICT;
    CREATE INDEX payload_file ON payload (file) WHERE file IS NOT NULL;

    CREATE TABLE delivery (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      message INTEGER NOT NULL,
      recipient TEXT NOT NULL,
      state TEXT NOT NULL,
      lane TEXT NOT NULL,
      format TEXT,
      delivery_id TEXT NOT NULL,
      revision INTEGER NOT NULL DEFAULT 1,
      decision INTEGER NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0,
      next_attempt_at INTEGER NOT NULL,
      claimed_by TEXT,
      last_cause TEXT,
      confirmed_revision INTEGER,
      confirmed_at INTEGER,
      body_mac BLOB,
      losses BLOB,
      confirm_salt BLOB,
      confirm_entry INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX delivery_pair ON delivery (message, recipient);
    CREATE INDEX delivery_due ON delivery (lane, next_attempt_at) WHERE state = 'pending';
    CREATE INDEX delivery_due_to ON delivery (recipient, lane, next_attempt_at) WHERE state = 'pending';

    CREATE TABLE decision (
      id INTEGER PRIMARY KEY,
      delivery INTEGER NOT NULL,
      previous INTEGER,
      kind TEXT NOT NULL,
      outcome TEXT NOT NULL,
      rule TEXT NOT NULL,
      arrangement TEXT,
      configuration INTEGER NOT NULL,
      replay_of INTEGER,
      at INTEGER NOT NULL,
      salt BLOB NOT NULL,
      entry INTEGER NOT NULL,
      reason TEXT NOT NULL,
      objects BLOB NOT NULL,
      bytes BLOB NOT NULL
    ) STRICT;

    CREATE TABLE failure (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      message INTEGER NOT NULL,
      delivery INTEGER,
      dead_letter INTEGER,
      stage TEXT NOT NULL,
      cause TEXT NOT NULL,
      permanent INTEGER NOT NULL,
      detail TEXT NOT NULL,
      location TEXT,
      fingerprint TEXT NOT NULL,
      at INTEGER NOT NULL,
      salt BLOB NOT NULL,
      entry INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX failure_message ON failure (message);

    CREATE TABLE dead_letter (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      message INTEGER NOT NULL,
      delivery INTEGER,
      sender TEXT NOT NULL,
      recipient TEXT,
      state TEXT NOT NULL,
      failure INTEGER NOT NULL,
      at INTEGER NOT NULL,
      changed_at INTEGER NOT NULL,
      replay_act INTEGER,
      replay_until INTEGER
    ) STRICT;
    CREATE INDEX dead_letter_message ON dead_letter (message);
    CREATE INDEX dead_letter_open ON dead_letter (id) WHERE state IN ('open', 'replaying');

    CREATE TABLE dead_letter_event (
      id INTEGER PRIMARY KEY,
      dead_letter INTEGER NOT NULL,
      at INTEGER NOT NULL,
      what TEXT NOT NULL,
      operator TEXT,
      note TEXT,
      act INTEGER,
      failure INTEGER,
      salt BLOB NOT NULL,
      entry INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX dead_letter_event_of ON dead_letter_event (dead_letter);

    CREATE TABLE edit (
      id INTEGER PRIMARY KEY,
      dead_letter INTEGER NOT NULL,
      message INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      size INTEGER NOT NULL,
      digest BLOB NOT NULL,
      file TEXT,
      operator TEXT NOT NULL,
      note TEXT NOT NULL,
      at INTEGER NOT NULL,
      salt BLOB NOT NULL,
      entry INTEGER NOT NULL,
      bytes BLOB
    ) STRICT;
    CREATE INDEX edit_message ON edit (message);
    CREATE INDEX edit_file ON edit (file) WHERE file IS NOT NULL;

    CREATE TABLE receipt (
      id INTEGER PRIMARY KEY,
      agency TEXT NOT NULL,
      message INTEGER NOT NULL,
      line BLOB NOT NULL,
      state TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX receipt_message ON receipt (message);
    CREATE INDEX receipt_pending ON receipt (agency, id) WHERE state = 'pending';

    CREATE TABLE act (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      operator TEXT NOT NULL,
      kind TEXT NOT NULL,
      arguments BLOB NOT NULL,
      state TEXT NOT NULL,
      result BLOB,
      claimed_by TEXT,
      claimed_until INTEGER,
      changed_at INTEGER NOT NULL,
      salt BLOB NOT NULL,
      entry INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX act_open ON act (id) WHERE state IN ('requested', 'running');

    CREATE TABLE suspect (
      sender TEXT NOT NULL,
      key TEXT NOT NULL,
      attempts INTEGER NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (sender, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE hub (
      id TEXT PRIMARY KEY,
      started INTEGER NOT NULL,
      beat INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE lease (
      name TEXT PRIMARY KEY,
      owner TEXT NOT NULL,
      until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """
}

extension Migrations {
  /// Replays with their frozen lists, edits that a second person approves, and what a million dead letters are filtered by.
  ///
  /// A dead letter carries what its newest failure and its message say of it, so that a filter needs no other table. What
  /// failed before it was read has no format; its sender's `type` says which it was meant to be.
  static let replays = """
    CREATE TABLE replay (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      act INTEGER NOT NULL,
      state TEXT NOT NULL,
      why TEXT NOT NULL DEFAULT '',
      total INTEGER NOT NULL,
      claimed_by TEXT,
      claimed_until INTEGER,
      changed_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX replay_running ON replay (id) WHERE state = 'running';

    CREATE TABLE replay_item (
      replay INTEGER NOT NULL,
      position INTEGER NOT NULL,
      dead_letter INTEGER,
      delivery INTEGER,
      taken INTEGER,
      verdict TEXT,
      detail TEXT,
      at INTEGER,
      salt BLOB,
      entry INTEGER,
      PRIMARY KEY (replay, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX replay_item_open ON replay_item (replay, position) WHERE verdict IS NULL;
    CREATE INDEX replay_item_verdict ON replay_item (replay, verdict, position) WHERE verdict IS NOT NULL;

    ALTER TABLE message ADD COLUMN edit_of TEXT;
    CREATE INDEX replay_item_letter ON replay_item (dead_letter) WHERE dead_letter IS NOT NULL;
    CREATE INDEX replay_item_delivery ON replay_item (delivery) WHERE delivery IS NOT NULL;

    CREATE INDEX message_edit ON message (sender, edit_of) WHERE edit_of IS NOT NULL;
    ALTER TABLE edit ADD COLUMN needs_approval INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE edit ADD COLUMN approved_by TEXT;
    ALTER TABLE edit ADD COLUMN approved_at INTEGER;

    ALTER TABLE dead_letter ADD COLUMN stage TEXT NOT NULL DEFAULT '';
    ALTER TABLE dead_letter ADD COLUMN cause TEXT NOT NULL DEFAULT '';
    ALTER TABLE dead_letter ADD COLUMN format TEXT;
    ALTER TABLE dead_letter ADD COLUMN kind TEXT;
    UPDATE dead_letter SET stage = f.stage, cause = f.cause FROM failure f WHERE f.id = dead_letter.failure;
    UPDATE dead_letter SET format = \(format), kind = \(kind) FROM message m WHERE m.id = dead_letter.message;
    DROP INDEX dead_letter_group;
    CREATE INDEX dead_letter_group ON dead_letter (fingerprint, archived_at, at, state)
      WHERE state IN ('open', 'replaying');
    CREATE INDEX dead_letter_sender ON dead_letter (sender, id) WHERE state IN ('open', 'replaying');
    CREATE INDEX dead_letter_recipient ON dead_letter (recipient, id)
      WHERE state IN ('open', 'replaying') AND recipient IS NOT NULL;
    CREATE INDEX dead_letter_cause ON dead_letter (cause, id) WHERE state IN ('open', 'replaying');
    CREATE INDEX dead_letter_kind ON dead_letter (kind, id) WHERE state IN ('open', 'replaying');
    CREATE INDEX dead_letter_format ON dead_letter (format, id) WHERE state IN ('open', 'replaying');
    CREATE INDEX dead_letter_at ON dead_letter (at, id) WHERE state IN ('open', 'replaying');
    """

  /// The format of a message `m`, as it was read or as its sender's `type` says; NULL where neither does.
  static let format = """
    coalesce(m.format, CASE WHEN instr(m.type, '/') > 0 THEN substr(m.type, 1, instr(m.type, '/') - 1) ELSE m.type END)
    """

  /// Its kind, likewise.
  static let kind = """
    coalesce(m.kind, CASE WHEN instr(m.type, '/') > 0 THEN substr(m.type, instr(m.type, '/') + 1) END)
    """
}

extension Migrations {
  /// What operators switch off and hubs tell each other: switches, alarms, when a source was last heard, and which
  /// configuration a hub follows.
  static let operations = """
    CREATE TABLE switch (
      name TEXT PRIMARY KEY,
      value BLOB NOT NULL,
      operator TEXT NOT NULL,
      at INTEGER NOT NULL,
      act INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE alarm (
      name TEXT NOT NULL,
      hub TEXT NOT NULL,
      text TEXT NOT NULL,
      since INTEGER NOT NULL,
      PRIMARY KEY (name, hub)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE heard (
      agency TEXT PRIMARY KEY,
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    ALTER TABLE hub ADD COLUMN configuration INTEGER;
    """
}

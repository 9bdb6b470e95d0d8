import GRDB

extension Migrations {
  /// The log's tree with its signed heads, and what groups dead letters.
  ///
  /// Subtrees are numbered in the order in which they are completed, so the table grows at its end. A dead letter carries
  /// the fingerprint of its newest failure, so that a million of them are grouped by one walk through an index.
  static let treeAndGroups = """
    CREATE TABLE subtree (
      position INTEGER PRIMARY KEY,
      hash BLOB NOT NULL
    ) STRICT;

    CREATE TABLE head (
      size INTEGER PRIMARY KEY,
      root BLOB NOT NULL,
      at INTEGER NOT NULL,
      key TEXT NOT NULL,
      signature BLOB NOT NULL
    ) STRICT;

    ALTER TABLE dead_letter ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
    ALTER TABLE dead_letter ADD COLUMN archived_at INTEGER;
    UPDATE dead_letter SET fingerprint = f.fingerprint FROM failure f WHERE f.id = dead_letter.failure;
    CREATE INDEX dead_letter_group ON dead_letter (fingerprint, archived_at, at)
      WHERE state IN ('open', 'replaying');

    CREATE INDEX delivery_held ON delivery (id) WHERE state = 'held';
    """

  /// Builds the tree over the entries that are there.
  @Sendable static func growTree(_ db: Database) throws {
    var tree = MerkleFrontier()
    let insert = try db.makeStatement(sql: "INSERT INTO subtree (position, hash) VALUES (?, ?)")
    let entries = try Row.fetchCursor(db, sql: "SELECT seq, hash FROM entry ORDER BY seq")
    while let row = try entries.next() {
      guard (row["seq"] as Int64) == tree.size else {
        throw LedgerError(.corrupt, "entry \(tree.size) is missing from the log: restore the ledger from a backup")
      }
      try tree.append(try row.bytes("hash")) { subtree, hash in
        try insert.execute(arguments: [subtree.position, hash.blob])
      }
    }
  }
}

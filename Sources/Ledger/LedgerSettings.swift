/// Where a ledger lives and how it commits.
///
/// - `path`: the SQLite file; payloads over `inlinePayloadLimit` are files in `<path>-payloads/`.
/// - `keys`: the hub key under which content is compared, and the master keys of payloads.
/// - `groupMessages`, `groupBytes`, `groupMicroseconds`: a group of writes ends at the first of the three
///   (128 messages, 1 MiB, 3 ms; with anything urgent in it at once).
/// - `busyMilliseconds`: how long a write waits for another process before it fails as `busy` (5 s).
/// - `inlinePayloadLimit`: the largest payload that is kept in the database itself (64 KiB).
/// - `maximumPages`: the size limit of the database file in pages of 4 KiB; nil for none.
/// - `orphanAgeMilliseconds`: how old a payload file without a row must be before it is swept (1 hour): a younger one
///   may belong to a transaction that another process is about to commit.
package struct LedgerSettings: Sendable {
  package var path: String
  package var keys: LedgerKeys
  package var groupMessages = 128
  package var groupBytes = 1 << 20
  package var groupMicroseconds = 3000
  package var busyMilliseconds = 5000
  package var inlinePayloadLimit = 64 << 10
  package var maximumPages: Int?
  package var orphanAgeMilliseconds: Int64 = 3_600_000

  package init(path: String, keys: LedgerKeys) {
    self.path = path
    self.keys = keys
  }
}

/// The hub key that content is compared under, and those that it replaced.
///
/// Each row records the identifier of its key, so that rotation touches new messages only.
package struct LedgerKeys: Sendable {
  /// The identifier of the key that new messages use.
  package let identifier: String
  /// Every key known, by identifier.
  let secrets: [String: [UInt8]]
  /// What payloads are sealed with.
  let payload: PayloadKeys

  /// - Parameters:
  ///   - hmacKey: the key's bytes, 32 or more.
  ///   - retired: keys of older messages, by identifier; without them a repeat of such a message cannot be
  ///     recognised and counts as other content.
  package init(identifier: String, hmacKey: [UInt8], retired: [String: [UInt8]] = [:], payload: PayloadKeys) {
    self.identifier = identifier
    self.payload = payload
    secrets = retired.merging([identifier: hmacKey]) { _, current in current }
  }
}

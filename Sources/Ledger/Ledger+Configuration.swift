package import Contract
import GRDB

/// One version of the configuration, as a hub put it into force.
package struct ConfigurationRow: Sendable, Equatable {
  package let version: Int64
  package let digest: String
  /// The folder's files as one blob, in the encoding of whoever proposed it.
  package let files: [UInt8]
  package let at: Instant
}

extension Ledger {
  /// The version of a configuration: the newest where its digest is the same, a new one where it differs.
  package func configurationVersion(for digest: String, files: [UInt8], at: Instant) async throws(LedgerError) -> Int64
  {
    if let newest = try await newestConfiguration(), newest.digest == digest { return newest.version }
    return try await write(isUrgent: true, bytes: files.count) { transaction in
      // Another hub may have proposed the same meanwhile.
      if let newest = try transaction.db.newestConfiguration(), newest.digest == digest { return newest.version }
      let version = try transaction.nextID(.configuration)
      let salt = [UInt8].salt()
      let entry = try transaction.append(
        .configuration(version, at: at, commitment: Transaction.configurationCommitment(digest: digest, salt: salt)))
      try transaction.execute(
        "INSERT INTO configuration (version, digest, files, salt, at, entry) VALUES (?, ?, ?, ?, ?, ?)",
        [version, digest, files.blob, salt.blob, at.milliseconds, entry])
      return version
    }
  }

  package func newestConfiguration() async throws(LedgerError) -> ConfigurationRow? {
    try await read { try $0.newestConfiguration() }
  }

  package func configuration(_ version: Int64) async throws(LedgerError) -> ConfigurationRow? {
    try await read {
      try $0.row("SELECT * FROM configuration WHERE version = ?", [version]).map { try ConfigurationRow($0) }
    }
  }
}

extension Transaction {
  /// What a configuration's entry vouches for.
  static func configurationCommitment(digest: String, salt: [UInt8]) -> [UInt8] {
    var value = CommittedValue()
    value.append(digest)
    return value.commitment(salt: salt)
  }
}

extension Database {
  fileprivate func newestConfiguration() throws -> ConfigurationRow? {
    try row("SELECT * FROM configuration ORDER BY version DESC LIMIT 1").map { try ConfigurationRow($0) }
  }
}

extension ConfigurationRow {
  fileprivate init(_ row: Row) throws {
    version = row["version"]
    digest = row["digest"]
    files = try row.bytes("files")
    at = row.instant("at")
  }
}

package import Contract
import Crypto
import Glibc
import JSON
import Ledger
import Sharing

/// Makes a copy of a ledger beside running hubs, and says what it needs besides.
package struct BackupDesk: Sendable {
  private let home: HubHome
  private let clock: any HubClock

  package init(_ home: HubHome, clock: any HubClock = SystemClock()) {
    self.home = home
    self.clock = clock
  }

  /// Copies into a folder that does not exist yet; it is there whole or not at all.
  package func backUp(to folder: String) async throws -> BackupManifest {
    guard !SecretFile.exists(folder) else {
      throw HubError(.ledger, "\(folder) is there already: name a folder that is not, for each backup its own.")
    }
    let draft = folder + ".part"
    guard mkdir(draft, 0o700) == 0 else {
      throw HubError(.ledger, "The folder \(draft) cannot be made: \(String(cString: strerror(errno))).")
    }
    // Before the copy: whatever comes after this moment may be missing from it.
    let at = clock.now()
    let head = try await home.ledger.signHead(by: home.keys.headSigner, at: at)
    let copy = try await home.ledger.copy(into: draft)
    let manifest = BackupManifest(
      at: at, hub: home.configuration.settings.name, copy: copy, head: head,
      hmacKeys: try home.secrets.allKeys(.hmac).map(\.identifier), signingKey: home.keys.signingIdentifier)
    try SecretFile.write(String(decoding: manifest.encoded(), as: UTF8.self), to: draft + "/backup.json")
    guard rename(draft, folder) == 0 else {
      throw HubError(.ledger, "\(folder) cannot be made: \(String(cString: strerror(errno))).")
    }
    return manifest
  }
}

/// What a backup says of itself.
package struct BackupManifest: Sendable, Equatable {
  package let at: Instant
  package let hub: String
  package let entries: Int64
  package let files: Int
  /// The master keys that its payloads need.
  package let masters: [String]
  package let hmacKeys: [String]
  package let signingKey: String
  /// The size and root of the log that was signed as the backup began.
  package let headSize: Int64
  package let headRoot: String

  init(at: Instant, hub: String, copy: LedgerCopy, head: SignedHead, hmacKeys: [String], signingKey: String) {
    self.at = at
    self.hub = hub
    entries = copy.entries
    files = copy.files
    masters = copy.masters
    self.hmacKeys = hmacKeys
    self.signingKey = signingKey
    headSize = head.size
    headRoot = Hex.text(head.root)
  }

  /// Reads a backup's own words.
  package init(folder: String) throws(HubError) {
    let path = folder + "/backup.json"
    let text = try SecretFile.read(path)
    guard let root = try? JSONDocument(Array(text.utf8)).root, root["entente-backup"]?.integer == 1,
      let at = root["at"]?.integer, let entries = root["entries"]?.integer
    else { throw HubError(.ledger, "\(path) is not that of a backup which this program can read.") }
    func texts(_ name: String) -> [String] { root[name]?.elements.compactMap(\.string) ?? [] }
    self.at = Instant(milliseconds: Int64(at))
    self.entries = Int64(entries)
    hub = root["hub"]?.string ?? ""
    files = root["files"]?.integer.map { Int($0) } ?? 0
    masters = texts("payload-keys")
    hmacKeys = texts("hmac-keys")
    signingKey = root["signing-key"]?.string ?? ""
    headSize = root["head-size"]?.integer.map { Int64($0) } ?? 0
    headRoot = root["head-root"]?.string ?? ""
  }

  func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object {
      $0.member("entente-backup", 1)
      $0.member("at", at.milliseconds)
      $0.member("hub", hub)
      $0.member("entries", entries)
      $0.member("files", files)
      $0.member("payload-keys", masters)
      $0.member("hmac-keys", hmacKeys)
      $0.member("signing-key", signingKey)
      $0.member("head-size", headSize)
      $0.member("head-root", headRoot)
    }
    return writer.bytes
  }
}

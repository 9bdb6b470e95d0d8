package import Crypto
import Glibc

/// A key with the name by which its uses record it, so that a rotation touches new messages only.
package struct NamedKey: Sendable, Equatable {
  package let identifier: String
  package let bytes: [UInt8]
}

/// The folder that holds every secret of a hub: its keys and the broker's passwords.
///
/// Mode 0700, made at the first `topology apply`. Layout:
/// - `hmac.key`, `payload.key`: lines of `IDENTIFIER HEX`, the first is the one in use;
/// - `signing.key`: an Ed25519 private key in the same form;
/// - `broker/USER`: the password of a user of the broker, one file each, mode 0600.
package struct SecretsFolder: Sendable {
  package let path: String

  /// Opens the folder, or makes it with fresh keys where `create` says so.
  /// - Throws: ``HubError`` with code `.secrets` where it is missing, open to other users or unreadable.
  package init(path: String, create: Bool) throws(HubError) {
    self.path = path
    if create { try SecretFile.makeFolder(path) }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw HubError(.secrets, "There is no secrets folder at \(path): run `entente topology apply` once to make it.")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw HubError(.secrets, "The secrets folder \(path) is open to other users: run `chmod 700 \(path)`.")
    }
    guard create else { return }
    try SecretFile.makeFolder(path + "/broker")
    for name in ["hmac.key", "payload.key"] where !SecretFile.exists("\(path)/\(name)") {
      try SecretFile.write(KeyLine.text(identifier: "k1", SecretFile.random(32)), to: "\(path)/\(name)")
    }
    if !SecretFile.exists("\(path)/signing.key") {
      let key = Curve25519.Signing.PrivateKey()
      try SecretFile.write(KeyLine.text(identifier: "s1", Array(key.rawRepresentation)), to: "\(path)/signing.key")
    }
  }

  /// The keys in use.
  package func keys() throws(HubError) -> HubKeys {
    let signing = try key("signing.key")
    guard let signer = try? Curve25519.Signing.PrivateKey(rawRepresentation: signing.bytes) else {
      throw HubError(.secrets, "\(path)/signing.key does not hold an Ed25519 key of 32 bytes.")
    }
    return HubKeys(
      hmac: try key("hmac.key"), payload: try key("payload.key"), signingIdentifier: signing.identifier, signing: signer
    )
  }

  /// All keys of a file, the one in use first.
  package func allKeys(_ file: KeyFile) throws(HubError) -> [NamedKey] {
    let keys = KeyLine.all(in: try SecretFile.read("\(path)/\(file.rawValue)"))
    guard !keys.isEmpty else { throw noKey(file.rawValue) }
    return keys
  }

  /// Puts a fresh key before those of a file, which stay for what was made with them; gives its name.
  package func rotate(_ file: KeyFile) throws(HubError) -> String {
    let known = try allKeys(file)
    let highest = known.compactMap { Int($0.identifier.dropFirst()) }.max() ?? known.count
    let fresh = NamedKey(identifier: "k\(highest + 1)", bytes: SecretFile.random(32))
    try write([fresh] + known, to: file)
    return fresh.identifier
  }

  /// Takes keys out of a file that nothing needs any more; the one in use stays.
  package func drop(_ identifiers: Set<String>, from file: KeyFile) throws(HubError) {
    let known = try allKeys(file)
    try write(
      known.enumerated().filter { $0.offset == 0 || !identifiers.contains($0.element.identifier) }
        .map(\.element), to: file)
  }

  private func write(_ keys: [NamedKey], to file: KeyFile) throws(HubError) {
    let text = keys.map { KeyLine.text(identifier: $0.identifier, $0.bytes) }.joined()
    try SecretFile.write(text, to: "\(path)/\(file.rawValue)")
  }

  /// The password of a user of the broker; nil where there is none yet.
  package func password(of user: String) throws(HubError) -> String? {
    let file = "\(path)/broker/\(user)"
    guard SecretFile.exists(file) else { return nil }
    return try SecretFile.read(file).split(separator: "\n").first.map(String.init)
  }

  /// The password of a user, made and kept where there is none yet.
  package func passwordMakingOne(of user: String) throws(HubError) -> String {
    if let known = try password(of: user) { return known }
    let password = Hex.text(SecretFile.random(24))
    try SecretFile.write(password + "\n", to: "\(path)/broker/\(user)")
    return password
  }

  /// Keeps a password that was made elsewhere, the private broker's for one.
  package func keep(password: String, of user: String) throws(HubError) {
    try SecretFile.write(password + "\n", to: "\(path)/broker/\(user)")
  }

  private func key(_ name: String) throws(HubError) -> NamedKey {
    let file = "\(path)/\(name)"
    guard let key = KeyLine.first(in: try SecretFile.read(file)) else { throw noKey(name) }
    return key
  }

  private func noKey(_ name: String) -> HubError {
    HubError(.secrets, "\(path)/\(name) does not hold a line of the form `IDENTIFIER HEX` with 32 bytes.")
  }
}

/// The key files that can hold several keys.
package enum KeyFile: String, Sendable {
  case hmac = "hmac.key"
  case payload = "payload.key"
}

/// The keys of a hub.
package struct HubKeys: Sendable {
  /// For delivery ids, derived message ids and the comparison of contents.
  package let hmac: NamedKey
  /// For the encryption of payloads.
  package let payload: NamedKey
  package let signingIdentifier: String
  /// Signs deliveries (Ed25519, RFC 8032: the same bytes give the same signature).
  package let signing: Curve25519.Signing.PrivateKey
  /// Has taken in the key and nothing else: a copy begins each code.
  private let begun: HMAC<SHA256>

  init(hmac: NamedKey, payload: NamedKey, signingIdentifier: String, signing: Curve25519.Signing.PrivateKey) {
    self.hmac = hmac
    self.payload = payload
    self.signingIdentifier = signingIdentifier
    self.signing = signing
    begun = HMAC(key: SymmetricKey(data: hmac.bytes))
  }

  /// HMAC-SHA-256 over the parts, each preceded by its length, so that no two lists give the same text.
  package func authenticate(_ parts: [[UInt8]]) -> [UInt8] {
    // Small parts go in together; a document is not copied for that.
    var code = begun
    var gathered: [UInt8] = []
    gathered.reserveCapacity(512)
    for part in parts {
      withUnsafeBytes(of: UInt64(part.count).bigEndian) { gathered.append(contentsOf: $0) }
      guard part.count > 4096 else {
        gathered.append(contentsOf: part)
        continue
      }
      code.update(data: gathered)
      code.update(data: part)
      gathered.removeAll(keepingCapacity: true)
    }
    if !gathered.isEmpty { code.update(data: gathered) }
    return Array(code.finalize())
  }
}

/// A line of a key file.
enum KeyLine {
  static func text(identifier: String, _ bytes: [UInt8]) -> String { "\(identifier) \(Hex.text(bytes))\n" }

  static func first(in text: String) -> NamedKey? { text.split(separator: "\n").first.flatMap(key) }

  /// The key in use and those that it replaced; lines that hold none are left out.
  static func all(in text: String) -> [NamedKey] { text.split(separator: "\n").compactMap(key) }

  private static func key(_ line: Substring) -> NamedKey? {
    let words = line.split(separator: " ")
    guard words.count == 2, let bytes = Hex.bytes(words[1]), bytes.count == 32 else { return nil }
    return NamedKey(identifier: String(words[0]), bytes: bytes)
  }
}

package import Contract

/// The tree of the log as it was at one size, signed by the hub: who has one can hold every later one to it.
package struct SignedHead: Sendable, Equatable {
  /// How many entries the log had.
  package let size: Int64
  package let root: [UInt8]
  package let at: Instant
  /// The identifier of the hub's key.
  package let key: String
  /// Ed25519 (RFC 8032) over ``signedText(size:root:at:key:)``.
  package let signature: [UInt8]

  package init(size: Int64, root: [UInt8], at: Instant, key: String, signature: [UInt8]) {
    self.size = size
    self.root = root
    self.at = at
    self.key = key
    self.signature = signature
  }

  package var signedText: [UInt8] { Self.signedText(size: size, root: root, at: at, key: key) }

  /// The JCS text of an object with `at` (milliseconds since 1970), `key`, `root` (lower-case hex), `size`, `type`
  /// (`tree-head`) and `v` (1).
  package static func signedText(size: Int64, root: [UInt8], at: Instant, key: String) -> [UInt8] {
    LedgerEntry.treeHead(size: size, root: root, at: at, key: key)
  }
}

/// Who signs heads.
package struct HeadSigner: Sendable {
  /// The identifier of the key.
  package let key: String
  package let sign: @Sendable ([UInt8]) throws -> [UInt8]

  package init(key: String, sign: @escaping @Sendable ([UInt8]) throws -> [UInt8]) {
    self.key = key
    self.sign = sign
  }
}

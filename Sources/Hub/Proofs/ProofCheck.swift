import Contract
package import Crypto
import JSON
import Ledger

/// What checking a proof has shown: pure, without a ledger or a configuration.
package struct ProofCheck: Sendable {
  package let file: ProofFile
  /// Why it does not hold; empty where it does.
  package private(set) var faults: [String] = []

  /// - Parameters:
  ///   - earlier: a proof that the same agency got before: today's log must begin with the log of that day.
  ///   - bodyDigest: SHA-256 of the body that the agency itself has; it must be the one that the log vouches for.
  package init(
    _ file: ProofFile, key: Curve25519.Signing.PublicKey, earlier: ProofFile? = nil, bodyDigest: [UInt8]? = nil
  ) {
    self.file = file
    let proof = file.proof
    let head = proof.head
    if !key.isValidSignature(head.signature, for: head.signedText) {
      faults.append("The head of \(head.size) entries is not signed by this key.")
    }
    if proof.entries.isEmpty { faults.append("It holds no entry, so it proves nothing.") }
    for entry in proof.entries { check(entry) }
    for beginning in proof.beginnings where !isBeginning(size: beginning.size, root: beginning.root, beginning.path) {
      faults.append("The log of \(beginning.size) entries is not a beginning of the log of \(head.size).")
    }
    if let earlier { check(earlier, key: key) }
    if let bodyDigest, !proof.entries.contains(where: { $0.part("body-sha256") == bodyDigest }) {
      faults.append("No entry vouches for this body.")
    }
  }

  package var holds: Bool { faults.isEmpty }

  private mutating func check(_ entry: ProvenEntry) {
    let head = file.proof.head
    let isIncluded = MerkleCheck.includes(
      leafHash: LedgerEntry.hash(of: entry.leaf), at: entry.index, size: head.size, root: head.root, path: entry.path)
    if !isIncluded { faults.append("Entry \(entry.index) is not in the log that the head stands for.") }
    guard let opening = entry.opening else { return }
    let committed = (try? JSONDocument(entry.leaf))?.root["commitment"]?.string
    if committed != Hex.text(opening.commitment) {
      faults.append("What entry \(entry.index) is said to stand for is not what it commits to.")
    }
    let type = (try? JSONDocument(entry.leaf))?.root["type"]?.string
    if opening.parts.map(\.name) != Self.partNames[type ?? ""] {
      faults.append("The parts of entry \(entry.index) do not bear the names of its type.")
    }
  }

  /// Names are not committed to, so each type has its own, in order.
  private static let partNames = [
    "message": ["message-id", "type", "content-type", "headers", "body-sha256"],
    "delivery": ["body-mac", "losses"],
    "decision": ["reason", "objects", "decision", "delivery-id"],
    "narrowing": ["reason", "objects", "decision", "delivery-id"],
  ]

  private mutating func check(_ earlier: ProofFile, key: Curve25519.Signing.PublicKey) {
    let old = earlier.proof.head
    guard key.isValidSignature(old.signature, for: old.signedText) else {
      return faults.append("The head of the earlier proof is not signed by this key.")
    }
    guard old.size <= file.proof.head.size else {
      return faults.append(
        "The earlier proof stands for \(old.size) entries, this one for \(file.proof.head.size): give them the other "
          + "way round.")
    }
    let path = file.proof.beginnings.first { $0.size == old.size }?.path
    guard let path = path ?? (old.size == file.proof.head.size ? [] : nil) else {
      return faults.append(
        "It does not say how it goes on from the earlier proof: ask for one with `--since \(old.size)`.")
    }
    if !isBeginning(size: old.size, root: old.root, path) {
      faults.append("The log was changed: that of the earlier proof (\(old.size) entries) is no beginning of this one.")
    }
  }

  private func isBeginning(size: Int64, root: [UInt8], _ path: [[UInt8]]) -> Bool {
    let head = file.proof.head
    return MerkleCheck.isConsistent(old: (size, root), new: (head.size, head.root), path: path)
  }

  /// The answer for a terminal.
  package func lines(width: Int = PlainText.width) -> [String] {
    guard holds else {
      return ["The proof does not hold."] + faults.flatMap { $0.printable.under("  ", width: width) }
    }
    let head = file.proof.head
    var lines = [
      "The proof holds, for \(file.reader): a log of \(PlainText.count(head.size, "entry", "entries")), signed at "
        + "\(head.at.plain) with key \(head.key.printable.cut(to: 40))."
    ]
    for entry in file.proof.entries {
      lines += String(decoding: entry.leaf, as: UTF8.self).printable.under("  \(entry.index)  ", width: width)
      for part in entry.opening?.parts ?? [] {
        guard let bytes = part.bytes else { continue }
        lines += part.text(bytes).printable.cut(to: 300).under("        \(part.name): ", width: width)
      }
    }
    for beginning in file.proof.beginnings {
      lines.append("  It goes on from the log of \(PlainText.count(beginning.size, "entry", "entries")).")
    }
    return lines
  }
}

extension ProvenEntry {
  fileprivate func part(_ name: String) -> [UInt8]? { opening?.parts.first { $0.name == name }?.bytes }
}

extension ProvenEntry.Part {
  /// Texts as they are, all else in hexadecimal digits.
  fileprivate func text(_ bytes: [UInt8]) -> String {
    let isBinary = ["body-sha256", "body-mac", "objects"].contains(name)
    return isBinary ? Hex.text(bytes) : String(decoding: bytes, as: UTF8.self)
  }
}

import Contract
import Crypto

/// One leaf of the ledger's Merkle tree: exact bytes that can never change later, and their hash.
///
/// A leaf is the RFC 8785 (JCS) text of one flat JSON object. Every leaf has
///
/// - `v`: the version of this format, 1. A later version may add types and members; version 1 is frozen.
/// - `type`: `message`, `duplicate`, `decision`, `narrowing`, `delivery`, `failure`, `dead-letter`, `edit`, `act` or
///   `configuration`.
/// - `at`: milliseconds since 1970-01-01T00:00:00Z.
///
/// A leaf holds codes, slugs, times, integer ids of rows and commitments, and nothing that a sender or an operator
/// wrote. What it must vouch for beyond that stands as `commitment`: lower-case hex of
/// `SHA-256(0x00 || salt || value)`, with a random salt of 16 bytes that is kept beside the row and deleted with it, and
/// a value in ``CommittedValue``'s encoding. Optional members are absent, never null. The hash of a leaf is
/// `SHA-256(0x00 || leaf)` (RFC 6962 section 2.1); its index in the tree is the entry's `seq`, from 0.
package struct LedgerEntry: Sendable, Equatable {
  /// The JCS text.
  package let leaf: [UInt8]

  /// RFC 6962's hash of this leaf.
  package var hash: [UInt8] { Self.hash(of: leaf) }

  /// RFC 6962's hash of any leaf.
  package static func hash(of leaf: [UInt8]) -> [UInt8] {
    var hasher = SHA256()
    hasher.update(data: [0x00])
    hasher.update(data: leaf)
    return Array(hasher.finalize())
  }

  /// A message that reached the hub, accepted or failed. The commitment's value: message-id, type, content type,
  /// compared headers, SHA-256 of the body.
  static func message(
    _ id: Int64, at: Instant, sender: String, accepted: Bool, lane: Lane, publishedLane: Lane, format: String?,
    kind: String?, tlp: String?, exercise: Bool, configuration: Int64?, considered: Int, replayOf: Int64?,
    commitment: [UInt8]
  ) -> LedgerEntry {
    LedgerEntry {
      $0.member("at", at.milliseconds)
      $0.member("commitment", hex: commitment)
      $0.member("configuration", configuration)
      $0.member("considered", Int64(considered))
      $0.member("exercise", exercise)
      $0.member("format", format)
      $0.member("kind", kind)
      $0.member("lane", lane.rawValue)
      $0.member("message", id)
      $0.member("outcome", accepted ? "accepted" : "failed")
      $0.member("published-lane", publishedLane.rawValue)
      $0.member("replay-of", replayOf)
      $0.member("sender", sender)
      $0.member("tlp", tlp)
      $0.member("type", "message")
      $0.member("v", 1)
    }
  }

  /// An equal message came again, for the `count`th time.
  static func duplicate(of message: Int64, at: Instant, count: Int) -> LedgerEntry {
    LedgerEntry {
      $0.member("at", at.milliseconds)
      $0.member("count", Int64(count))
      $0.member("message", message)
      $0.member("type", "duplicate")
      $0.member("v", 1)
    }
  }

  /// How a decision came to be: at intake, narrowed at delivery, or again at a replay.
  package enum DecisionKind: String, Sendable {
    case intake
    case narrowing
    case replay
  }

  /// A decision about one message and one recipient. The commitment's value: reason, object set, decision bytes,
  /// delivery id.
  static func decision(
    _ kind: DecisionKind, delivery: Int64, message: Int64, at: Instant, recipient: String, outcome: String,
    rule: String, arrangement: String?, configuration: Int64, deadLetter: Int64?, commitment: [UInt8]
  ) -> LedgerEntry {
    LedgerEntry {
      $0.member("arrangement", arrangement)
      $0.member("at", at.milliseconds)
      $0.member("commitment", hex: commitment)
      $0.member("configuration", configuration)
      $0.member("dead-letter", deadLetter)
      $0.member("delivery", delivery)
      $0.member("message", message)
      $0.member("outcome", outcome)
      $0.member("recipient", recipient)
      $0.member("rule", rule)
      $0.member("type", kind == .narrowing ? "narrowing" : "decision")
      $0.member("v", 1)
    }
  }

  /// The broker confirmed a delivery into the inbox. The commitment's value: body MAC, losses.
  static func delivery(_ id: Int64, message: Int64, at: Instant, revision: Int, commitment: [UInt8]) -> LedgerEntry {
    LedgerEntry {
      $0.member("at", at.milliseconds)
      $0.member("commitment", hex: commitment)
      $0.member("delivery", id)
      $0.member("message", message)
      $0.member("revision", Int64(revision))
      $0.member("type", "delivery")
      $0.member("v", 1)
    }
  }

  /// A failure of a message, or of one delivery. The commitment's value: detail, location, fingerprint.
  static func failure(
    _ id: Int64, message: Int64, delivery: Int64?, at: Instant, stage: String, cause: String, permanent: Bool,
    commitment: [UInt8]
  ) -> LedgerEntry {
    LedgerEntry {
      $0.member("at", at.milliseconds)
      $0.member("cause", cause)
      $0.member("commitment", hex: commitment)
      $0.member("delivery", delivery)
      $0.member("failure", id)
      $0.member("message", message)
      $0.member("permanent", permanent)
      $0.member("stage", stage)
      $0.member("type", "failure")
      $0.member("v", 1)
    }
  }

  /// A dead letter was opened or changed its state. The commitment's value: who, note.
  static func deadLetter(
    _ id: Int64, message: Int64, delivery: Int64?, at: Instant, state: String, act: Int64?, failure: Int64?,
    commitment: [UInt8]
  ) -> LedgerEntry {
    LedgerEntry {
      $0.member("act", act)
      $0.member("at", at.milliseconds)
      $0.member("commitment", hex: commitment)
      $0.member("dead-letter", id)
      $0.member("delivery", delivery)
      $0.member("failure", failure)
      $0.member("message", message)
      $0.member("state", state)
      $0.member("type", "dead-letter")
      $0.member("v", 1)
    }
  }

  /// An operator edited the payload of a dead letter. The commitment's value: who, note, SHA-256 of the new body.
  static func edit(deadLetter: Int64, message: Int64, at: Instant, revision: Int, commitment: [UInt8]) -> LedgerEntry {
    LedgerEntry {
      $0.member("at", at.milliseconds)
      $0.member("commitment", hex: commitment)
      $0.member("dead-letter", deadLetter)
      $0.member("message", message)
      $0.member("revision", Int64(revision))
      $0.member("type", "edit")
      $0.member("v", 1)
    }
  }

  /// An operator's act changed its state. The commitment's value: operator, arguments, result.
  static func act(_ id: Int64, at: Instant, kind: String, state: String, commitment: [UInt8]) -> LedgerEntry {
    LedgerEntry {
      $0.member("act", id)
      $0.member("at", at.milliseconds)
      $0.member("commitment", hex: commitment)
      $0.member("kind", kind)
      $0.member("state", state)
      $0.member("type", "act")
      $0.member("v", 1)
    }
  }

  /// A configuration became the newest. The commitment's value: digest.
  static func configuration(_ version: Int64, at: Instant, commitment: [UInt8]) -> LedgerEntry {
    LedgerEntry {
      $0.member("at", at.milliseconds)
      $0.member("commitment", hex: commitment)
      $0.member("type", "configuration")
      $0.member("v", 1)
      $0.member("version", version)
    }
  }

  /// The type of a leaf. No member after it but the version and a configuration's number: it is found from the end.
  static func type(of leaf: [UInt8]) -> String? {
    let mark = Array("\"type\":\"".utf8)
    var start = leaf.count - mark.count
    while start > 0, leaf.count - start <= 80 {
      if leaf[start..<start + mark.count].elementsEqual(mark) {
        let rest = leaf[(start + mark.count)...].prefix { $0 != UInt8(ascii: "\"") }
        return String(decoding: rest, as: UTF8.self)
      }
      start -= 1
    }
    return nil
  }

  private init(_ members: (inout LeafWriter) -> Void) {
    var writer = LeafWriter()
    members(&writer)
    leaf = writer.finished()
  }
}

/// Writes the members of one flat JSON object in JCS form; they must come in ascending order.
private struct LeafWriter {
  private var bytes: [UInt8] = []
  private var last = ""

  init() {
    bytes.reserveCapacity(512)
    bytes.append(UInt8(ascii: "{"))
  }

  mutating func member(_ key: String, _ value: Int64?) {
    guard let value else { return }
    begin(key)
    bytes.append(contentsOf: String(value).utf8)
  }

  mutating func member(_ key: String, _ value: Bool) {
    begin(key)
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  mutating func member(_ key: String, _ value: String?) {
    guard let value else { return }
    begin(key)
    text(value)
  }

  mutating func member(_ key: String, hex value: [UInt8]) {
    begin(key)
    bytes.append(UInt8(ascii: "\""))
    for byte in value {
      bytes.append(Self.digits[Int(byte >> 4)])
      bytes.append(Self.digits[Int(byte & 15)])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static let digits = Array("0123456789abcdef".utf8)

  func finished() -> [UInt8] { bytes + [UInt8(ascii: "}")] }

  private mutating func begin(_ key: String) {
    assert(last < key, "the members of a leaf stand in ascending order")
    last = key
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    text(key)
    bytes.append(UInt8(ascii: ":"))
  }

  /// A JSON string as RFC 8785 section 3.2.2.2 has it: short escapes, `\u00xx` for the other controls, all else as is.
  private mutating func text(_ value: String) {
    bytes.append(UInt8(ascii: "\""))
    defer { bytes.append(UInt8(ascii: "\"")) }
    let needsEscape = value.utf8.contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    guard needsEscape else { return bytes.append(contentsOf: value.utf8) }
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x08: bytes.append(contentsOf: "\\b".utf8)
      case 0x09: bytes.append(contentsOf: "\\t".utf8)
      case 0x0A: bytes.append(contentsOf: "\\n".utf8)
      case 0x0C: bytes.append(contentsOf: "\\f".utf8)
      case 0x0D: bytes.append(contentsOf: "\\r".utf8)
      case 0..<0x20: bytes.append(contentsOf: "\\u00\([byte].hex)".utf8)
      default: bytes.append(byte)
      }
    }
  }
}

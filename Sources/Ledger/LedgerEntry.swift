import Contract
import Crypto

/// One leaf of the ledger's Merkle tree: exact bytes that can never change later, and their hash.
///
/// A leaf is the RFC 8785 (JCS) text of one flat JSON object. Every leaf has
///
/// - `v`: the version of this format, 1. A later version may add types and members; version 1 is frozen. Version 2
///   adds the type `remark`, version 3 the type `erasure`, version 4 the type `replayed`; they change nothing else.
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

  /// How a decision came to be: at intake, narrowed at delivery, again at a replay, or by an operator.
  package enum DecisionKind: String, Sendable {
    case intake
    case narrowing
    case replay
    /// An operator, a party or time ended a hold.
    case approval
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

  /// An operator's remark on a dead letter: `noted`, `archived` or `restored`. The commitment's value: who, note.
  static func remark(_ action: String, deadLetter: Int64, message: Int64, at: Instant, commitment: [UInt8])
    -> LedgerEntry
  {
    LedgerEntry {
      $0.member("action", action)
      $0.member("at", at.milliseconds)
      $0.member("commitment", hex: commitment)
      $0.member("dead-letter", deadLetter)
      $0.member("message", message)
      $0.member("type", "remark")
      $0.member("v", 2)
    }
  }

  /// A message's payload, or all that stood beside the log for it, was deleted.
  static func erasure(of message: Int64, at: Instant, scope: String, cause: String, act: Int64?) -> LedgerEntry {
    LedgerEntry {
      $0.member("act", act)
      $0.member("at", at.milliseconds)
      $0.member("cause", cause)
      $0.member("message", message)
      $0.member("scope", scope)
      $0.member("type", "erasure")
      $0.member("v", 3)
    }
  }

  /// What became of one line of a replay. The commitment's value: detail.
  static func replayed(
    replay: Int64, position: Int, deadLetter: Int64?, delivery: Int64?, at: Instant, verdict: String, revision: Int?,
    commitment: [UInt8]
  ) -> LedgerEntry {
    LedgerEntry {
      $0.member("at", at.milliseconds)
      $0.member("commitment", hex: commitment)
      $0.member("dead-letter", deadLetter)
      $0.member("delivery", delivery)
      $0.member("position", Int64(position))
      $0.member("replay", replay)
      $0.member("revision", revision.map { Int64($0) })
      $0.member("type", "replayed")
      $0.member("v", 4)
      $0.member("verdict", verdict)
    }
  }

  /// The text of a head, which is signed and is no leaf.
  static func treeHead(size: Int64, root: [UInt8], at: Instant, key: String) -> [UInt8] {
    LedgerEntry {
      $0.member("at", at.milliseconds)
      $0.member("key", key)
      $0.member("root", hex: root)
      $0.member("size", size)
      $0.member("type", "tree-head")
      $0.member("v", 1)
    }.leaf
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

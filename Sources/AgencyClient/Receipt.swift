public import Contract
import JSON

/// What the hub says of a message that this agency published.
public struct Receipt: Sendable, Equatable {
  /// What the hub made of it.
  public enum Verdict: String, Sendable {
    /// Taken, and decided: the hub delivers it.
    case accepted
    /// The same publication was taken before.
    case duplicate
    /// Not taken: `reasons` says why.
    case rejected
    /// Its signed expiry has passed, or a newer version came from this agency.
    case stale
  }

  /// One reason of a rejection.
  public struct Reason: Sendable, Equatable {
    /// A word of a closed list: `schema`, `unknown-format`, `message-id-reused`, ...
    public var cause: String
    /// The stage of the hub that found it.
    public var stage: String?
    /// The rule that was broken, where one has a name.
    public var rule: String?
    /// Where in the message, as a JSON Pointer.
    public var location: String?
    /// A sentence for a person.
    public var detail: String?
  }

  /// What the hub made of the message.
  public var verdict: Verdict
  /// The message's id, as its sender gave it.
  public var messageID: String
  /// RFC 3339.
  public var at: String?
  /// What kind of message the hub found it to be.
  public var kind: MessageKind?
  /// The lane in which the hub carries it.
  public var lane: Lane?
  /// What went otherwise than asked, as a lane that was corrected.
  public var notes: [String]
  /// Why it was rejected; empty otherwise.
  public var reasons: [Reason]
  /// The line as it came.
  public var line: [UInt8]

  /// Reads one line of a receipts message; nil where it is none.
  public init?(line: [UInt8]) {
    guard let root = try? JSONDocument(line).root, let id = root["message_id"]?.string,
      let verdict = root["receipt"]?.string.flatMap(Verdict.init(rawValue:))
    else { return nil }
    self.verdict = verdict
    messageID = id
    at = root["at"]?.string
    kind = root["kind"]?.string.flatMap(MessageKind.init(rawValue:))
    lane = root["lane"]?.string.flatMap(Lane.init(rawValue:))
    notes = root["notes"]?.elements.compactMap(\.string) ?? []
    reasons = []
    if let list = root["reasons"] {
      for reason in list.elements {
        guard let cause = reason["cause"]?.string else { continue }
        reasons.append(
          Reason(
            cause: cause, stage: reason["stage"]?.string, rule: reason["rule"]?.string,
            location: reason["location"]?.string, detail: reason["detail"]?.string))
      }
    }
    self.line = line
  }

  /// All receipts in the body of a receipts message; lines that are none are left out.
  public static func read(_ body: [UInt8]) -> [Receipt] {
    body.split(separator: UInt8(ascii: "\n")).compactMap { Receipt(line: Array($0)) }
  }
}

import Contract
import Formats
import Ledger
import STIX
import Sharing

/// Whether an edit is replayed only after somebody else than its editor has approved it.
enum SecondPerson {
  /// Asked for where the edited copy holds anything TLP:RED, where the untouched bytes name that label, and where an
  /// arrangement would hold the copy for an approval. A copy that still fails is asked about when it no longer does.
  static func isAsked(
    for row: MessageRow, untouched: [UInt8], edited: [UInt8], under configuration: Configuration, keys: HubKeys,
    at time: Instant
  ) -> Bool {
    if namesRed(untouched) || namesRed(edited) { return true }
    guard let message = try? IncomingMessage(row, body: edited),
      case .passes(let judged) = Prospect(of: message, under: configuration, keys: keys, at: time)
    else { return false }
    return judged.tlp == .red || judged.decisions.contains { $0.outcome == .hold }
  }

  /// Looks for the label and for the ids of its marking definitions, in bytes that perhaps nobody can read.
  private static func namesRed(_ bytes: [UInt8]) -> Bool {
    let marks = ["TLP:RED", "tlp:red", "e828b379-4e03-4974-9ac4-e53a884c97c1", "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"]
    return marks.contains { bytes.contains(Array($0.utf8)) }
  }
}

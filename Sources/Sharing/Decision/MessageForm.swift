import Contract
import STIX

/// What grants, prohibitions and duties look at of a message before any of its objects. Messages of one form meet the
/// same terms until a moment at which something begins or ends.
struct MessageForm: Sendable {
  let sender: AgencyID
  let kind: MessageKind
  let purpose: String?
  let legalBasis: String?
  let exercise: Bool
  let provenance: Provenance
  let at: Instant
  /// The purpose as it is compared: letter case and spaces around it do not matter.
  let comparablePurpose: String?
  let comparableLegalBasis: String?

  init(_ submission: Submission) {
    sender = submission.sender
    kind = submission.kind
    purpose = submission.purpose
    legalBasis = submission.legalBasis
    exercise = submission.exercise
    provenance = submission.provenance
    at = submission.at
    comparablePurpose = purpose.map(ComparableWord.init)?.text
    comparableLegalBasis = legalBasis.map(ComparableWord.init)?.text
  }

  /// Whether a message names its recipients, and this one among them.
  enum Naming: Hashable, Sendable {
    case nobody
    case recipient
    case others
  }
}

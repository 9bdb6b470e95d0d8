package import Contract
package import STIX

/// All that a decision is made of besides the configuration: a message as it was read, and what its sender set.
///
/// What a sender sets can narrow and never widen: ``named`` restricts to those agencies, ``tlp`` makes labels
/// stricter, ``purpose`` and ``legalBasis`` must be among those agreed.
package struct Submission: Sendable {
  package var sender: AgencyID
  package var kind: MessageKind
  package var lane: Lane
  package var bundle: STIXBundle
  /// False where the document has parts that were not read: they leave with nobody, so that nothing is ever whole.
  package var residueFree: Bool
  /// From `entente-recipients`; nil where the sender named none.
  package var named: Set<AgencyID>?
  /// From `entente-tlp`.
  package var tlp: TLP?
  /// From `entente-purpose`.
  package var purpose: String?
  /// From `entente-legal-basis`.
  package var legalBasis: String?
  package var exercise: Bool
  package var at: Instant

  package init(
    sender: AgencyID, kind: MessageKind, lane: Lane, bundle: STIXBundle, residueFree: Bool = true,
    named: Set<AgencyID>? = nil, tlp: TLP? = nil, purpose: String? = nil, legalBasis: String? = nil,
    exercise: Bool = false, at: Instant
  ) {
    self.sender = sender
    self.kind = kind
    self.lane = lane
    self.bundle = bundle
    self.residueFree = residueFree
    self.named = named
    self.tlp = tlp
    self.purpose = purpose
    self.legalBasis = legalBasis
    self.exercise = exercise
    self.at = at
  }

  /// The purpose as it is compared: letter case and spaces around it do not matter.
  var comparablePurpose: String? { purpose.map(ComparableWord.init)?.text }
  var comparableLegalBasis: String? { legalBasis.map(ComparableWord.init)?.text }
}

/// A word of a policy in the form that it is compared in.
struct ComparableWord: Equatable {
  let text: String

  init(_ word: String) {
    let words = word.lowercased().split(whereSeparator: \.isWhitespace)
    text = words.joined(separator: " ")
  }
}

package import Contract
package import JSON
package import STIX

/// What one recipient gets of one message, and by which rule.
package struct Decision: Sendable, Equatable {
  package enum Outcome: String, Sendable, CaseIterable {
    /// Everything that was read.
    case deliver
    /// What ``Decision/keep`` says, without what ``Decision/removals`` says.
    case redact
    /// The same, once an operator has approved it.
    case hold
    /// Nothing.
    case withhold
  }

  package var recipient: AgencyID
  package var outcome: Outcome
  package var rule: DecisionRule
  /// The arrangement that the rule stands in, or that the grant is from.
  package var arrangement: String?
  package var arrangementVersion: Int?
  /// The first of the grants that it passes by, or the one that came nearest to matching.
  package var grant: String?
  /// A sentence for people.
  package var reason: String
  /// The objects that pass, by their place in the bundle, in rising order.
  package var keep: [Int]
  /// What must be taken out of the objects that pass, since it names objects that do not.
  package var removals: [Removal]
  /// What goes out of objects that pass, since of its kind it may not leave.
  package var redactions: [Removal]
  /// What is replaced in objects that pass.
  package var rewrites: [Rewrite]
  /// The recipient may not be told who the originator is.
  package var hidesSource: Bool
  /// All that it waits for, the cause that is named first; what was ended already stays among them.
  package var holds: [HoldCause]
  /// Who has released it so far.
  package var releases: [Release]
  /// The objects that do not pass, in rising order. Empty where the message as a whole was withheld.
  package var withheld: [WithheldObject]
  /// The strictest label of what passes; CLEAR where nothing does.
  package var tlp: TLP
  package var obligations: Obligations

  package init(
    recipient: AgencyID, outcome: Outcome, rule: DecisionRule, arrangement: String? = nil,
    arrangementVersion: Int? = nil, grant: String? = nil, reason: String, keep: [Int] = [], removals: [Removal] = [],
    redactions: [Removal] = [], rewrites: [Rewrite] = [], hidesSource: Bool = false, holds: [HoldCause] = [],
    releases: [Release] = [], withheld: [WithheldObject] = [], tlp: TLP = .clear,
    obligations: Obligations = Obligations()
  ) {
    self.redactions = redactions
    self.rewrites = rewrites
    self.hidesSource = hidesSource
    self.holds = holds
    self.releases = releases
    self.recipient = recipient
    self.outcome = outcome
    self.rule = rule
    self.arrangement = arrangement
    self.arrangementVersion = arrangementVersion
    self.grant = grant
    self.reason = reason
    self.keep = keep
    self.removals = removals
    self.withheld = withheld
    self.tlp = tlp
    self.obligations = obligations
  }
}

extension Decision {
  /// Whether everything that was read passes as it is.
  package var isWhole: Bool {
    withheld.isEmpty && removals.isEmpty && redactions.isEmpty && rewrites.isEmpty && !hidesSource
  }
}

extension Decision {
  /// What of its holds nobody has ended.
  package var openHolds: [HoldCause] { outcome == .hold ? holds.filter { !$0.isEnded(by: releases) } : [] }

  /// Before this moment nothing leaves, whoever releases it; nil where time holds nothing.
  package var heldUntil: Instant? { openHolds.compactMap(\.until).max() }

  /// The parties that may release what is named first; empty for the hub's operators.
  package var releasedBy: [AgencyID] { openHolds.first?.releasedBy ?? [] }

  /// Whether only time holds it.
  package var waitsForTimeAlone: Bool { outcome == .hold && openHolds.allSatisfy { $0.until != nil } }
}

/// One thing to take out of an object that passes: an item of a list, or a property with its key.
package struct Removal: Sendable, Equatable {
  /// The object's place in the bundle.
  package var object: Int
  /// Within the object: `/created_by_ref`, `/object_refs/3`. Indexes count the list as the sender wrote it.
  package var pointer: JSONPointer

  package init(object: Int, pointer: JSONPointer) {
    self.object = object
    self.pointer = pointer
  }
}

/// An object that does not pass, and why.
package struct WithheldObject: Sendable, Equatable {
  /// The object's place in the bundle.
  package var object: Int
  package var rule: DecisionRule

  package init(object: Int, rule: DecisionRule) {
    self.object = object
    self.rule = rule
  }
}

package import Contract
package import JSON

/// The answer to: with whom would this be shared, what exactly, what not, and why.
package struct Explanation: Sendable, Equatable {
  package var sender: AgencyID
  package var kind: MessageKind
  package var objectCount: Int
  package var isExercise: Bool
  /// Sorted by agency.
  package var recipients: [ExplainedRecipient]
}

/// What one agency would get.
package struct ExplainedRecipient: Sendable, Equatable {
  package var agency: AgencyID
  /// Nil where the agency is not considered: no grant in force from the sender names it.
  package var decision: Decision?
  /// A sentence: the decision's reason, or why the agency is not considered.
  package var reason: String
  /// The arrangement that the decision rests on is on trial, without signatures.
  package var isOnTrial: Bool
  package var passing: [ExplainedObject]
  package var withheld: [ExplainedObject]
  package var cutOut: [ExplainedCut]
}

/// One object of the message, as people know it.
package struct ExplainedObject: Sendable, Equatable {
  package var id: String
  package var type: String
  /// Its name, where it has one.
  package var name: String?
  /// What its marking says: a label, or that it is unmarked or unknown.
  package var marking: String
  /// Why it does not pass; nil where it does.
  package var rule: DecisionRule?
}

/// A place that would be cut out of an object that passes.
package struct ExplainedCut: Sendable, Equatable {
  package var id: String
  package var pointer: JSONPointer
}

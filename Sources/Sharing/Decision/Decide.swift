package import Contract

extension Configuration {
  /// Decides, recipient by recipient, what passes of a message: one decision for each considered agency, sorted.
  ///
  /// Pure: equal configurations and submissions give equal decisions. In this order, for each recipient:
  ///
  ///     obstacles   what withholds the message whatever the grants say
  ///     grants      those whose conditions on the message all match
  ///     objects     each class of them alone: type, label, ceilings
  ///     closure     what falls with what is withheld, and what is cut out of the rest
  ///     remainder   whether what is left says anything
  ///
  /// The first two, and what comes with what passes, are the same for all messages of one form (``DecisionMemory``).
  package func decide(_ submission: Submission) -> [Decision] { decide(submission, findings(in: submission)) }

  /// The same for one agency; nil where it is not considered.
  package func decide(_ submission: Submission, to recipient: AgencyID) -> Decision? {
    decide(submission, findings(in: submission), to: recipient).first
  }

  func findings(in submission: Submission) -> MessageFindings {
    MessageFindings(submission, asks, sender: agencies[submission.sender])
  }

  func decide(_ submission: Submission, _ findings: MessageFindings, to recipient: AgencyID? = nil) -> [Decision] {
    memory.passages(for: submission, topics: findings.graph.topics, self)
      .decisions(on: submission, findings, to: recipient)
  }
}

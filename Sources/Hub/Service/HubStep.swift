/// The moments between which a crash must lose nothing: named so that a test can end the process at each of them.
package enum HubStep: String, Sendable, CaseIterable {
  /// A message has come from the broker and nothing was done with it.
  case taken
  /// It was identified, validated, read and decided; the ledger does not know it.
  case decided
  /// The ledger has it; the broker was not told.
  case recorded
  /// The broker was told.
  case acknowledged
  /// A delivery was claimed from the ledger or handed over.
  case claimed
  /// Its body and properties are made.
  case written
  /// No delivery of the batch is left to be made; the broker has not got the last of them.
  case sending
  /// The broker confirmed it into the inbox; the ledger does not know.
  case confirmed
  /// The ledger knows.
  case settled
  /// The broker confirmed a batch of receipts; the ledger does not know.
  case receiptsConfirmed = "receipts-confirmed"
  /// A replay was taken from the operators' acts and nothing was done.
  case replayTaken = "replay-taken"
  /// A dead letter is marked as being replayed, and nothing else was done.
  case replayBegun = "replay-begun"
  /// The attempt is counted, and nothing of the message was touched.
  case replayAttempted = "replay-attempted"
  /// A replay's outcome is in the ledger; the act is not finished.
  case replayRecorded = "replay-recorded"
}

/// Told of each step as it is reached. Tests end the process from it; the program passes nothing.
package typealias StepObserver = @Sendable (HubStep) -> Void

/// Told the message-id of each message before it is looked into. A test ends the process from it, as a message would
/// that no hub survives; the program passes nothing.
package typealias TakingObserver = @Sendable (String) -> Void

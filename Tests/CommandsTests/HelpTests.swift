@testable import Commands

import ArgumentParser
import Testing

@Suite struct HelpTests {
  @Test(
    arguments: [
      Validate.self, Convert.self, FormatsCommand.self, Explain.self, Trace.self, Audit.self, DeadLetters.self,
      ListDeadLetters.self, ShowDeadLetter.self, EditDeadLetter.self, ReplayDeadLetters.self, DiscardDeadLetters.self,
      GroupDeadLetters.self, NoteOnDeadLetters.self, ArchiveDeadLetters.self, RestoreDeadLetters.self,
      ExportDeadLetters.self, ImportDeadLetters.self,
      Status.self, Held.self, ListHeld.self, ShowHeld.self, ReleaseHeld.self, RefuseHeld.self,
      Why.self, WhoSaw.self, Resolve.self, Rehearse.self, Arrangements.self, CheckArrangements.self,
      SignArrangement.self,
      ActivateArrangement.self, SuspendArrangement.self,
      AuditBooks.self, VerifyLog.self, ProveMessage.self, CheckProof.self, AuditKey.self,
    ] as [any ParsableCommand.Type])
  func `the help of each command has an example`(command: any ParsableCommand.Type) {
    #expect(EntenteCommand.helpMessage(for: command, columns: 100).contains("Example: entente "))
  }
}

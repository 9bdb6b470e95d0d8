import ArgumentParser

/// `entente dead`: what failed and waits for an operator.
struct DeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead",
    abstract: "Look at dead letters, mend them, replay them.",
    discussion: """
      A dead letter is a message that failed before it was decided, or its delivery to one recipient that failed after: \
      untouched bytes, and why.

      Example: entente dead list
      """,
    subcommands: [
      GroupDeadLetters.self, ListDeadLetters.self, ShowDeadLetter.self, EditDeadLetter.self, ApproveEdit.self,
      ReplayDeadLetters.self, DiscardDeadLetters.self, NoteOnDeadLetters.self, ArchiveDeadLetters.self,
      RestoreDeadLetters.self,
      ExportDeadLetters.self, ImportDeadLetters.self,
    ])
}

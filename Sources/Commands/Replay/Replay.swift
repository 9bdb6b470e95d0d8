import ArgumentParser
import Hub

/// `entente replay`: many at once, from dead letters or from history.
struct Replay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Put many messages through today's schemas, adapters and arrangements again.",
    discussion: """
      A list is frozen when it is asked for; a running hub goes through it, 1, then 10, then 100, then on, and stops \
      where too many fail. Nothing is replayed twice, and after a crash it goes on where it was.

      Example: entente replay --dry-run --fingerprint 5f3a
      """,
    subcommands: [
      StartReplay.self, ListReplays.self, ShowReplay.self, ChangeReplay<PausedReplay>.self,
      ChangeReplay<ResumedReplay>.self, ChangeReplay<CancelledReplay>.self,
    ],
    defaultSubcommand: StartReplay.self)
}

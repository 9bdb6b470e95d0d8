package import ArgumentParser
import Glibc

/// The root of the command line.
package struct EntenteCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "entente",
    abstract: "A hub through which cyber agencies exchange incident reports and threat intelligence.",
    discussion: """
      Every command takes --config DIR (else ENTENTE_CONFIG, else the current folder) where it needs a configuration, \
      and acts on a running hub through its ledger.
      Exit codes: 0 done, 1 the answer is no, 2 unusable arguments or environment.

      Example: entente demo
      """,
    version: "0.1.0",
    subcommands: [
      Demo.self, Serve.self, TopologyCommand.self, Doctor.self, Status.self, Publish.self, Listen.self, Validate.self,
      Convert.self, FormatsCommand.self, Explain.self, Why.self, WhoSaw.self, Resolve.self, Rehearse.self,
      Arrangements.self, Trace.self, DeadLetters.self, Replay.self, Held.self, Audit.self,
      Erase.self, Keys.self, Backup.self, Restore.self, Quarantine.self, Reload.self, Pause.self, Resume.self,
      Drain.self, Suspend.self,
    ])

  package init() {}

  /// Parses the arguments, runs the command and ends the process with the exit code that belongs to its outcome.
  package static func runAndExit() async -> Never {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      fflush(nil)
      Glibc.exit(0)
    } catch let answer as Answer {
      if !answer.message.isEmpty { Terminal.complain(answer.message) }
      fflush(nil)
      Glibc.exit(answer.code)
    } catch {
      let message = fullMessage(for: error)
      let isHelp = exitCode(for: error) == .success
      if isHelp { Terminal.say(message) } else { Terminal.complain(message) }
      fflush(nil)
      Glibc.exit(isHelp ? 0 : 2)
    }
  }
}

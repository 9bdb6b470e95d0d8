import Glibc
import Hub
import Ledger

/// Waits for a replay, and shows how far it is.
struct ReplayWatch {
  let desk: ReplayDesk

  /// Until it ends or holds. Exit code 1 where something failed, or it holds.
  func follow(_ id: Int64) async throws {
    let isTerminal = isatty(STDERR_FILENO) == 1
    while true {
      guard let progress = try await asking({ try await desk.progress(id) }) else { throw ReplayAnswer.none(id) }
      if isTerminal { Terminal.complain("\u{1B}[1A\u{1B}[2K\r" + progress.bar(width: Terminal.width)) }
      if progress.job.state != .running, progress.job.state != .preparing {
        Terminal.say(progress.lines(width: Terminal.width))
        let steps = "entente replay show \(id) --failed"
        if progress.failed > 0 { Terminal.say("Next: \(steps)") }
        guard progress.job.state == .done, progress.failed == 0 else { throw Answer.no() }
        return
      }
      try await Task.sleep(for: .milliseconds(200))
    }
  }
}

/// Answers that several commands give.
enum ReplayAnswer {
  static func none(_ id: Int64) -> Answer {
    Answer.no("There is no replay \(id); `entente replay list` shows those that there are.")
  }
}

import Synchronization

/// The running programs of this process: each is started when it is first needed, kept, and replaced when it ends.
///
/// One for the whole process, since programs outlive the configurations that name them: a reload that changes nothing of
/// a program changes nothing of its process.
package final class SandboxedWorkers: Sendable {
  package static let shared = SandboxedWorkers()

  private let workers = Mutex<[SandboxedProgram: SandboxedWorker]>([:])

  private init() {}

  package func worker(for program: SandboxedProgram) -> SandboxedWorker {
    workers.withLock { workers in
      if let known = workers[program] { return known }
      let new = SandboxedWorker(program)
      workers[program] = new
      return new
    }
  }
}

/// One program, asked one question at a time.
package final class SandboxedWorker: Sendable {
  private let program: SandboxedProgram
  private let running = Mutex(Running())

  private struct Running: @unchecked Sendable {
    // Only ever touched under the lock.
    var process: SandboxedProcess?
  }

  init(_ program: SandboxedProgram) { self.program = program }

  /// Asks, and waits for the answer, at most as long as the program may take. One that ended since it was asked last is
  /// started again; one that ends over this question is not asked it a second time.
  package func ask(_ line: [UInt8]) throws(SandboxedProgram.Trouble) -> [UInt8] {
    let outcome: Result<[UInt8], SandboxedProgram.Trouble> = running.withLock { running in
      if let kept = running.process {
        switch Self.answer(of: kept, line, program.seconds) {
        case .success(let answer): return .success(answer)
        case .failure(let trouble):
          running.process = nil
          // It may have ended before this question.
          guard trouble.endedAtOnce else { return .failure(trouble) }
        }
      }
      let fresh: SandboxedProcess
      do throws(SandboxedProgram.Trouble) { fresh = try SandboxedProcess(program) } catch { return .failure(error) }
      let outcome = Self.answer(of: fresh, line, program.seconds)
      if case .success = outcome { running.process = fresh }
      return outcome
    }
    return try outcome.get()
  }

  private static func answer(
    of process: SandboxedProcess, _ line: [UInt8], _ seconds: Int
  ) -> Result<[UInt8], SandboxedProgram.Trouble> {
    do throws(SandboxedProgram.Trouble) {
      return .success(try process.ask(line, seconds: seconds))
    } catch {
      return .failure(error)
    }
  }
}

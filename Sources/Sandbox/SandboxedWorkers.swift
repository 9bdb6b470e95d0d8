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
    var asked = 0
  }

  init(_ program: SandboxedProgram) { self.program = program }

  /// Asks, and waits for the answer, at most as long as the program may take. One that ended since it was asked last is
  /// started again; one that ends over this question is not asked it a second time.
  ///
  /// - Parameters:
  ///   - question: the line, with a number in it that no other question to this program has.
  ///   - accepts: whether a line is the answer to the question of that number; otherwise the program is ended, since
  ///     nobody knows what its next line would answer.
  package func ask(
    _ question: (Int) -> [UInt8], accepts: ([UInt8], Int) -> Bool
  ) throws(SandboxedProgram.Trouble) -> [UInt8] {
    let outcome: Result<[UInt8], SandboxedProgram.Trouble> = running.withLock { running in
      running.asked += 1
      let number = running.asked
      let line = question(number)
      func judged(
        _ outcome: Result<[UInt8], SandboxedProgram.Trouble>
      ) -> Result<[UInt8], SandboxedProgram.Trouble> {
        guard case .success(let answer) = outcome, !accepts(answer, number) else { return outcome }
        return .failure(
          SandboxedProgram.Trouble(message: "what it answered is no JSON object with the id of the question"))
      }
      if let kept = running.process {
        switch judged(Self.answer(of: kept, line, program.seconds)) {
        case .success(let answer): return .success(answer)
        case .failure(let trouble):
          running.process = nil
          // It may have ended before this question.
          guard trouble.endedAtOnce else { return .failure(trouble) }
        }
      }
      let fresh: SandboxedProcess
      do throws(SandboxedProgram.Trouble) { fresh = try SandboxedProcess(program) } catch { return .failure(error) }
      let outcome = judged(Self.answer(of: fresh, line, program.seconds))
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

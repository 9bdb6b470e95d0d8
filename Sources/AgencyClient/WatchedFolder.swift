#if canImport(Glibc)
  import Glibc
#endif
import Logging
import ServiceLifecycle

extension Producer {
  /// What became of a file of a watched folder.
  public struct FileOutcome: Sendable {
    /// Its name when it was found.
    public var name: String
    /// How far it came, or why it is in `refused` or waits.
    public var result: Result<Published, AgencyClientError>
  }

  /// Publishes the files that are put into a folder, in the order of their names, until the service is told to stop or
  /// the task is cancelled; `run` runs beside it.
  ///
  /// Each file becomes the body of `template`. One that is still being written waits until it has stayed the same for a
  /// look; hidden files, and those ending in `.part` or `.tmp`, are left alone. A file that was taken lies in `.sending`
  /// under its message-id, so that a crash repeats it under the same one; published, it lies in `sent`; refused by the
  /// broker, or rejected by the hub where receipts are waited for, in `refused` with the reasons in a file beside it.
  public func watch(
    _ folder: String, as template: OutgoingMessage, until milestone: Milestone = .confirmed,
    interval: Duration = .milliseconds(250), onOutcome: (@Sendable (FileOutcome) async -> Void)? = nil
  ) async throws {
    let watched = try WatchedFolder(
      folder: folder, template: template, milestone: milestone == .kept ? .confirmed : milestone, producer: self,
      onOutcome: onOutcome)
    try await cancelWhenGracefulShutdown { try await watched.run(interval: interval) }
  }
}

/// A folder whose files are published.
struct WatchedFolder: Sendable {
  private let folder: String
  private let template: OutgoingMessage
  private let milestone: Producer.Milestone
  private let producer: Producer
  private let onOutcome: (@Sendable (Producer.FileOutcome) async -> Void)?

  private var sending: String { folder + "/.sending" }
  private var sent: String { folder + "/sent" }
  private var refused: String { folder + "/refused" }

  /// So many files are under way at a time.
  private static let limit = 64

  init(
    folder: String, template: OutgoingMessage, milestone: Producer.Milestone, producer: Producer,
    onOutcome: (@Sendable (Producer.FileOutcome) async -> Void)?
  ) throws(AgencyClientError) {
    self.folder = folder
    self.template = template
    self.milestone = milestone
    self.producer = producer
    self.onOutcome = onOutcome
    for folder in [folder, sending, sent, refused] { try Disk.makeFolder(folder) }
  }

  /// A file in `.sending`: its message-id, two underscores, and the name that it had.
  private struct Taken: Sendable {
    var id: String
    var name: String
    var file: String { "\(id)__\(name)" }

    init(id: String, name: String) {
      self.id = id
      self.name = name
    }

    init?(file: String) {
      guard let mark = file.firstRange(of: "__") else { return nil }
      id = String(file[..<mark.lowerBound])
      name = String(file[mark.upperBound...])
    }
  }

  func run(interval: Duration) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      var underWay = 0
      func begin(_ taken: Taken, _ group: inout ThrowingTaskGroup<Void, any Error>) async throws {
        if underWay >= Self.limit {
          try await group.next()
          underWay -= 1
        }
        if let pending = try await publish(taken) {
          underWay += 1
          group.addTask { try await settle(taken, pending) }
        }
      }
      for file in try Disk.files(in: sending) {
        if let taken = Taken(file: file) { try await begin(taken, &group) }
      }
      var seen: [String: Disk.FileStamp] = [:]
      while !Task.isCancelled {
        var now: [String: Disk.FileStamp] = [:]
        for name in try Disk.files(in: folder) where !name.hasSuffix(".part") && !name.hasSuffix(".tmp") {
          guard let stamp = Disk.size(of: "\(folder)/\(name)") else { continue }
          if seen[name] == stamp {
            let taken = Taken(id: MessageIDs.random(), name: name)
            try Disk.move("\(folder)/\(name)", to: "\(sending)/\(taken.file)")
            try await begin(taken, &group)
          } else {
            now[name] = stamp
          }
        }
        seen = now
        try? await Task.sleep(for: interval)
      }
      group.cancelAll()
    }
  }

  /// Gives the file to the producer; nil where it is refused at once.
  private func publish(_ taken: Taken) async throws -> Producer.Pending? {
    var message = template
    message.messageID = taken.id
    message.body = try Disk.read("\(sending)/\(taken.file)")
    do throws(AgencyClientError) {
      try producer.check(message, milestone)
      return try await producer.begin(message, until: milestone, spooled: false)
    } catch {
      guard error.code == .refused else { throw error }
      try setAside(taken, error.message)
      await onOutcome?(.init(name: taken.name, result: .failure(error)))
      return nil
    }
  }

  private func settle(_ taken: Taken, _ pending: Producer.Pending) async throws {
    do throws(AgencyClientError) {
      let published = try await producer.finish(pending)
      if let receipt = published.receipt, receipt.verdict == .rejected {
        try setAside(taken, receipt.reasons.map { "\($0.cause): \($0.detail ?? "")" }.joined(separator: "\n"))
      } else {
        try Disk.move("\(sending)/\(taken.file)", to: free(taken, in: sent))
      }
      await onOutcome?(.init(name: taken.name, result: .success(published)))
    } catch {
      switch error.code {
      case .refused: try setAside(taken, error.message)
      // The hub has it: only its word is missing.
      case .noReceipt: try Disk.move("\(sending)/\(taken.file)", to: free(taken, in: sent))
      // It stays in `.sending`, and is published again under the same id.
      case .cancelled, .shutDown: return
      default: throw error
      }
      await onOutcome?(.init(name: taken.name, result: .failure(error)))
    }
  }

  private func setAside(_ taken: Taken, _ reason: String) throws(AgencyClientError) {
    let path = free(taken, in: refused)
    let name = String(path.dropFirst(refused.count + 1))
    try Disk.write(Array((reason + "\n").utf8), to: refused, name: name + ".why.txt")
    try Disk.move("\(sending)/\(taken.file)", to: path)
  }

  /// A path of that name where no file lies yet.
  private func free(_ taken: Taken, in folder: String) -> String {
    let path = "\(folder)/\(taken.name)"
    return Disk.exists(path) ? "\(folder)/\(taken.file)" : path
  }
}

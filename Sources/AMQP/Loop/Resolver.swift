#if canImport(Glibc)
  import Glibc
#endif
import Synchronization

/// Looks names up on threads of its own, since `getaddrinfo` blocks and takes no deadline. One look-up of a name runs
/// at a time; whoever asks for the same name meanwhile shares its answer.
final class Resolver: Sendable {
  typealias Answer = Result<[SocketAddress], SocketAddress.LookUpFailure>

  static let shared = Resolver()

  private struct Question: Hashable, Sendable {
    var host: String
    var port: UInt16
  }

  private let waiting = Mutex<[Question: [@Sendable (Answer) -> Void]]>([:])

  func lookUp(_ host: String, port: UInt16, _ answer: @escaping @Sendable (Answer) -> Void) {
    let question = Question(host: host, port: port)
    let isFirst = waiting.withLock { waiting in
      waiting[question, default: []].append(answer)
      return waiting[question]?.count == 1
    }
    guard isFirst else { return }
    PosixThread.start("amqp-resolver") { [self] in
      let result = SocketAddress.lookUp(host, port: port)
      let answers = waiting.withLock { $0.removeValue(forKey: question) ?? [] }
      for answer in answers { answer(result) }
    }
  }
}

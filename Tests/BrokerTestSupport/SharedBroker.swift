package import Broker
import Glibc
import Synchronization

/// One private RabbitMQ for all suites of a test process: started when the first test asks for it, ended with the
/// process. A test takes a virtual host or a prefix of its own and leaves nothing behind; whoever kills, stops or
/// alarms a broker starts a `PrivateNode` of its own.
package struct SharedBroker: Sendable {
  package let node: PrivateNode

  /// A broker that a test has started for itself.
  package init(node: PrivateNode) { self.node = node }

  package var port: UInt16 { node.amqpPort }
  package var management: ManagementAPI { node.management }

  /// The broker of this process.
  package static func shared() async throws -> SharedBroker { try await running.task().value }

  /// What nodes in tests have in common: two schedulers, which is plenty.
  package static var testOptions: PrivateNode.Options {
    var options = PrivateNode.Options()
    options.schedulers = 2
    return options
  }

  private static let running = Running()

  private final class Running: Sendable {
    private let started = Mutex<Task<SharedBroker, any Error>?>(nil)

    func task() -> Task<SharedBroker, any Error> {
      started.withLock { started in
        if let started { return started }
        let task = Task {
          let node = try await PrivateNode.start(SharedBroker.testOptions)
          endAtExit.withLock { $0 = node }
          atexit { endAtExit.withLock { $0 }?.stopNow(within: .seconds(10)) }
          return SharedBroker(node: node)
        }
        started = task
        return task
      }
    }
  }
}

/// The node that `atexit`, whose function can capture nothing, ends. The supervisor would end it a moment later
/// anyway: this makes a test run end after its broker, not before.
private let endAtExit = Mutex<PrivateNode?>(nil)

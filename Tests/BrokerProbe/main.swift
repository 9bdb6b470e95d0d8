import BrokerTestSupport
import Broker
import Glibc

// A program that starts a node, says so, and waits to be killed: the other half of `NodeEndsWithUsTests`.
let node = try await PrivateNode.start(SharedBroker.testOptions)
print("\(node.pid ?? 0) \(node.epmdPid ?? 0) \(node.supervisorPid) \(node.folder)")
fflush(nil)
while true { try await Task.sleep(for: .seconds(3600)) }

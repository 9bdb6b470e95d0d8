import Glibc
import Hub
import Logging
import Sharing
import Synchronization

// Runs a hub that ends itself with SIGKILL when it reaches a step for the given time, as a crash between two steps
// would: `HubProbe FOLDER [STEP COUNT]`. Without a step it runs until it is told to stop.

let arguments = CommandLine.arguments
let reached = Mutex(0)

guard arguments.count == 2 || arguments.count == 4 else {
  print("usage: HubProbe FOLDER [STEP COUNT]")
  exit(2)
}
let deadly = arguments.count == 4 ? HubStep(rawValue: arguments[2]) : nil
let count = arguments.count == 4 ? Int(arguments[3]) ?? 1 : 0

let home = try HubHome.open(folder: arguments[1])
var logger = Logger(label: "probe") { StreamLogHandler.standardError(label: $0) }
logger.logLevel = .warning
let hub = Hub(home, logger: logger, silenceMilliseconds: 2000) { step in
  guard step == deadly else { return }
  let times = reached.withLock { times in
    times += 1
    return times
  }
  if times == count { kill(getpid(), SIGKILL) }
}
try await hub.run()

import BrokerTestSupport
import Contract
import Foundation
import JSON
import Sharing
import Testing

@testable import Hub

/// The scripts of `Examples/python`, run as an agency's engineer runs them: with Debian's Python and its pika.
@Suite struct `Pika` {
  @Test func `a wrong document is answered with its cause, and the script says no`() async throws {
    try await TestExchange.with { exchange in
      try exchange.folder.write("{\"hello\": \"world\"}", to: "document.json")
      try await exchange.withHub {
        let publish = try PikaScript("publish.py", as: "alpha", of: exchange, "threat", "document.json", "wrong")
        #expect(try await publish.exitCode() == 1)
        let receipt = try JSONDocument(publish.output()).root
        #expect(receipt["receipt"]?.string == "rejected")
        #expect(receipt["message_id"]?.string == "wrong")
        #expect(receipt["reasons"]?[0]?["cause"]?.string == FailureCause.unknownFormat.rawValue)
      }
    }
  }

  @Test func `what one script publishes, another gets, and the second time it is a duplicate`() async throws {
    try await TestExchange.with { exchange in
      let body = TestMessage.bundle(1)
      try exchange.folder.write(String(decoding: body, as: UTF8.self), to: "document.json")
      try exchange.folder.write("", to: "inbox/.keep")
      try await exchange.withHub {
        for verdict in ["accepted", "duplicate"] {
          let publish = try PikaScript("publish.py", as: "alpha", of: exchange, "threat", "document.json", "first")
          #expect(try await publish.exitCode() == 0)
          #expect(try JSONDocument(publish.output()).root["receipt"]?.string == verdict)
        }
        let listen = try PikaScript("listen.py", as: "beta", of: exchange, "threat", "inbox")
        defer { listen.stop() }
        let id = exchange.home.keys.deliveryID(sender: .known("alpha"), messageID: "first", recipient: .known("beta"))
        let file = "\(exchange.folder.path)/inbox/\(id).1.json"
        try await eventually("the delivery in the folder") { FileManager.default.fileExists(atPath: file) }
        #expect(try Example.read(file) == body)
        // It acknowledged what it kept: nothing comes again.
        try await eventually("the delivery acknowledged") { listen.printedLines >= 1 }
        listen.stop()
        try await listen.end()
        try await exchange.settle()
        #expect(try await exchange.drain(QueueNames.inbox(.threat), of: "beta").isEmpty)
      }
    }
  }

  @Test func `a wrong password is refused by the broker`() async throws {
    try await TestExchange.with { exchange in
      try exchange.folder.write("{}", to: "document.json")
      let publish = try PikaScript(
        "publish.py", as: "alpha", of: exchange, password: "wrong", "threat", "document.json", "never")
      #expect(try await publish.exitCode() == 1)
      #expect(publish.output().isEmpty)
    }
  }

  @Test func `the guide shows the scripts as they are`() throws {
    let guide = String(decoding: try Example.read("\(Example.package)/Docs/connecting-an-agency.md"), as: UTF8.self)
    for name in ["publish.py", "listen.py"] {
      let script = String(decoding: try Example.read("\(Example.package)/Examples/python/\(name)"), as: UTF8.self)
      #expect(guide.contains("```python\n\(script)```\n"), "Docs/connecting-an-agency.md shows another \(name)")
    }
  }

  @Test func `the guide names every cause that a receipt can name`() throws {
    let guide = String(decoding: try Example.read("\(Example.package)/Docs/connecting-an-agency.md"), as: UTF8.self)
    let never: Set<FailureCause> = [
      .noFormat, .cannotWrite, .cannotCarryObligation, .outputInvalid, .payloadGone, .inboxFull, .inboxMissing,
      .connection, .deliveryLimit, .payloadUnreadable,
    ]
    for cause in FailureCause.allCases where !never.contains(cause) {
      #expect(guide.contains("| `\(cause.rawValue)` |"), "\(cause.rawValue)")
    }
  }
}

/// One of the scripts, running in the exchange's folder with the agency's own user and password.
private final class PikaScript: Sendable {
  private let process: Process
  private let printed: String

  init(
    _ name: String, as agency: String, of exchange: TestExchange, password: String? = nil, _ arguments: String...
  ) throws {
    let broker = exchange.home.configuration.settings.broker
    let user = broker.vhostPrefix + agency
    let secret = try password ?? exchange.home.secrets.password(of: user) ?? ""
    printed = "\(exchange.folder.path)/\(name).\(UInt32.random(in: 0 ... .max)).out"
    _ = FileManager.default.createFile(atPath: printed, contents: nil)
    process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["\(Example.package)/Examples/python/\(name)"] + arguments
    process.currentDirectoryURL = URL(filePath: exchange.folder.path)
    process.environment = [
      "ENTENTE_URL": "amqp://\(user):\(secret)@\(broker.host):\(broker.port)/\(user)", "PYTHONUNBUFFERED": "1",
      "PYTHONDONTWRITEBYTECODE": "1",
    ]
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: printed))
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  deinit { stop() }

  /// Waits until it has ended by itself.
  func exitCode() async throws -> Int32 {
    try await end()
    return process.terminationStatus
  }

  func end() async throws { try await eventually("the script's end") { !process.isRunning } }

  /// Ends it by force: what threads of ours start inherits that they take no other signal.
  func stop() { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  func output() -> [UInt8] { (try? Example.read(printed)) ?? [] }

  var printedLines: Int { output().count { $0 == UInt8(ascii: "\n") } }
}

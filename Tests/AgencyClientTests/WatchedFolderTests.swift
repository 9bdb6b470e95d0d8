import AMQP
import BrokerTestSupport
import Contract
import Testing

@testable import AgencyClient

@Suite(.timeLimit(.minutes(10))) struct WatchedFolderTests {
  private let folder = Folder()
  private let template = OutgoingMessage(body: [], lane: .threat, type: MessageType("stix/bundle"))

  /// Runs the watch beside a body, and ends it afterwards.
  private func watching(
    _ producer: Producer, until milestone: Producer.Milestone = .confirmed, _ body: () async throws -> Void
  ) async throws {
    let watch = Task { [folder, template] in
      try await producer.watch(folder.path, as: template, until: milestone, interval: .milliseconds(20))
    }
    do {
      try await body()
    } catch {
      watch.cancel()
      _ = await watch.result
      throw error
    }
    watch.cancel()
    _ = await watch.result
  }

  @Test func `what a crash left under way goes out again under the same id`() async throws {
    try await Exchange.with { exchange in
      try Disk.makeFolder(folder.path + "/.sending")
      try folder.put("left", as: ".sending/id-1__left.json")
      let producer = try exchange.producer()
      try await running(producer) { _ in
        try await watching(producer) {
          let delivery = try #require(try await exchange.taken(1).first)
          #expect(delivery.properties.messageID == "id-1")
          #expect(delivery.body == Array("left".utf8))
          try await eventually("it is among the sent") { try folder.files("/sent") == ["left.json"] }
        }
      }
    }
  }

  @Test func `a rejected file lies aside with the reasons`() async throws {
    try await Exchange.with { exchange in
      let producer = try exchange.producer(receipts: true)
      try await running(producer) { _ in
        try await watching(producer, until: .receipt(within: .seconds(60))) {
          try folder.put("bad", as: "bad.json")
          let id = try #require(try await exchange.taken(1).first?.properties.messageID)
          try await exchange.receipts([
            "{\"receipt\":\"rejected\",\"message_id\":\"\(id)\",\"reasons\":[{\"cause\":\"schema\",\"detail\":\"No.\"}]}"
          ])
          try await eventually("it is among the refused") { try folder.files("/refused").count == 2 }
          #expect(try folder.text("refused/bad.json.why.txt") == "schema: No.\n")
        }
      }
    }
  }

  @Test func `files are published in the order of their names, unfinished ones left alone`() async throws {
    try await Exchange.with { exchange in
      for number in 0..<100 { try folder.put("\(number)", as: "\(1000 + number).json") }
      try folder.put("hidden", as: ".hidden.json")
      try folder.put("part", as: "x.json.part")
      try folder.put("part", as: "y.tmp")
      let producer = try exchange.producer()
      try await running(producer) { _ in
        try await watching(producer) {
          let deliveries = try await exchange.taken(100)
          #expect(deliveries.map { String(decoding: $0.body, as: UTF8.self) } == (0..<100).map { "\($0)" })
          #expect(deliveries.allSatisfy { $0.properties.type == "stix/bundle" })
          try await eventually("all are among the sent") { try folder.files("/sent").count == 100 }
          // The same name again does not overwrite the first.
          try folder.put("again", as: "1000.json")
          #expect(try await exchange.taken(1).count == 1)
          try await eventually("it is there as well") { try folder.files("/sent").count == 101 }
        }
      }
      #expect(try folder.files() == ["x.json.part", "y.tmp"])
      #expect(try folder.text("sent/1000.json") == "0")
    }
  }
}

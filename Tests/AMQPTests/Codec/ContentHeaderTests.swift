import Testing

@testable import AMQP

@Suite struct ContentHeaderTests {
  private func decode(_ payload: [UInt8]) -> ContentHeader? {
    let decoder = MethodDecoder()
    return payload.withUnsafeBytes { decoder.contentHeader($0) }
  }

  @Test func `headers nested too deep leave the other properties readable`() throws {
    let header = try #require(decode(Wire.contentHeader(size: 3, headers: Wire.nested(100_000), messageID: "m-1")))
    #expect(header.malformed)
    #expect(header.bodySize == 3)
    #expect(header.properties == AMQPProperties(contentType: "text/plain", deliveryMode: nil, messageID: "m-1"))
  }

  @Test func `headers whose length leaves the frame make the properties unreadable`() throws {
    let header = try #require(
      decode(Wire.contentHeader(size: 3, headers: [255, 255, 255, 255], messageID: "m-1")))
    #expect(header.malformed)
    #expect(header.properties == AMQPProperties(deliveryMode: nil))
  }

  @Test(arguments: 2...40) func `properties cut short are malformed, and never a crash`(_ length: Int) {
    let whole = Wire.contentHeader(size: 3, headers: Wire.long(Wire.voidEntry), messageID: "m-1")
    guard length + 12 < whole.count else { return }
    #expect(decode(Array(whole[..<(12 + length)]))?.malformed == true)
  }

  @Test func `properties without headers are read as librabbitmq reads them, whole and cut short`() throws {
    let decoder = MethodDecoder()
    for flags in 0..<(1 << 13) {
      // The highest flag that stands for no property is that of the headers.
      let mask = (flags & 0x1800) << 3 | (flags & 0x07FF) << 2
      var bytes = Wire.u16(mask)
      for bit in [15, 14, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2] where mask & 1 << bit != 0 {
        switch bit {
        case 12, 11: bytes.append(UInt8(bit))
        case 6: bytes += Wire.u64(1_764_000_000)
        default: bytes += Wire.short("text of bit \(bit), with an ü")
        }
      }
      let (short, long) = bytes.withUnsafeBytes { (decoder.plainProperties($0), decoder.properties($0)) }
      #expect(short != nil && short == long)
      guard bytes.count > 2 else { continue }
      let cut = bytes[..<(2 + flags % (bytes.count - 2))].withUnsafeBytes { decoder.plainProperties($0) == nil }
      #expect(cut)
    }
    let withHeaders = (Wire.u16(0x2000) + Wire.u32(0)).withUnsafeBytes { decoder.plainProperties($0) == nil }
    #expect(withHeaders)
  }

  @Test func `a header of another class is none`() {
    var payload = Wire.contentHeader(size: 0, headers: [0, 0, 0, 0], messageID: "")
    payload[1] = 50
    #expect(decode(payload) == nil)
  }

  @Test func `too few bytes are none`() {
    #expect(decode([0, 60, 0, 0]) == nil)
  }

  @Test func `what we write we read`() throws {
    let properties = AMQPProperties(
      contentType: "a", contentEncoding: "b", headers: Wire.everyKind, deliveryMode: 1, priority: 3,
      correlationID: "c", replyTo: "d", expiration: "1000", messageID: "e", timestamp: 1_764_000_000, type: "f",
      userID: "g", appID: "h", clusterID: "i")
    let payload = try FrameWriter.borrow(frameMax: 4096) { writer throws(AMQPError) in
      try writer.contentHeader(properties, bodySize: 77, channel: 5)
      return Array(writer.frames.dropFirst(7).dropLast())
    }
    #expect(decode(payload) == ContentHeader(bodySize: 77, properties: properties, malformed: false))
  }

  @Test func `headers that we would not read we do not write`() {
    var table: AMQPTable = [:]
    for _ in 0..<AMQPTable.maximumDepth { table = ["t": .table(table)] }
    let properties = AMQPProperties(headers: table)
    #expect(throws: AMQPError.self) { try properties.check() }
  }

  @Test func `a text property over 255 bytes is refused`() {
    let properties = AMQPProperties(messageID: String(repeating: "x", count: 256))
    #expect(throws: AMQPError.self) { try properties.check() }
  }

  @Test func `the size computed before is at least the size written`() throws {
    let properties = AMQPProperties(contentType: "a", headers: Wire.everyKind, messageID: "e", timestamp: 1)
    let written = try FrameWriter.borrow(frameMax: 4096) { writer throws(AMQPError) in
      try writer.contentHeader(properties, bodySize: 0, channel: 1)
      return writer.frames.count
    }
    #expect(try properties.check() >= written)
  }
}

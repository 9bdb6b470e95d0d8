/// The decoders, opened for inputs that a fuzzer makes up.
package enum AMQPFuzzing {
  /// What one input led to.
  package struct Account: Sendable {
    package var framesAreInOrder = true
    /// Bytes of bodies that were put together.
    package var bodyBytes = 0
    /// Bytes that were set aside for what was announced.
    package var memory = 0
  }

  /// The largest body that is kept.
  package static let maximumBodyBytes = 1 << 20

  /// Takes the bytes three times: as a stream of frames, as the payload of a method, and as that of a content header.
  package static func run(_ bytes: [UInt8]) -> Account {
    var account = Account()
    let decoder = MethodDecoder()
    bytes.withUnsafeBytes { bytes in
      stream(bytes, decoder, &account)
      _ = decoder.method(bytes)
      if let header = decoder.contentHeader(bytes) { roundTrip(header.properties, decoder) }
      _ = TableScan.scan(bytes)
    }
    return account
  }

  private static func stream(
    _ bytes: UnsafeRawBufferPointer, _ decoder: borrowing MethodDecoder, _ account: inout Account
  ) {
    var splitter = FrameSplitter()
    splitter.frameMax = ConnectionMachine.frameMax
    var assembler = ContentAssembler()
    var offset = 0
    while case .frame(let frame) = splitter.next(in: bytes, at: offset) {
      if frame.payload.lowerBound != offset + 7 || frame.end > bytes.count { account.framesAreInOrder = false }
      offset = frame.end
      let payload = UnsafeRawBufferPointer(rebasing: bytes[frame.payload])
      let step: ContentAssembler.Step
      switch frame.kind {
      case .method:
        switch decoder.method(payload) {
        case .basicDeliver(let message)?: step = assembler.begin(.delivery(message))
        case .basicGetOk(let message, _)?: step = assembler.begin(.got(message))
        case .basicReturn(let message)?: step = assembler.begin(.returned(message))
        case nil: return
        default: continue
        }
      case .header:
        guard let header = decoder.contentHeader(payload) else { return }
        step = assembler.header(header, maximumBodyBytes: maximumBodyBytes)
        account.memory = max(account.memory, assembler.reservedBytes)
      case .body: step = assembler.body(payload)
      case .heartbeat: continue
      }
      switch step {
      case .violation: return
      case .more: continue
      case .complete(let content): account.bodyBytes += content.body.count
      }
    }
  }

  /// Properties that could be read can be written, and read again as the same.
  private static func roundTrip(_ properties: AMQPProperties, _ decoder: borrowing MethodDecoder) {
    guard (try? properties.check()) != nil else { return }
    let again = FrameWriter.borrow(frameMax: ConnectionMachine.frameMax) { writer -> ContentHeader? in
      do throws(AMQPError) {
        try writer.contentHeader(properties, bodySize: 0, channel: 1)
      } catch {
        return nil
      }
      let frame = writer.frames
      return decoder.contentHeader(UnsafeRawBufferPointer(rebasing: frame[7..<(frame.count - 1)]))
    }
    guard let again, !again.malformed else { return }
    precondition(again.properties.messageID == properties.messageID, "a message-id changes when written again")
  }
}

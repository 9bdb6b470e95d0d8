/// A body under way that is lent to whoever reads the socket, so that what is still to come of a frame is received where
/// it belongs. It is given back before anything else is done with its channel's frames.
struct LentBody: Sendable {
  let channel: UInt16
  /// The channel may end meanwhile: nobody wants the body then.
  let serial: UInt64
  var bytes: [UInt8]
  /// So many bytes may be received.
  let room: Int
  /// Another frame of the same body follows.
  let isContinued: Bool
  var received = 0

  var missing: Int { room - received }
  /// For less it is not worth the while.
  static let smallest = 4 << 10
}

extension ConnectionState {
  /// The body of the frame that is begun, where much of it is missing. The frame's last byte is not asked for: it is taken
  /// together with the end octet.
  func lendBody(_ splitter: FrameSplitter) -> LentBody? {
    guard let (number, missing) = splitter.begun, machine.isRunning, Int(number) < channels.count,
      let channel = channels[Int(number)], !channel.isClosing
    else { return nil }
    return channel.content.lend(atMost: missing - 1).map { bytes, left in
      LentBody(
        channel: number, serial: channel.serial, bytes: bytes, room: missing - 1,
        isContinued: left > UInt64(missing + LentBody.smallest))
    }
  }

  /// How many bytes will come in any case: what is missing of the largest body that has begun to come.
  var missingOfBody: Int {
    var most: UInt64 = 0
    for case let channel? in channels { most = max(most, channel.content.missing) }
    return Int(clamping: most)
  }

  /// Takes it back, with what was received.
  mutating func takeBack(_ loan: consuming LentBody, _ splitter: inout FrameSplitter) {
    splitter.skip(loan.received)
    guard let channel = channel(loan.channel, loan.serial) else { return }
    channel.content.takeBack(loan.bytes, received: loan.received)
  }
}

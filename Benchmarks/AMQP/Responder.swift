import Glibc
import Synchronization

/// The other end of a connection without a broker behind it: it logs anybody in, confirms what is published and delivers
/// without end, all from bytes made before, so that what is measured is the client alone.
final class Responder: Sendable {
  let port: UInt16
  private let listener: Int32
  private let size: Int

  /// Listens on a port of its own; deliveries have bodies of that size.
  init(size: Int) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.size = size
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isListening = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isListening else { throw Stage.Failed(what: "no socket to answer on") }
    port = UInt16(bigEndian: address.sin_port)
  }

  /// Serves each connection on a thread of its own, until the process ends.
  func start() {
    Self.onThread { [self] in
      while true {
        let socket = accept(listener, nil, nil)
        guard socket >= 0 else { continue }
        Self.onThread { [size] in
          var talk = Talk(socket: socket, size: size)
          talk.run()
          close(socket)
        }
      }
    }
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private static func onThread(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { box in
        Unmanaged<Work>.fromOpaque(box!).takeRetainedValue().body()
        return nil
      }, Unmanaged.passRetained(Work(body)).toOpaque())
    pthread_detach(thread)
  }

  /// One connection.
  private struct Talk {
    let socket: Int32
    let size: Int
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    var kept = 0
    var skip = 8
    /// Bytes of the body under way that have not come.
    var body = 0
    var published: UInt64 = 0
    var publishChannel: UInt16 = 0
    var delivered: UInt64 = 0
    var acknowledged: UInt64 = 0
    var prefetch: UInt64 = 0
    var isConsuming = false
    var batch: [UInt8] = []
    var tagPlaces: [Int] = []
    var hasEnded = false

    static let together = 64

    init(socket: Int32, size: Int) {
      self.socket = socket
      self.size = size
      var on: Int32 = 1
      setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
    }

    mutating func run() {
      send(method(0, 10, 10, [0, 9, 0, 0, 0, 0] + long("PLAIN") + long("en_US")))
      while !hasEnded {
        let count = bytes.withUnsafeMutableBytes { recv(socket, $0.baseAddress! + kept, $0.count - kept, 0) }
        guard count > 0 else { return }
        kept += count
        let before = published
        let used = take()
        _ = bytes.withUnsafeMutableBytes { memmove($0.baseAddress!, $0.baseAddress! + used, kept - used) }
        kept -= used
        if published > before { send(method(publishChannel, 60, 80, number(published) + [1])) }
        while isConsuming, delivered < acknowledged + prefetch { deliver() }
      }
    }

    /// Takes the whole frames; how many bytes they were.
    private mutating func take() -> Int {
      var offset = 0
      while kept - offset >= max(skip, 8) {
        if skip > 0 {
          offset += skip
          skip = 0
          continue
        }
        let length = Int(read(offset + 3, 4))
        guard kept - offset >= length + 8 else { break }
        let channel = UInt16(read(offset + 1, 2))
        switch bytes[offset] {
        case 1: answer(channel, read(offset + 7, 2), read(offset + 9, 2), at: offset + 11)
        case 2:
          body = Int(read(offset + 11, 8))
          if body == 0 { published += 1 }
        case 3:
          body -= length
          if body == 0 { published += 1 }
        default: break
        }
        offset += length + 8
      }
      return offset
    }

    private mutating func answer(_ channel: UInt16, _ classID: UInt64, _ methodID: UInt64, at place: Int) {
      switch (classID, methodID) {
      case (10, 11): send(method(0, 10, 30, [7, 255] + [0, 2, 0, 0] + [0, 60]))
      case (10, 40): send(method(0, 10, 41, [0]))
      case (10, 50):
        send(method(0, 10, 51))
        hasEnded = true
      case (20, 10): send(method(channel, 20, 11, [0, 0, 0, 0]))
      case (20, 40): send(method(channel, 20, 41))
      case (85, 10):
        publishChannel = channel
        send(method(channel, 85, 11))
      case (60, 10):
        prefetch = read(place + 4, 2)
        send(method(channel, 60, 11))
      case (60, 20):
        let queue = place + 2
        let tag = queue + 1 + Int(bytes[queue])
        let name = Array(bytes[tag...(tag + Int(bytes[tag]))])
        send(method(channel, 60, 21, name.count > 1 ? name : [3] + Array("ctg".utf8)))
        prepare(channel, tag: name)
        isConsuming = true
      case (60, 80): acknowledged = max(acknowledged, read(place, 8))
      default: break
      }
    }

    /// Deliveries that are sent together, with places for their tags.
    private mutating func prepare(_ channel: UInt16, tag: [UInt8]) {
      let key: [UInt8] = [17] + Array("bench.messages.in".utf8)
      for _ in 0..<Self.together {
        tagPlaces.append(batch.count + 11 + tag.count)
        batch += method(channel, 60, 60, tag + number(0) + [0] + [0] + key)
        let properties: [UInt8] = [0x10, 0x80] + [2] + [5] + Array("12345".utf8)
        batch += frame(2, channel, [0, 60, 0, 0] + number(UInt64(size)) + properties)
        var left = size
        while left > 0 {
          let length = min(left, 131_072 - 8)
          batch += frame(3, channel, [UInt8](repeating: Worker.fill, count: length))
          left -= length
        }
      }
    }

    private mutating func deliver() {
      for place in tagPlaces {
        delivered += 1
        batch.withUnsafeMutableBytes { $0.storeBytes(of: delivered.bigEndian, toByteOffset: place, as: UInt64.self) }
      }
      send(batch)
    }

    // MARK: Bytes

    private func send(_ bytes: [UInt8]) {
      var sent = 0
      while sent < bytes.count {
        let count = bytes.withUnsafeBytes {
          Glibc.send(socket, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return }
        sent += count
      }
    }

    private func read(_ place: Int, _ width: Int) -> UInt64 {
      (0..<width).reduce(0) { $0 << 8 | UInt64(bytes[place + $1]) }
    }

    private func number(_ number: UInt64) -> [UInt8] {
      (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    }

    private func long(_ text: String) -> [UInt8] { [0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8) }

    private func method(_ channel: UInt16, _ classID: UInt8, _ methodID: UInt8, _ arguments: [UInt8] = []) -> [UInt8] {
      frame(1, channel, [0, classID, 0, methodID] + arguments)
    }

    private func frame(_ kind: UInt8, _ channel: UInt16, _ payload: [UInt8]) -> [UInt8] {
      let length = payload.count
      let header: [UInt8] = [
        kind, UInt8(channel >> 8), UInt8(channel & 255), UInt8(length >> 24 & 255), UInt8(length >> 16 & 255),
        UInt8(length >> 8 & 255), UInt8(length & 255),
      ]
      return header + payload + [0xCE]
    }
  }
}

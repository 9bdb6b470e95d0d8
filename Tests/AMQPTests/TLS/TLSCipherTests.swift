import BrokerTestSupport
import Foundation
import Glibc
import Testing

@testable import AMQP

/// What the ciphers make of our bytes is held to OpenSSL's own server, which sends each line back in reverse.
@Suite(.timeLimit(.minutes(10))) struct TLSCipherTests {
  private static let suites = [
    ["-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384"],
    ["-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"],
    ["-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"],
    ["-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384"],
    ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256"],
  ]

  @Test(arguments: suites) func `lines of all lengths come back, and an altered record is refused`(
    suite: [String]
  ) async throws {
    let authority = try await TestAuthority()
    defer { authority.remove() }
    let certificate = try await authority.sign("server", names: "IP:127.0.0.1")
    let server = try await TLSServer.start(certificate, options: ["-rev"] + suite)
    defer { server.stop() }
    let proxy = Proxy(to: server.port)
    defer { proxy.stop() }
    let caller = try Caller(port: proxy.port, trusting: authority.file)

    for length in Array(1...70) + [255, 256, 257, 1000, 4095, 4096, 9000] {
      let line = (0..<length).map { UInt8(truncatingIfNeeded: 33 + ($0 &* 7 &+ length) % 90) }
      try caller.send(line + [10])
      #expect(try caller.read(length + 1) == line.reversed() + [10], "\(length) bytes")
    }

    proxy.set(.alter)
    try caller.send(Array("whatever this says\n".utf8))
    // The server refuses what it got, and we what it says of that.
    let refusal = try #require(caller.refusal())
    let words = ["bad record mac", "decryption failed", "cipher operation failed"]
    #expect(words.contains { refusal.contains($0) }, "\(refusal)")
  }

  @Test(.enabled(if: offersWideCipher, "no OpenSSL 3.0, VAES and libIPSec_MB.so.1 together on this machine"))
  func `the wider cipher is used where OpenSSL has none of its own`() {
    // Not so where what it seals or opens differs from OpenSSL's in one of some hundred cases.
    #expect(TLSContext.hasWideCipher)
  }

  private static let offersWideCipher: Bool = {
    let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    guard ["vaes", "vpclmulqdq", "avx512vl", "avx512bw"].allSatisfy(flags.contains) else { return false }
    guard let library = dlopen("libIPSec_MB.so.1", RTLD_NOW) else { return false }
    dlclose(library)
    guard let minor = dlsym(nil, "OPENSSL_version_minor") else { return false }
    return unsafeBitCast(minor, to: (@convention(c) () -> UInt32).self)() == 0
  }()
}

/// One TLS session over a socket that blocks.
private final class Caller {
  private let socket: Int32
  private let session: TLSSession

  struct Failure: Error { var what: String }

  init(port: UInt16, trusting authorities: String) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    let context = try TLSContext.shared(AMQPTLS(trust: .file(authorities)))
    guard let session = TLSSession.make(context, socket: socket, name: "127.0.0.1") else {
      throw Failure(what: "no session")
    }
    self.session = session
    let address = try #require(SocketAddress(numeric: "127.0.0.1", port: port))
    let status = address.bytes.withUnsafeBytes { bytes in
      connect(socket, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }
    guard status == 0 else { throw Failure(what: String(cString: strerror(errno))) }
    guard case .done = self.session.handshake() else { throw Failure(what: "no handshake") }
  }

  deinit { close(socket) }

  func send(_ bytes: [UInt8]) throws {
    var waits = false
    let outcome = bytes.withUnsafeBytes { session.send($0, following: 0, &waits) }
    guard outcome == .bytes(bytes.count) else { throw Failure(what: "\(outcome)") }
  }

  private func receive(_ most: Int) -> (ConnectionSocket.Outcome, [UInt8]) {
    var bytes = [UInt8](repeating: 0, count: most)
    var waits = false
    let outcome = bytes.withUnsafeMutableBytes { session.receive(into: $0, &waits) }
    guard case .bytes(let count) = outcome else { return (outcome, []) }
    return (outcome, Array(bytes[..<count]))
  }

  func read(_ count: Int) throws -> [UInt8] {
    var all: [UInt8] = []
    while all.count < count {
      switch receive(count - all.count) {
      case (.bytes, let bytes): all += bytes
      case (.wouldBlock, _): continue
      case (let outcome, _): throw Failure(what: "\(outcome)")
      }
    }
    return all
  }

  /// Why the session ended, if it was for what came.
  func refusal() -> String? {
    while true {
      switch receive(100).0 {
      case .wouldBlock: continue
      case .refused(let reason): return reason
      case .bytes, .endOfStream, .failed: return nil
      }
    }
  }
}

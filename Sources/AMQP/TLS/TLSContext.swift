import COpenSSL
import CRabbitMQ
#if canImport(Glibc)
  import Glibc
#endif
import Synchronization

/// OpenSSL's context of a configuration: one for all connections that are configured alike, made again when a file of
/// its changed.
final class TLSContext: @unchecked Sendable {
  // OpenSSL counts references to a context with atomics, and it is not changed after `init`.
  let raw: OpaquePointer
  private let key: Key

  private struct Key: Hashable {
    var tls: AMQPTLS
    var files: [FileState]
  }

  private struct FileState: Hashable {
    var path: String
    var seconds = 0
    var nanoseconds = 0
    var size = 0
    var node: UInt = 0

    init(_ path: String) {
      self.path = path
      var status = stat()
      guard stat(path, &status) == 0 else { return }
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
      size = Int(status.st_size)
      node = status.st_ino
    }
  }

  private struct Weak: Sendable { weak var context: TLSContext? }

  private static let known = Mutex<[Key: Weak]>([:])

  /// The context for a configuration. Throws `.tls` with the file that cannot be used and why.
  static func shared(_ tls: AMQPTLS) throws(AMQPError) -> TLSContext {
    let key = Key(tls: tls, files: tls.files.map(FileState.init))
    if let context = known.withLock({ $0[key]?.context }) { return context }
    let context = try TLSContext(key)
    known.withLock { known in
      for (key, weak) in known where weak.context == nil { known[key] = nil }
      known[key] = Weak(context: context)
    }
    return context
  }

  private init(_ key: Key) throws(AMQPError) {
    self.key = key
    let tls = key.tls
    guard let raw = copenssl_context_make(tls.minimumVersion == .tls13 ? 1 : 0) else {
      throw .tls("TLS cannot be set up: out of memory")
    }
    self.raw = raw
    switch tls.trust {
    case .system:
      try Self.check("the system's certificate authorities cannot be used") { copenssl_trust_system(raw, $0, $1) }
    case .file(let file):
      try Self.check("the certificate authorities in \(file) cannot be used") {
        copenssl_trust_file(raw, file, $0, $1)
      }
    case .pem(let bytes):
      try Self.check("the certificate authorities given cannot be used") {
        copenssl_trust_pem(raw, bytes, bytes.count, $0, $1)
      }
    }
    guard let identity = tls.identity else { return }
    let names = "\(identity.certificateChainFile) with \(identity.privateKeyFile)"
    try Self.check("the certificate \(names) cannot be used") {
      copenssl_identify(raw, identity.certificateChainFile, identity.privateKeyFile, $0, $1)
    }
  }

  deinit { copenssl_context_free(raw) }

  /// Whether AES-GCM runs in wider registers than those that OpenSSL uses.
  static var hasWideCipher: Bool { copenssl_has_wide_gcm() == 1 }

  private static func check(
    _ what: String, _ call: (UnsafeMutablePointer<CChar>, Int) -> Int32
  ) throws(AMQPError) {
    var status: Int32 = 0
    let reason = TLSSession.text { status = call($0, $1) }
    guard status == 1 else { throw .tls("\(what): \(reason)") }
  }
}

extension AMQPTLS {
  fileprivate var files: [String] {
    var files: [String] = []
    if case .file(let file) = trust { files.append(file) }
    if let identity { files += [identity.certificateChainFile, identity.privateKeyFile] }
    return files
  }
}

extension AMQPError {
  static func tls(_ what: String) -> AMQPError { AMQPError(code: .tls, message: what, isTransient: false) }
}

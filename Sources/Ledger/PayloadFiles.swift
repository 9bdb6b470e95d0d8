import Dispatch
import Glibc

/// The folder of payloads that are too large for the database: each file is written and synced, and so is the folder,
/// before the transaction that names it begins.
///
/// A file without a row is an orphan of a write that never committed, and is swept once it is old.
struct PayloadFiles: Sendable {
  let folder: String
  private let queue = DispatchQueue(label: "entente.ledger.payloads", attributes: .concurrent)

  init(folder: String) throws(LedgerError) {
    self.folder = folder
    if mkdir(folder, 0o700) == 0 {
      // The folder itself must survive what its files survive.
      guard Self.syncFolder(folder + "/..") == 0 else { throw LedgerError(errno: errno, "cannot sync \(folder)") }
    } else if errno != EEXIST {
      throw LedgerError(errno: errno, "cannot make the payload folder \(folder)")
    }
  }

  /// Writes and syncs a file; gives its name, which begins with the time so that an index of names grows at its end.
  func write(_ bytes: [UInt8]) async throws(LedgerError) -> String {
    let result: Result<String, LedgerError> = await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: Result { () throws(LedgerError) in try writeNow(bytes) }) }
    }
    return try result.get()
  }

  /// Reads a file without holding up the caller's thread; nil where there is none.
  func read(_ name: String) async throws(LedgerError) -> [UInt8]? {
    let result: Result<[UInt8]?, LedgerError> = await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: Result { () throws(LedgerError) in try readNow(name) }) }
    }
    return try result.get()
  }

  /// Reads a file at once; nil where there is none.
  func readNow(_ name: String) throws(LedgerError) -> [UInt8]? {
    let descriptor = open(path(name), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw LedgerError(errno: errno, "cannot open payload file \(name)")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw LedgerError(errno: errno, "cannot read payload file \(name)") }
    let size = Int(status.st_size)
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), size - count)
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        count += got
      }
    }
    guard failure == 0 else { throw LedgerError(errno: failure, "cannot read payload file \(name)") }
    return bytes
  }

  func remove(_ name: String) { unlink(path(name)) }

  /// The size of a file; nil where there is none.
  func size(of name: String) -> Int? {
    var status = stat()
    return stat(path(name), &status) == 0 ? Int(status.st_size) : nil
  }

  /// The names of files that were last written before a moment, in milliseconds since 1970; all of them when nil.
  func names(olderThan limit: Int64?) throws(LedgerError) -> [String] {
    guard let directory = opendir(folder) else {
      throw LedgerError(errno: errno, "cannot list the payload folder \(folder)")
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard !name.hasPrefix(".") else { continue }
      if let limit {
        var status = stat()
        guard stat(path(name), &status) == 0 else { continue }
        let written = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
        guard written < limit else { continue }
      }
      names.append(name)
    }
    return names
  }

  /// Milliseconds since 1970 by the file system's clock: the ages of files are compared with nothing else.
  static func wallClock() -> Int64 {
    var moment = timespec()
    clock_gettime(CLOCK_REALTIME, &moment)
    return Int64(moment.tv_sec) * 1000 + Int64(moment.tv_nsec) / 1_000_000
  }

  private func path(_ name: String) -> String { folder + "/" + name }

  private func writeNow(_ bytes: [UInt8]) throws(LedgerError) -> String {
    let time = String(Self.wallClock(), radix: 16)
    let name = String(repeating: "0", count: max(0, 12 - time.utf8.count)) + time + "-" + [UInt8].salt().hex
    let descriptor = open(path(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw LedgerError(errno: errno, "cannot make a payload file in \(folder)") }
    var failure: Int32 = 0
    bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          failure = count < 0 ? errno : ENOSPC
          return
        }
        written += count
      }
    }
    if failure == 0, fsync(descriptor) != 0 { failure = errno }
    if close(descriptor) != 0, failure == 0 { failure = errno }
    if failure == 0 { failure = Self.syncFolder(folder) }
    guard failure == 0 else {
      remove(name)
      throw LedgerError(errno: failure, "cannot write a payload of \(bytes.count) bytes to \(folder)")
    }
    return name
  }

  static func syncFolder(_ folder: String) -> Int32 {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    return fsync(descriptor) == 0 ? 0 : errno
  }
}

extension LedgerError {
  /// Reads what the file system said.
  init(errno code: Int32, _ what: String) {
    let isFull = code == ENOSPC || code == EDQUOT || code == EFBIG
    self.init(isFull ? .full : .io, "\(what): \(String(cString: strerror(code)))")
  }
}

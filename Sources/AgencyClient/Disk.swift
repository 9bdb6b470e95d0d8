#if canImport(Glibc)
  import Glibc
#endif

/// Files that are on the disk when a call returns, and folders that are listed in order.
enum Disk {
  /// Makes a folder and those above it, readable by its owner only.
  static func makeFolder(_ path: String) throws(AgencyClientError) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw .storage("made", path, reason)
    }
    try makeFolder(String(path[..<slash]))
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .storage("made", path, reason) }
  }

  /// Writes a file whole or not at all: beside it, synced, then renamed into place.
  static func write(_ bytes: [UInt8], to folder: String, name: String) throws(AgencyClientError) {
    let path = "\(folder)/\(name)"
    let beside = "\(folder)/.\(name).part"
    let file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .storage("written", path, reason) }
    do throws(AgencyClientError) {
      try append(bytes, to: file, path)
      guard fsync(file) == 0 else { throw .storage("written", path, reason) }
    } catch {
      close(file)
      unlink(beside)
      throw error
    }
    close(file)
    try move(beside, to: path)
    try sync(folder)
  }

  /// Appends to an open file; the caller syncs it.
  static func append(_ bytes: [UInt8], to file: Int32, _ path: String) throws(AgencyClientError) {
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .storage("written", path, reason) }
      offset += count
    }
  }

  static func read(_ path: String) throws(AgencyClientError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .storage("read", path, reason) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .storage("read", path, reason) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  static func move(_ path: String, to other: String) throws(AgencyClientError) {
    guard rename(path, other) == 0 else { throw .storage("moved", path, reason) }
  }

  /// Removes a file; one that is not there is no error.
  static func remove(_ path: String) throws(AgencyClientError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw .storage("removed", path, reason) }
  }

  /// Makes renames in a folder last.
  static func sync(_ folder: String) throws(AgencyClientError) {
    let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw .storage("synced", folder, reason) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw .storage("synced", folder, reason) }
  }

  /// The names of the plain files in a folder, hidden ones left out, sorted.
  static func files(in folder: String) throws(AgencyClientError) -> [String] {
    guard let directory = opendir(folder) else { throw .storage("listed", folder, reason) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard !name.hasPrefix("."), size(of: "\(folder)/\(name)") != nil else { continue }
      names.append(name)
    }
    return names.sorted()
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Size and time of the last change of a plain file; nil where it is none.
  static func size(of path: String) -> FileStamp? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return FileStamp(
      size: Int(status.st_size), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }

  struct FileStamp: Equatable {
    var size: Int
    var seconds: Int
    var nanoseconds: Int
  }

  private static var reason: String { String(cString: strerror(errno)) }
}

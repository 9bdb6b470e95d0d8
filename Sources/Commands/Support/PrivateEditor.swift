import Glibc
import Hub

/// The user's editor on a file that only the user can read, and that is gone afterwards.
enum PrivateEditor {
  /// The text as the editor left it.
  /// - Throws: ``Answer`` with exit code 2 where there is no editor, or it fails.
  static func edit(_ text: [UInt8], named name: String, limit: Int) throws(Answer) -> [UInt8] {
    guard let editor = variable("VISUAL") ?? variable("EDITOR") else {
      throw Answer.unusable("No editor is named: set EDITOR, or give the new text with --file FILE.")
    }
    let folder = try privateFolder()
    let path = "\(folder)/\(name)"
    defer {
      // Editors leave copies beside the file.
      for leftover in entries(of: folder) { unlink("\(folder)/\(leftover)") }
      rmdir(folder)
    }
    try OutputFile.write(text, to: path, mode: 0o600)
    try run(editor, on: path)
    do throws(InputFile.Trouble) {
      return try InputFile(name: path).read(maximumBytes: limit)
    } catch {
      throw Answer.unusable("What the editor left cannot be taken: \(error.sentence)")
    }
  }

  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  /// A new folder of mode 0700, in memory where the system has such a place.
  private static func privateFolder() throws(Answer) -> String {
    let place = variable("XDG_RUNTIME_DIR") ?? variable("TMPDIR") ?? "/tmp"
    var template = Array("\(place)/entente-edit-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Answer.unusable(
        "No private folder can be made in \(place): \(String(cString: strerror(errno)).lowercased()); set TMPDIR.")
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func entries(of folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let length = Int(entry.pointee.d_reclen)
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: length) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Runs `$EDITOR path` through the shell, as other programs do, since the variable may hold arguments.
  private static func run(_ editor: String, on path: String) throws(Answer) {
    // An interrupt is for the editor, not for us: the file must not stay behind.
    let interrupt = signal(SIGINT, SIG_IGN)
    let quit = signal(SIGQUIT, SIG_IGN)
    defer {
      signal(SIGINT, interrupt)
      signal(SIGQUIT, quit)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGINT)
    sigaddset(&defaults, SIGQUIT)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    let words = ["/bin/sh", "-c", editor + " \"$1\"", "entente", path]
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child = pid_t()
    guard posix_spawn(&child, "/bin/sh", nil, &attributes, &arguments, environ) == 0 else {
      throw Answer.unusable("The editor cannot be started; set EDITOR, or give the new text with --file FILE.")
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else {
      throw Answer.unusable("The editor '\(editor.printable.cut(to: 60))' failed, so nothing was kept; check EDITOR.")
    }
  }
}

import ArgumentParser
import Glibc
import Hub

/// Who acts: written into the ledger beside what was done.
struct OperatorOption: ParsableArguments {
  @Option(name: .customLong("operator"), help: "Your name, for the ledger (default: your login name).")
  var given: String?

  /// The name, never empty.
  /// - Throws: ``Answer`` with exit code 2 where it is no name.
  func name() throws(Answer) -> String {
    let name = given ?? loginName
    guard !name.isEmpty, name.count <= 80, name == name.printable else {
      throw Answer.unusable("An operator's name has 1 to 80 printable characters; give it with --operator NAME.")
    }
    return name
  }

  private var loginName: String {
    guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "uid-\(getuid())" }
    return String(cString: name)
  }
}

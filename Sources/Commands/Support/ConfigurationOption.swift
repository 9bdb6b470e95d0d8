import ArgumentParser
import Glibc
import Sharing

/// Where the configuration lies: an option that many commands share.
struct ConfigurationOption: ParsableArguments {
  @Option(help: "The configuration folder (default: ENTENTE_CONFIG, else the current folder).")
  var config: String?

  var folder: String {
    if let config { return config }
    if let value = getenv("ENTENTE_CONFIG"), value.pointee != 0 { return String(cString: value) }
    return "."
  }

  /// Reads and checks the folder.
  /// - Throws: ``Answer`` with exit code 2 and every fault found.
  func load() throws -> Configuration {
    do {
      return try Configuration.load(folder: folder)
    } catch {
      throw Answer.unusable("\(error)")
    }
  }
}

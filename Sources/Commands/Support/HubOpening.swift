import Hub
import Logging

/// Opens what a command works with, and turns every trouble into an answer with exit code 2.
enum HubOpening {
  static func open(_ location: ConfigurationOption) throws -> HubHome {
    let configuration = try location.load()
    do {
      return try HubHome.open(folder: location.folder, configuration: configuration)
    } catch {
      throw Answer.unusable(error.message)
    }
  }
}

/// Where the program's logs go: standard error, so that standard output holds results alone.
enum HubLog {
  static func logger(_ label: String) -> Logger {
    Logger(label: label) { StreamLogHandler.standardError(label: $0) }
  }
}

import AMQP
import ArgumentParser
import Contract
import Glibc
import Hub
import Sharing

/// Which agency a command speaks as, and with what password: options that `publish` and `listen` share.
struct AgencyOptions: ParsableArguments {
  @Option(name: .customLong("as"), help: ArgumentHelp("The agency to act as.", valueName: "agency"))
  var agency: AgencyArgument

  @Option(
    help: ArgumentHelp(
      "A file whose first line is the agency's password (default: ENTENTE_PASSWORD, else the secrets folder).",
      valueName: "file"))
  var passwordFile: String?

  /// How to reach the agency's virtual host as its own user.
  /// - Throws: ``Answer`` with exit code 2 where the agency or its password is not known.
  func connection(_ configuration: Configuration, purpose: String) throws(Answer) -> AMQPConfiguration {
    let id = agency.id
    guard configuration.agencies[id] != nil else {
      let known = configuration.agencies.keys.sorted().map(\.slug).joined(separator: ", ")
      throw Answer.unusable("\(id) is no agency of this configuration; its agencies are \(known).")
    }
    let broker = configuration.settings.broker
    let user = broker.vhostPrefix + id.slug
    var connection = AMQPConfiguration(
      host: broker.host, port: UInt16(clamping: broker.port), vhost: user, username: user,
      password: try password(of: user, configuration), connectionName: "entente \(purpose) as \(id)")
    // The certificate of a hub is not an agency's: only whom to trust is shared.
    connection.tls = broker.tls.map { tls in
      var trust = tls
      trust.certificateFile = nil
      trust.keyFile = nil
      return AMQPTLS(trust)
    }
    return connection
  }

  private func password(of user: String, _ configuration: Configuration) throws(Answer) -> String {
    if let passwordFile { return try PasswordFile.firstLine(of: passwordFile) }
    if let value = getenv("ENTENTE_PASSWORD"), value.pointee != 0 { return String(cString: value) }
    let folder = configuration.settings.secretsFolder
    if let secrets = try? SecretsFolder(path: folder, create: false), let password = try? secrets.password(of: user) {
      return password
    }
    throw Answer.unusable(
      "No password of \(user) is known: name a file with --password-file, set ENTENTE_PASSWORD, or run "
        + "`entente topology apply`, which makes one.")
  }
}

/// A file that holds nothing but a password.
enum PasswordFile {
  static func firstLine(of file: String) throws(Answer) -> String {
    let bytes: [UInt8]
    do throws(InputFile.Trouble) {
      bytes = try InputFile(name: file).read(maximumBytes: 4096)
    } catch {
      throw Answer.unusable(error.sentence)
    }
    guard let line = bytes.split(separator: UInt8(ascii: "\n")).first else {
      throw Answer.unusable("The password file \(file) is empty.")
    }
    return String(decoding: line, as: UTF8.self)
  }
}

/// Runs what may take too long; nil where it did.
func within<Value: Sendable>(
  seconds: Double, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
  try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: .seconds(seconds))
      return nil
    }
    defer { group.cancelAll() }
    return try await group.next() ?? nil
  }
}

/// Where the programs of RabbitMQ and Erlang are on this machine.
package struct Programs: Sendable {
  /// The server's own script, not the wrapper in /usr/sbin, which insists on one of two users.
  let server: String
  let ctl: String
  let epmd: String

  /// The folder where Debian's package has the scripts.
  package static let debianFolder = "/usr/lib/rabbitmq/bin"

  /// Looks for the programs; fails with the way to install them.
  package static func find(in folder: String = debianFolder) throws(BrokerError) -> Programs {
    let programs = Programs(
      server: folder + "/rabbitmq-server", ctl: folder + "/rabbitmqctl",
      epmd: NodeFolder.searchPath.split(separator: ":").map { "\($0)/epmd" }.first(where: Files.isExecutable)
        ?? "/usr/bin/epmd")
    for path in [programs.server, programs.ctl, programs.epmd] where !Files.isExecutable(path) {
      throw BrokerError(
        .notInstalled,
        "\(path) is missing: install RabbitMQ with `make setup`, or by hand with "
          + "`apt-get install --no-install-recommends rabbitmq-server`")
    }
    return programs
  }
}

/// The hub's settings, from `hub.yaml`. Paths are relative to the configuration folder.
///
/// | key | type | default |
/// |---|---|---|
/// | `name` | text, required | |
/// | `broker.host` | text | `127.0.0.1` |
/// | `broker.port` | 1 to 65535 | 5672 |
/// | `broker.management.scheme` | `http` or `https` | `http` |
/// | `broker.management.host` | text | `broker.host` |
/// | `broker.management.port` | 1 to 65535 | 15672 |
/// | `broker.vhost-prefix` | text before each agency's slug | empty |
/// | `broker.users.hub` | name of the user that carries messages | `entente-hub` |
/// | `broker.users.administrator` | name of the user that applies the topology | `entente-admin` |
/// | `ledger` | path | `ledger/entente.sqlite` |
/// | `secrets-folder` | path | `secrets` |
/// | `limits.message-bytes` | bytes | 16777216 |
/// | `limits.intake-bytes` | bytes of each intake queue | 268435456 |
/// | `limits.inbox-bytes` | bytes of each inbox | 1073741824 |
/// | `limits.dead-bytes` | bytes of `intake.dead` | 268435456 |
/// | `limits.receipts-bytes` | bytes of `receipts` | 67108864 |
/// | `limits.delivery-limit` | attempts before the broker gives up on a message | 10 |
/// | `retry.first-milliseconds` | pause before the second attempt | 250 |
/// | `retry.longest-milliseconds` | longest pause | 60000 |
/// | `broker.tls.*` | files and name for TLS to the broker | none: plain TCP |
/// | `retention.payload-days` | 1 to 36500 | none: kept |
/// | `flow.memory-bytes` | bytes of bodies that a hub holds | 268435456 |
/// | `flow.messages-per-second`, `flow.quiet-hours` | for each agency | none |
/// | `flow.agencies.<slug>.*` | the same two for one agency | |
/// | `flow.reserve-bytes` | room that stays free on the ledger's disk | 67108864 |
/// | `flow.ledger-bytes` | the most that the ledger's file may have | none |
///
/// Passwords and keys are not settings: they lie in the secrets folder.
package struct HubSettings: Sendable, Equatable {
  package struct Management: Sendable, Equatable {
    package var scheme = "http"
    package var host = "127.0.0.1"
    package var port = 15672

    package init() {}
  }

  package struct Broker: Sendable, Equatable {
    package var host = "127.0.0.1"
    package var port = 5672
    package var management = Management()
    package var vhostPrefix = ""
    package var hubUser = "entente-hub"
    package var administratorUser = "entente-admin"
    /// Nil for plain TCP.
    package var tls: TLS?

    package init() {}
  }

  package struct Limits: Sendable, Equatable {
    package var messageBytes = 16 << 20
    package var intakeBytes = 256 << 20
    package var inboxBytes = 1 << 30
    package var deadBytes = 256 << 20
    package var receiptsBytes = 64 << 20
    package var deliveryLimit = 10

    package init() {}
  }

  package struct Retry: Sendable, Equatable {
    package var firstMilliseconds = 250
    package var longestMilliseconds = 60_000

    package init() {}
  }

  package var name = "entente"
  package var broker = Broker()
  /// The ledger's file, resolved against the folder.
  package var ledger = "ledger/entente.sqlite"
  /// The folder of keys and passwords, resolved against the folder.
  package var secretsFolder = "secrets"
  package var limits = Limits()
  package var retry = Retry()
  package var retention = Retention()
  package var flow = Flow()

  package init() {}
}

package import Contract
import JSON

extension HubSettings {
  /// TLS to the broker: TLS 1.2 or 1.3, the broker's certificate and name checked. Paths are resolved against the folder.
  package struct TLS: Sendable, Equatable {
    /// The authorities to trust; those of the system where there is none.
    package var authorityFile: String?
    /// The hub's own certificate and key, where the broker asks for one.
    package var certificateFile: String?
    package var keyFile: String?
    /// The name that the broker's certificate must carry, where it is not `broker.host`.
    package var serverName: String?

    package init(
      authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, serverName: String? = nil
    ) {
      self.authorityFile = authorityFile
      self.certificateFile = certificateFile
      self.keyFile = keyFile
      self.serverName = serverName
    }
  }

  /// How long the hub keeps what it need not keep.
  package struct Retention: Sendable, Equatable {
    /// Days after which payloads, texts and values are erased; nil keeps them. The obligations of an arrangement can only
    /// shorten it.
    package var payloadDays: Int?

    package init() {}
  }

  /// What bounds the flow through a hub.
  package struct Flow: Sendable, Equatable {
    /// The bodies that one hub holds in memory at a time.
    package var memoryBytes = 256 << 20
    /// The most that one agency may send on the average; nil for no limit.
    package var messagesPerSecond: Int?
    /// After so many hours without a message a source is an alarm; nil for none.
    package var quietHours: Int?
    /// What differs for single agencies.
    package var agencies: [AgencyID: AgencyFlow] = [:]
    /// The ledger's disk: below this much room intake stops, so that failures and receipts can still be written.
    package var reserveBytes = 64 << 20
    /// The most that the ledger's file may grow to; nil for no limit.
    package var ledgerBytes: Int?

    package init() {}
  }

  /// What differs for one agency.
  package struct AgencyFlow: Sendable, Equatable {
    package var messagesPerSecond: Int?
    package var quietHours: Int?
  }
}

extension HubSettings.Flow {
  /// The rate that holds for an agency.
  package func messagesPerSecond(_ agency: AgencyID) -> Int? {
    agencies[agency]?.messagesPerSecond ?? messagesPerSecond
  }

  /// The silence that is an alarm for an agency.
  package func quietHours(_ agency: AgencyID) -> Int? { agencies[agency]?.quietHours ?? quietHours }
}

extension ConfigurationFile {
  /// The settings with what `hub.yaml` says of TLS, retention and flow.
  func withOperations(_ settings: HubSettings, folder: String) -> HubSettings {
    func path(_ text: String?) -> String? { text.map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 } }
    var settings = settings
    if let tls = root["broker"]?["tls"] {
      settings.broker.tls = HubSettings.TLS(
        authorityFile: path(tls["authority-file"]?.string), certificateFile: path(tls["certificate-file"]?.string),
        keyFile: path(tls["key-file"]?.string), serverName: tls["server-name"]?.string)
      if root["broker"]?["port"] == nil { settings.broker.port = 5671 }
    }
    settings.retention.payloadDays = root["retention"]?["payload-days"]?.int
    guard let flow = root["flow"] else { return settings }
    settings.flow.memoryBytes = flow["memory-bytes"]?.int ?? settings.flow.memoryBytes
    settings.flow.messagesPerSecond = flow["messages-per-second"]?.int
    settings.flow.quietHours = flow["quiet-hours"]?.int
    settings.flow.reserveBytes = flow["reserve-bytes"]?.int ?? settings.flow.reserveBytes
    settings.flow.ledgerBytes = flow["ledger-bytes"]?.int
    for (name, agency) in flow["agencies"]?.members.map({ ($0.key, $0.value) }) ?? [] {
      guard let id = AgencyID(name) else { continue }
      settings.flow.agencies[id] = HubSettings.AgencyFlow(
        messagesPerSecond: agency["messages-per-second"]?.int, quietHours: agency["quiet-hours"]?.int)
    }
    return settings
  }
}

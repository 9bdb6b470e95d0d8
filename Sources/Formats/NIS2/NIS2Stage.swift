package import Contract

/// The reports of Directive (EU) 2022/2555 about one incident: Article 23(4)(a) to (e), and Article 30.
package enum NIS2Stage: String, Sendable, CaseIterable {
  case earlyWarning = "early_warning"
  case incidentNotification = "incident_notification"
  case intermediateReport = "intermediate_report"
  case progressReport = "progress_report"
  case finalReport = "final_report"
  case voluntaryNotification = "voluntary_notification"

  /// The kind of message that a report of this stage is. A voluntary notification is processed as Article 23 says, so
  /// it counts as a notification.
  package var kind: MessageKind {
    switch self {
    case .earlyWarning: .earlyWarning
    case .incidentNotification, .voluntaryNotification: .notification
    case .intermediateReport: .intermediateReport
    case .progressReport: .progressReport
    case .finalReport: .finalReport
    }
  }
}

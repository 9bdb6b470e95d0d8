package import Formats
package import Ledger

extension StageFailure {
  /// What the catalogue of formats said, in the hub's words.
  package init(_ stage: Stage, _ failure: FormatFailure) {
    let cause = FailureCause(rawValue: failure.cause.rawValue) ?? .notReadable
    let location = failure.location.description
    self.init(stage, cause, failure.message, location: location.isEmpty ? nil : location)
  }

  /// As the ledger keeps it.
  package var record: FailureRecord {
    FailureRecord(
      stage: stage.rawValue, cause: cause.rawValue, permanent: isPermanent, detail: detail, location: location,
      fingerprint: fingerprint)
  }
}

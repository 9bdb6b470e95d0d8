package import Contract

extension Configuration {
  /// The agencies that some grant in force from this sender names, of whatever kind, sorted.
  ///
  /// In force are grants of arrangements on trial or active, within their dates. A missing signature, a suspension or
  /// an expired legal basis withholds, with that reason, and does not make the agency disappear.
  package func considered(from sender: AgencyID, at time: Instant) -> [AgencyID] {
    routes.from(sender).compactMap { recipient, route in
      route.grants.contains { arrangements[$0.arrangement].isConsidered(at: time) } ? recipient : nil
    }.sorted()
  }
}

extension Arrangement {
  /// Whether its grants are looked at.
  func isConsidered(at time: Instant) -> Bool { isInForce(at: time) && (status == .trial || status == .active) }
}

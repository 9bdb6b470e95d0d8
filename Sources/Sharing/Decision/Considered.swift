package import Contract

extension Configuration {
  /// The agencies that some grant in force from this sender names, of whatever kind, sorted.
  ///
  /// In force are grants of arrangements within their dates. A suspension or an expired legal basis withholds, with
  /// that reason, and does not make the agency disappear.
  package func considered(from sender: AgencyID, at time: Instant) -> [AgencyID] {
    routes.from(sender).compactMap { recipient, route in
      route.grants.contains { arrangements[$0.arrangement].isInForce(at: time) } ? recipient : nil
    }.sorted()
  }
}

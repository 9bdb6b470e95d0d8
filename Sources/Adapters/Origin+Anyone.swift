import Contract

extension Origin {
  /// An origin for readings of which only the residue counts: it is the same whoever sent the document.
  package static func anyone() throws(AdapterFailure) -> Origin {
    guard let anyone = AgencyID("anyone") else {
      throw AdapterFailure(.unreadable, "the name of no agency is no name of an agency")
    }
    return Origin(sender: anyone, messageID: "", acceptedAt: Instant(milliseconds: 0))
  }
}

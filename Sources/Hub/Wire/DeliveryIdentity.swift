package import Contract

extension HubKeys {
  /// The id of what one recipient gets of one message: the same at every attempt, and nothing that a recipient could
  /// compute from what it knows.
  package func deliveryID(sender: AgencyID, messageID: String, recipient: AgencyID) -> String {
    Hex.text(
      authenticate([
        Array("delivery".utf8), Array(sender.slug.utf8), Array(messageID.utf8), Array(recipient.slug.utf8),
      ]))
  }
}

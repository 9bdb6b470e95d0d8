extension Scenario {
  /// Who may not be named.
  static let attribution: [Scenario] = [
    Scenario(
      "who may not be named is not, and its identity stays",
      terms: "obligations: {attribution: must-not}",
      agencies: ["alpha": #"identity: identity--\#(TestMessage.uuid("self"))"#],
      message: #"""
        indicator open CLEAR created_by_ref=self
        identity self CLEAR
        """#,
      expected:
        "beta redact partly-granted | passes open | cut open/created_by_ref | source hidden | withheld self=source-hidden"
    ),
    Scenario(
      "who created something stays, too: it could be told from that",
      terms: "obligations: {attribution: must-not}",
      message: #"""
        indicator open CLEAR created_by_ref=team
        identity team CLEAR
        """#,
      expected:
        "beta redact partly-granted | passes open | cut open/created_by_ref | source hidden | withheld team=source-hidden"
    ),
    Scenario(
      "what cannot stand without its originator falls with it",
      terms: "obligations: {attribution: must-not}",
      agencies: ["alpha": #"identity: identity--\#(TestMessage.uuid("self"))"#],
      message: #"""
        indicator open CLEAR
        identity self CLEAR
        relationship tie CLEAR source_ref=open target_ref=self
        """#,
      expected:
        "beta redact partly-granted | passes open | source hidden | withheld self=source-hidden tie=refers-to-withheld"),
    Scenario(
      "a victim is no originator",
      terms: "obligations: {attribution: must-not}",
      agencies: ["alpha": #"identity: identity--\#(TestMessage.uuid("self"))"#],
      message: #"""
        indicator open CLEAR
        identity firm CLEAR
        """#,
      expected: "beta redact redacted | passes open firm | source hidden"),
    Scenario(
      "must-not of one arrangement holds against may of another",
      terms: "obligations: {attribution: may}",
      #"""
      obligations: {attribution: must-not}
      grants: []
      """#,
      message: "indicator open CLEAR",
      expected: "beta redact redacted | passes open | source hidden"),
  ]
}

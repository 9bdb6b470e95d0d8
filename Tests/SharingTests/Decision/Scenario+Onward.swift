extension Scenario {
  /// What came from elsewhere.
  static let onward: [Scenario] = [
    Scenario(
      "what came from the recipient does not go back",
      terms: "",
      message: "indicator open CLEAR",
      sent: "origin=beta",
      expected: "beta withhold back-to-origin"),
    Scenario(
      "what came from elsewhere goes on",
      terms: "",
      message: "indicator open CLEAR",
      sent: "origin=gamma hops=1 maximum-hops=2",
      expected: "beta deliver granted | passes open"),
    Scenario(
      "what has been in this hub before goes to nobody",
      terms: "",
      message: "indicator open CLEAR",
      sent: "origin=gamma hops=2 loop",
      expected: "beta withhold loop"),
    Scenario(
      "an object that left this hub before does not come back with another message, nor what names it",
      terms: "",
      message: """
        indicator ours CLEAR
        malware theirs CLEAR
        relationship tie CLEAR source_ref=ours target_ref=theirs
        """,
      sent: "origin=gamma hops=1 returned=0",
      expected: "beta redact partly-granted | passes theirs | withheld ours=returned tie=refers-to-withheld"),
    Scenario(
      "AMBER of an origin that nobody here knows does not go on",
      terms: "",
      message: """
        indicator open CLEAR
        indicator narrow AMBER
        """,
      sent: "origin=stranger hops=1",
      expected: "beta redact partly-granted | passes open | withheld narrow=onward-not-allowed"),
    Scenario(
      "AMBER of an origin that has an arrangement with the recipient goes on",
      terms: "",
      message: "indicator narrow AMBER",
      sent: "origin=gamma hops=1",
      expected: "beta deliver granted | passes narrow"),
    Scenario(
      "a hidden origin is a stranger's: AMBER does not go on",
      terms: "",
      message: """
        indicator open CLEAR
        indicator narrow AMBER
        """,
      sent: "hops=1",
      expected: "beta redact partly-granted | passes open | withheld narrow=onward-not-allowed"),
    Scenario(
      "AMBER+STRICT that a peer hub brings never goes on, whoever it names",
      terms: "+ maximum-tlp: TLP:RED",
      message: """
        indicator open CLEAR
        indicator narrow AMBER+STRICT
        """,
      sent: "hops=1 recipients=beta",
      expected: "beta redact partly-granted | passes open | withheld narrow=onward-not-allowed"),
    Scenario(
      "what a peer hub may pass to nobody stays, whatever its label",
      terms: "",
      message: "indicator open CLEAR",
      sent: "origin=gamma hops=1 onward=none",
      expected: "beta withhold nothing-left | withheld open=onward-not-allowed"),
    Scenario(
      "a duty of a peer hub counts without an origin, too",
      terms: "",
      message: "indicator open CLEAR",
      sent: "onward=named",
      expected: "beta withhold nothing-left | withheld open=onward-not-allowed"),
    Scenario(
      "the creator that an object names counts before the origin of the message",
      terms: "", "+ id: back, from: gamma, to: [alpha], obligations: {onward: none}",
      agencies: ["gamma": #"identity: identity--\#(TestMessage.uuid("gail"))"#],
      message: #"""
        indicator open CLEAR
        indicator own GREEN created_by_ref=gail
        identity gail CLEAR
        """#,
      sent: "origin=delta hops=1",
      expected: "beta redact partly-granted | passes open | withheld own=onward-not-allowed gail=not-needed"),
    Scenario(
      "what has changed hands as often as it may stays",
      terms: "",
      message: "indicator open CLEAR",
      sent: "origin=gamma hops=2 maximum-hops=2",
      expected: "beta withhold hops-exhausted"),
    Scenario(
      "the recipient's own object does not come back to it from another sender",
      terms: "+ to: [gamma]",
      agencies: ["gamma": #"identity: identity--\#(TestMessage.uuid("gail"))"#],
      message: #"""
        indicator open CLEAR
        indicator own GREEN created_by_ref=gail
        identity gail CLEAR
        """#,
      expected: "gamma redact partly-granted | passes open | withheld own=back-to-origin gail=not-needed"),
    Scenario(
      "GREEN of another agency goes on",
      terms: "",
      agencies: ["gamma": #"identity: identity--\#(TestMessage.uuid("gail"))"#],
      message: #"""
        indicator own GREEN created_by_ref=gail
        identity gail CLEAR
        """#,
      expected: "beta deliver granted | passes own gail"),
    Scenario(
      "AMBER+STRICT of another agency never goes on",
      terms: "+ maximum-tlp: TLP:RED",
      agencies: ["gamma": #"identity: identity--\#(TestMessage.uuid("gail"))"#],
      message: #"""
        indicator open CLEAR
        indicator own AMBER+STRICT created_by_ref=gail
        identity gail CLEAR
        """#,
      expected: "beta redact partly-granted | passes open | withheld own=onward-not-allowed gail=not-needed"),
    Scenario(
      "RED of another agency never goes on, even to who is named",
      terms: "+ maximum-tlp: TLP:RED",
      agencies: ["gamma": #"identity: identity--\#(TestMessage.uuid("gail"))"#],
      message: #"""
        indicator open CLEAR
        indicator own RED created_by_ref=gail
        identity gail CLEAR
        """#,
      sent: "recipients=beta",
      expected: "beta redact partly-granted | passes open | withheld own=onward-not-allowed gail=not-needed"),
    Scenario(
      "the sender's own AMBER+STRICT goes to its recipient",
      terms: "+ maximum-tlp: TLP:AMBER+STRICT",
      agencies: ["alpha": #"identity: identity--\#(TestMessage.uuid("gail"))"#],
      message: #"""
        indicator own AMBER+STRICT created_by_ref=gail
        identity gail CLEAR
        """#,
      expected: "beta deliver granted | passes own gail"),
    Scenario(
      "AMBER of another agency goes to a party of an arrangement with it",
      terms: "",
      agencies: ["gamma": #"identity: identity--\#(TestMessage.uuid("gail"))"#],
      message: #"""
        indicator own AMBER created_by_ref=gail
        identity gail CLEAR
        """#,
      expected: "beta deliver granted | passes own gail"),
    Scenario(
      "AMBER of another agency does not go to who has no arrangement with it",
      terms: "parties: [alpha, beta]",
      #"""
      parties: [alpha, gamma]
      + from: gamma, to: [alpha]
      """#,
      agencies: ["gamma": #"identity: identity--\#(TestMessage.uuid("gail"))"#],
      message: #"""
        indicator open CLEAR
        indicator own AMBER created_by_ref=gail
        identity gail CLEAR
        """#,
      expected: "beta redact partly-granted | passes open | withheld own=onward-not-allowed gail=not-needed"),
    Scenario(
      "what another agency passed with onward none does not go on, whatever its label",
      terms: "", "+ id: back, from: gamma, to: [alpha], obligations: {onward: none}",
      agencies: ["gamma": #"identity: identity--\#(TestMessage.uuid("gail"))"#],
      message: #"""
        indicator open CLEAR
        indicator own GREEN created_by_ref=gail
        identity gail CLEAR
        """#,
      expected: "beta redact partly-granted | passes open | withheld own=onward-not-allowed gail=not-needed"),
    Scenario(
      "what another agency passed to named parties goes to no stranger",
      terms: "parties: [alpha, beta]",
      #"""
      parties: [alpha, gamma]
      + id: back, from: gamma, to: [alpha], obligations: {onward: named}
      """#,
      agencies: ["gamma": #"identity: identity--\#(TestMessage.uuid("gail"))"#],
      message: #"""
        indicator open CLEAR
        indicator own GREEN created_by_ref=gail
        identity gail CLEAR
        """#,
      expected: "beta redact partly-granted | passes open | withheld own=onward-not-allowed gail=not-needed"),
    Scenario(
      "what another agency passed to a community goes to a member of one with the sender",
      terms: "parties: [alpha, beta]",
      #"""
      parties: [alpha, gamma]
      + id: back, from: gamma, to: [alpha], obligations: {onward: community}
      """#,
      agencies: [
        "gamma": #"identity: identity--\#(TestMessage.uuid("gail"))"#, "alpha": "groups: [csirts]",
        "beta": "groups: [csirts]",
      ],
      message: #"""
        indicator own GREEN created_by_ref=gail
        identity gail CLEAR
        """#,
      expected: "beta deliver granted | passes own gail"),
  ]
}

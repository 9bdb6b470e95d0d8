extension Scenario {
  /// What one grant asks of a message.
  static let grants: [Scenario] = [
    Scenario(
      "without any grant nobody is considered",
      terms: "grants: []", message: "indicator open CLEAR", expected: ""),
    Scenario(
      "a grant for another kind makes the recipient considered and passes nothing",
      terms: "", message: "indicator open CLEAR", sent: "kind=early-warning",
      expected: "beta withhold kind-not-granted"),
    Scenario(
      "a grant in the other direction passes nothing",
      terms: "+ from: beta, to: [alpha], maximum-tlp: TLP:RED",
      message: "indicator open CLEAR", expected: ""),
    Scenario(
      "a grant with purposes does not match a message that states none",
      terms: """
        purposes: [detection, response]
        + maximum-tlp: TLP:RED, purposes: [detection]
        """,
      message: "indicator open CLEAR", expected: "beta withhold purpose-missing"),
    Scenario(
      "a grant with purposes does not match another purpose",
      terms: """
        purposes: [detection, response]
        + maximum-tlp: TLP:RED, purposes: [detection]
        """,
      message: "indicator open CLEAR", sent: "purpose=response", expected: "beta withhold purpose-not-granted"),
    Scenario(
      "a grant with purposes matches one of them in any letter case",
      terms: """
        purposes: [detection, response]
        + maximum-tlp: TLP:RED, purposes: [detection]
        """,
      message: "indicator open CLEAR", sent: "purpose=Detection", expected: "beta deliver granted | passes open"),
    Scenario(
      "a grant without purposes passes what states one of the arrangement's",
      terms: "purposes: [detection]", message: "indicator open CLEAR", sent: "purpose=detection",
      expected: "beta deliver granted | passes open"),
    Scenario(
      "a purpose that only another arrangement has does not serve this one's grant",
      terms: "", "purposes: [detection]\ngrants: []", message: "indicator open CLEAR", sent: "purpose=detection",
      expected: "beta withhold purpose-not-granted"),
    Scenario(
      "a grant that wants the recipient named does not match otherwise",
      terms: """
        + maximum-tlp: TLP:RED, must-be-named: true
        """,
      message: "indicator open CLEAR", expected: "beta withhold must-be-named"),
    Scenario(
      "a grant that wants the recipient named matches when it is",
      terms: """
        + maximum-tlp: TLP:RED, must-be-named: true
        """,
      message: "indicator open CLEAR", sent: "recipients=beta,gamma", expected: "beta deliver granted | passes open"),
    Scenario(
      "an exercise does not pass by a grant for real traffic",
      terms: "", message: "indicator open CLEAR", sent: "exercise", expected: "beta withhold exercise-not-granted"),
    Scenario(
      "an exercise passes where exercises are allowed",
      terms: """
        + maximum-tlp: TLP:RED, exercises: allowed
        """,
      message: "indicator open CLEAR", sent: "exercise", expected: "beta deliver granted | passes open"),
    Scenario(
      "real traffic does not pass by a grant for exercises only",
      terms: """
        + maximum-tlp: TLP:RED, exercises: only
        """,
      message: "indicator open CLEAR", expected: "beta withhold exercise-not-granted"),
    Scenario(
      "a custom type is not among all types",
      terms: "",
      message: """
        indicator open CLEAR
        x-probe p CLEAR
        """,
      expected: "beta redact partly-granted | passes open | withheld p=type-not-granted"),
    Scenario(
      "a custom type is granted by name",
      terms: "+ object-types: [x-probe], maximum-tlp: TLP:RED",
      message: """
        indicator open CLEAR
        x-probe p CLEAR
        x-other o CLEAR
        """,
      expected: "beta redact partly-granted | passes p | withheld open=type-not-granted o=type-not-granted"),
    Scenario(
      "custom types are granted together",
      terms: "+ object-types: [x-*], maximum-tlp: TLP:RED",
      message: """
        x-probe p CLEAR
        acme-probe o CLEAR
        """,
      expected: "beta redact partly-granted | passes p | withheld o=type-not-granted"),
    Scenario(
      "an identity needs its type granted like anything else",
      terms: """
        + object-types: [indicator], maximum-tlp: TLP:RED
        """,
      message: """
        identity who GREEN
        indicator open GREEN created_by_ref=who
        """,
      expected: "beta redact partly-granted | passes open | cut open/created_by_ref | withheld who=type-not-granted"),
    Scenario(
      "a grant that needs approval holds",
      terms: """
        + maximum-tlp: TLP:AMBER, needs-approval: true
        """,
      message: """
        indicator open CLEAR
        indicator secret RED
        """,
      expected: "beta hold needs-approval | passes open | withheld secret=red-not-named"),
    Scenario(
      "a grant without approval for every object does not hold",
      terms: """
        + id: a, maximum-tlp: TLP:AMBER, needs-approval: true
        + id: b, object-types: [indicator], maximum-tlp: TLP:GREEN
        """,
      message: "indicator open CLEAR", expected: "beta deliver granted | passes open"),
    Scenario(
      "one object that only passes after approval holds the whole message",
      terms: """
        + id: a, maximum-tlp: TLP:AMBER, needs-approval: true
        + id: b, object-types: [indicator], maximum-tlp: TLP:GREEN
        """,
      message: """
        indicator open CLEAR
        malware worm AMBER
        """,
      expected: "beta hold needs-approval | passes open worm"),
    Scenario(
      "different objects may pass by different grants",
      terms: """
        + id: a, object-types: [malware], maximum-tlp: TLP:GREEN
        + id: b, object-types: [indicator], maximum-tlp: TLP:AMBER
        """,
      message: """
        indicator open AMBER
        malware worm GREEN
        """,
      expected: "beta deliver granted | passes open worm"),
    Scenario(
      "each recipient is decided alone, in the order of their names",
      terms: """
        + id: a, to: [gamma], maximum-tlp: TLP:GREEN
        + id: b, maximum-tlp: TLP:AMBER
        """,
      message: """
        indicator open GREEN
        indicator some AMBER
        """,
      expected: """
        beta deliver granted | passes open some
        gamma redact partly-granted | passes open | withheld some=tlp-above-grant
        """),
    Scenario(
      "a document of which a part was not read is never whole",
      terms: "", message: "indicator open GREEN", sent: "residue",
      expected: "beta redact residue-stays | passes open"),
    Scenario(
      "a message without objects leaves nothing to pass",
      terms: "", message: "", expected: "beta withhold nothing-left"),
  ]
}

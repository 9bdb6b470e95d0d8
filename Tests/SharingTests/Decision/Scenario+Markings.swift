extension Scenario {
  /// Labels, and what an arrangement says about objects without one.
  static let markings: [Scenario] = [
    Scenario(
      "a marking that nobody knows withholds the object",
      terms: "",
      message: """
        indicator open CLEAR
        indicator odd UNKNOWN
        """,
      expected: "beta redact partly-granted | passes open | withheld odd=unknown-marking"),
    Scenario(
      "an unknown marking is not healed by a known one beside it",
      terms: "",
      message: """
        indicator open CLEAR
        indicator odd CLEAR granular=name,UNKNOWN
        """,
      expected: "beta redact partly-granted | passes open | withheld odd=unknown-marking"),
    Scenario(
      "TLP:RED goes to nobody who is not named",
      terms: "+ maximum-tlp: TLP:RED",
      message: "indicator secret RED",
      expected: "beta withhold nothing-left | withheld secret=red-not-named"),
    Scenario(
      "TLP:RED goes to who is named where a grant allows it",
      terms: "+ to: [beta, gamma], maximum-tlp: TLP:RED",
      message: "indicator secret RED", sent: "recipients=beta",
      expected: "beta deliver granted | passes secret\ngamma withhold not-named"),
    Scenario(
      "TLP:RED does not go to who is named where no grant allows it",
      terms: "",
      message: "indicator secret RED", sent: "recipients=beta",
      expected: "beta withhold nothing-left | withheld secret=tlp-above-grant"),
    Scenario(
      "TLP:RED does not go to a recipient that cannot handle it",
      terms: "+ maximum-tlp: TLP:RED",
      agencies: ["beta": "maximum-tlp: TLP:AMBER"],
      message: "indicator secret RED", sent: "recipients=beta",
      expected: "beta withhold nothing-left | withheld secret=tlp-above-recipient"),
    Scenario(
      "the sender's header makes labels stricter",
      terms: "",
      message: "indicator open CLEAR", sent: "tlp=tlp:amber+strict",
      expected: "beta withhold nothing-left | withheld open=tlp-above-grant"),
    Scenario(
      "the sender's header holds for old labels that are read literally too",
      terms: "tlp-1-amber: amber",
      message: "indicator old OLD-AMBER", sent: "tlp=TLP:AMBER+STRICT",
      expected: "beta withhold nothing-left | withheld old=tlp-above-grant"),
    Scenario(
      "the sender's header never makes labels wider",
      terms: "",
      message: """
        indicator narrow AMBER+STRICT
        indicator open CLEAR
        """,
      sent: "tlp=TLP:CLEAR",
      expected: "beta redact partly-granted | passes open | withheld narrow=tlp-above-grant"),
    Scenario(
      "the bundle's label holds for every object in it",
      terms: "",
      message: """
        bundle AMBER+STRICT
        indicator open CLEAR
        """,
      expected: "beta withhold nothing-left | withheld open=tlp-above-grant"),
    Scenario(
      "the bundle's label counts for objects without one",
      terms: "",
      message: """
        bundle GREEN
        indicator bare -
        """,
      expected: "beta deliver granted | passes bare"),
    Scenario(
      "a granular marking that is stricter counts for the whole object",
      terms: "",
      message: """
        indicator open CLEAR
        indicator part CLEAR name=x granular=name,RED
        """,
      expected: "beta redact partly-granted | passes open | withheld part=red-not-named"),
    Scenario(
      "an arrangement may agree on a label for what is unmarked",
      terms: "unmarked: TLP:AMBER",
      message: "indicator bare -",
      expected: "beta deliver granted | passes bare"),
    Scenario(
      "the label agreed for what is unmarked is judged like any other",
      terms: "unmarked: TLP:AMBER+STRICT",
      message: """
        indicator bare -
        indicator open GREEN
        """,
      expected: "beta redact partly-granted | passes open | withheld bare=tlp-above-grant"),
    Scenario(
      "the sender's header makes the label agreed for what is unmarked stricter",
      terms: "unmarked: TLP:GREEN",
      message: """
        indicator bare -
        """,
      sent: "tlp=TLP:RED",
      expected: "beta withhold nothing-left | withheld bare=red-not-named"),
    Scenario(
      "the label agreed in one arrangement does not serve the grant of another",
      terms: "unmarked: TLP:GREEN\ngrants: []", "",
      message: "indicator bare -",
      expected: "beta withhold nothing-left | withheld bare=unmarked"),
    Scenario(
      "TLP 1's AMBER is AMBER+STRICT where nothing else was agreed",
      terms: "",
      message: """
        indicator old OLD-AMBER
        indicator open OLD-WHITE
        """,
      expected: "beta redact partly-granted | passes open | withheld old=tlp-above-grant"),
    Scenario(
      "TLP 1's AMBER is AMBER where that was agreed",
      terms: "tlp-1-amber: amber",
      message: "indicator old OLD-AMBER",
      expected: "beta deliver granted | passes old"),
    Scenario(
      "TLP 1's AMBER is AMBER+STRICT where one of two arrangements says so",
      terms: "tlp-1-amber: amber", "grants: []",
      message: "indicator old OLD-AMBER",
      expected: "beta withhold nothing-left | withheld old=tlp-above-grant"),
    Scenario(
      "a definition of a marking goes with what it marks",
      terms: "",
      message: """
        marking-definition copyright - statement='(c) alpha'
        indicator open @copyright granular=id,GREEN
        """,
      expected: "beta deliver granted | passes copyright open"),
    Scenario(
      "a statement is no label: what carries nothing else is unmarked",
      terms: "",
      message: """
        marking-definition copyright - statement='(c) alpha'
        indicator bare @copyright
        indicator open CLEAR
        """,
      expected:
        "beta redact partly-granted | passes open | withheld copyright=not-needed bare=unmarked"),
    Scenario(
      "a definition that is itself marked RED holds back what it marks",
      terms: "unmarked: TLP:GREEN",
      message: """
        marking-definition hush RED statement='for the named'
        indicator bare @hush
        indicator open CLEAR
        """,
      expected:
        "beta redact partly-granted | passes open | withheld hush=red-not-named bare=refers-to-withheld"),
    Scenario(
      "nothing is left where only identities and definitions are",
      terms: "",
      message: """
        identity who GREEN
        marking-definition copyright CLEAR statement='(c) alpha'
        indicator secret RED
        """,
      expected: """
        beta withhold nothing-left | withheld who=not-needed copyright=not-needed secret=red-not-named
        """),
  ]
}

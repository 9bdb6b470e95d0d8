extension Scenario {
  /// Failures of other systems: none of them may happen here.
  static let peers: [Scenario] = [
    Scenario(
      "the most permissive rule does not win: a ceiling in another arrangement holds",
      terms: """
        + maximum-tlp: TLP:AMBER+STRICT
        """, "maximum-tlp: TLP:GREEN\ngrants: []",
      message: """
        indicator open GREEN
        indicator narrow AMBER
        """,
      expected: "beta redact partly-granted | passes open | withheld narrow=tlp-above-arrangement"),
    Scenario(
      "the most permissive rule does not win: a prohibition in another arrangement holds",
      terms: "", "prohibitions: [{object-types: [malware]}]\ngrants: []",
      message: """
        indicator open GREEN
        malware worm GREEN
        """,
      expected: "beta redact partly-granted | passes open | withheld worm=prohibited"),
    Scenario(
      "the most permissive rule does not win: a suspended arrangement stops what another would pass",
      terms: "", "suspended: true\ngrants: []",
      message: "indicator open CLEAR",
      expected: "beta withhold arrangement-suspended"),
    Scenario(
      "two grants are not added up: a kind from one and a type from the other match nothing",
      terms: """
        + id: a, object-types: [malware], maximum-tlp: TLP:AMBER
        + id: b, kinds: [indicators], object-types: [indicator], maximum-tlp: TLP:RED
        """,
      message: """
        indicator open GREEN
        malware worm GREEN
        """,
      expected: "beta redact partly-granted | passes worm | withheld open=type-not-granted"),
    Scenario(
      "two grants are not added up: the label of one and the type of the other match nothing",
      terms: """
        + id: a, object-types: [malware], maximum-tlp: TLP:AMBER
        + id: b, object-types: [indicator], maximum-tlp: TLP:CLEAR
        """,
      message: """
        indicator narrow AMBER
        malware worm GREEN
        """,
      expected: "beta redact partly-granted | passes worm | withheld narrow=tlp-above-grant"),
    Scenario(
      "what cannot be judged does not pass: an object's id that is none",
      terms: "",
      message: """
        indicator open GREEN
        Indicator odd GREEN
        """,
      expected: "beta withhold cannot-be-judged"),
    Scenario(
      "what cannot be judged does not pass: two objects that contradict each other under one id",
      terms: "",
      message: """
        indicator open GREEN modified=2026-01-01T00:00:00.000Z
        malware worm GREEN
        malware other CLEAR id=worm name=another
        """,
      expected: "beta redact partly-granted | passes open | withheld worm=cannot-be-judged other=cannot-be-judged"),
    Scenario(
      "RED does not leak through the references of a report",
      terms: "",
      message: """
        indicator open GREEN
        indicator secret RED
        report digest GREEN object_refs=open,secret
        """,
      expected:
        "beta redact partly-granted | passes open digest | cut digest/object_refs/1 | withheld secret=red-not-named"),
    Scenario(
      "RED does not leak through a relationship",
      terms: "",
      message: """
        malware worm GREEN
        indicator secret RED
        relationship tie GREEN source_ref=secret target_ref=worm
        """,
      expected:
        "beta redact partly-granted | passes worm | withheld secret=red-not-named tie=refers-to-withheld"),
    Scenario(
      "RED does not leak through the text of a note",
      terms: "",
      message: """
        indicator open GREEN
        indicator secret RED
        note word GREEN object_refs=open content='look at {secret} too'
        """,
      expected:
        "beta redact partly-granted | passes open | withheld secret=red-not-named word=mentions-withheld"),
    Scenario(
      "RED does not leak through a sighting of it",
      terms: "",
      message: """
        indicator secret RED
        identity who GREEN
        sighting seen GREEN sighting_of_ref=secret where_sighted_refs=who
        indicator open GREEN
        """,
      expected: """
        beta redact partly-granted | passes open | withheld secret=red-not-named who=not-needed seen=refers-to-withheld
        """),
    Scenario(
      "what is unmarked is not free to share",
      terms: "",
      message: """
        indicator bare -
        indicator open CLEAR
        """,
      expected: "beta redact partly-granted | passes open | withheld bare=unmarked"),
    Scenario(
      "what is unmarked does not become free by the sender's header",
      terms: "",
      message: """
        indicator bare -
        indicator open CLEAR
        """,
      sent: "tlp=TLP:CLEAR",
      expected: "beta redact partly-granted | passes open | withheld bare=unmarked"),
    Scenario(
      "letter case does not get past a prohibited purpose",
      terms: "purposes: [detection]\nprohibited-purposes: [commercial]",
      message: "indicator open CLEAR", sent: "purpose=COMMERCIAL",
      expected: "beta withhold purpose-prohibited"),
    Scenario(
      "spaces do not get past a prohibited purpose",
      terms: "purposes: [detection]\nprohibited-purposes: [commercial]",
      message: "indicator open CLEAR", sent: "purpose=' commercial '",
      expected: "beta withhold purpose-prohibited"),
    Scenario(
      "letter case does not hide an id in a text",
      terms: "",
      message: """
        indicator open GREEN
        indicator secret RED
        note word GREEN object_refs=open content='look at {loud secret} too'
        """,
      expected:
        "beta redact partly-granted | passes open | withheld secret=red-not-named word=mentions-withheld"),
    Scenario(
      "escapes of JSON do not hide an id in a text",
      terms: "",
      message: #"""
        indicator open GREEN
        indicator secret RED
        note word GREEN object_refs=open content='look at {escaped secret} too'
        """#,
      expected:
        "beta redact partly-granted | passes open | withheld secret=red-not-named word=mentions-withheld"),
    Scenario(
      "a marking that is a number in place of a text is unknown, not absent",
      terms: "unmarked: TLP:CLEAR",
      message: """
        indicator open CLEAR
        indicator odd - object_marking_refs:=[5]
        """,
      expected: "beta redact partly-granted | passes open | withheld odd=unknown-marking"),
    Scenario(
      "markings that are a text in place of a list are unknown, not absent",
      terms: "unmarked: TLP:CLEAR",
      message: """
        indicator open CLEAR
        indicator odd - object_marking_refs:='"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"'
        """,
      expected: "beta redact partly-granted | passes open | withheld odd=unknown-marking"),
    Scenario(
      "a type in capitals is not granted by the word all",
      terms: "+ maximum-tlp: TLP:RED",
      message: "MALWARE worm CLEAR",
      expected: "beta withhold cannot-be-judged"),
  ]
}

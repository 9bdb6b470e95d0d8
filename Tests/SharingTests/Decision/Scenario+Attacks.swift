import STIX

extension Scenario {
  /// What somebody might try, or a careless program do, to get past the decision.
  static let attacks: [Scenario] = [
    Scenario(
      "an object hidden in an extension keeps its marking",
      terms: "",
      message: #"""
        indicator open CLEAR
        indicator host CLEAR extensions:='{"x-more":{"hidden":{"object_marking_refs":["\#(TLP.red.markingID)"]}}}'
        """#,
      expected: "beta redact partly-granted | passes open | withheld host=red-not-named"),
    Scenario(
      "a granular marking deep in a property counts",
      terms: "",
      message: #"""
        indicator open CLEAR
        indicator a CLEAR x_d:='{"granular_markings":[{"selectors":["b"],"marking_ref":"\#(TLP.red.markingID)"}]}'
        """#,
      expected: "beta redact partly-granted | passes open | withheld a=red-not-named"),
    Scenario(
      "references in properties that nobody knows are cut out, or hold their object back",
      terms: "",
      message: #"""
        indicator open GREEN
        indicator secret RED
        malware a GREEN x_object_refs:='["{open}","{secret}"]'
        malware b GREEN x_more:='{"object_refs":["{secret}"]}'
        malware c GREEN x_more:='{"list":["{secret}"]}'
        malware d GREEN x_more:='{"{loud secret}":1}'
        """#,
      expected: """
        beta redact partly-granted | passes open a | cut a/x_object_refs/1 | withheld secret=red-not-named b=emptied \
        c=mentions-withheld d=mentions-withheld
        """),
    Scenario(
      "a published label that the message gives another meaning takes the stricter of both",
      terms: "",
      message: #"""
        indicator open GREEN
        marking-definition fake - id=\#(TLP.clear.markingID) definition_type=tlp definition:='{"tlp":"red"}'
        indicator a CLEAR
        """#,
      expected: "beta redact partly-granted | passes open | withheld fake=not-needed a=red-not-named"),
    Scenario(
      "a published RED that the message calls white stays RED",
      terms: "",
      message: #"""
        indicator open GREEN
        marking-definition fake - id=\#(TLP.red.markingID) definition_type=tlp definition:='{"tlp":"white"}'
        indicator a RED
        """#,
      expected: "beta redact partly-granted | passes open | withheld fake=not-needed a=red-not-named"),
    Scenario(
      "a published label that the message makes a statement is unknown",
      terms: "",
      message: #"""
        indicator open GREEN
        marking-definition fake - id=\#(TLP.clear.markingID) statement='do as you like'
        indicator a CLEAR
        """#,
      expected: "beta redact partly-granted | passes open | withheld fake=not-needed a=unknown-marking"),
    Scenario(
      "an id in capitals is the same object: its stricter version holds back the wider one",
      terms: "",
      message: """
        indicator open GREEN
        indicator secret RED modified=2026-02-01T00:00:00.000Z
        indicator shout CLEAR id=^secret modified=2026-01-01T00:00:00.000Z
        """,
      expected: "beta redact partly-granted | passes open | withheld secret=red-not-named shout=version-withheld"),
    Scenario(
      "the same id in capitals with other content is a contradiction",
      terms: "",
      message: """
        indicator open GREEN
        indicator one CLEAR name=one
        indicator shout CLEAR id=^one name=two
        """,
      expected: "beta redact partly-granted | passes open | withheld one=cannot-be-judged shout=cannot-be-judged"),
    Scenario(
      "a circle of references falls with the one of it that names what is withheld",
      terms: "",
      message: """
        indicator open GREEN
        indicator secret RED
        note one GREEN object_refs=two content=x
        note two GREEN object_refs=one content='{secret}'
        """,
      expected: """
        beta redact partly-granted | passes open | withheld secret=red-not-named one=emptied two=mentions-withheld
        """),
    Scenario(
      "an id without its hyphens in a text names what is withheld",
      terms: "",
      message: """
        indicator secret RED
        indicator open CLEAR
        malware worm CLEAR description='see {plain secret}, once more'
        malware loud CLEAR x_seen='{PLAIN secret}'
        malware hash CLEAR description='0123456789abcdef0123456789abcdef is no id'
        """,
      expected:
        "beta redact partly-granted | passes open hash | withheld secret=red-not-named worm=mentions-withheld loud=mentions-withheld"
    ),
  ]
}

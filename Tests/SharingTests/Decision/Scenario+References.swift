extension Scenario {
  /// Nothing that passes names what does not.
  static let references: [Scenario] = [
    Scenario(
      "a report of which nothing passes is withheld",
      terms: "",
      message: """
        indicator secret RED
        report digest GREEN object_refs=secret
        indicator open GREEN
        """,
      expected: "beta redact partly-granted | passes open | withheld secret=red-not-named digest=emptied"),
    Scenario(
      "a grouping of which nothing passes is withheld, and what groups that grouping alone",
      terms: "",
      message: """
        indicator secret RED
        grouping inner GREEN object_refs=secret
        grouping outer GREEN object_refs=inner
        indicator open GREEN
        """,
      expected:
        "beta redact partly-granted | passes open | withheld secret=red-not-named inner=emptied outer=emptied"),
    Scenario(
      "a note, an opinion and observed data of which nothing passes are withheld",
      terms: "",
      message: """
        ipv4-addr secret RED value=192.0.2.1
        note n GREEN object_refs=secret content=x
        opinion o GREEN object_refs=secret opinion=agree
        observed-data d GREEN object_refs=secret
        indicator open GREEN
        """,
      expected: """
        beta redact partly-granted | passes open | withheld secret=red-not-named n=emptied o=emptied d=emptied
        """),
    Scenario(
      "who made an object is left out where the maker does not pass",
      terms: "",
      message: """
        identity who RED
        indicator open GREEN created_by_ref=who
        """,
      expected: "beta redact partly-granted | passes open | cut open/created_by_ref | withheld who=red-not-named"),
    Scenario(
      "an identity that only withheld objects name stays behind with them",
      terms: "",
      message: """
        identity who GREEN
        indicator secret RED created_by_ref=who
        indicator open GREEN
        """,
      expected: "beta redact partly-granted | passes open | withheld who=not-needed secret=red-not-named"),
    Scenario(
      "an identity that something else still names passes",
      terms: "",
      message: """
        identity who GREEN
        indicator secret RED created_by_ref=who
        indicator open GREEN created_by_ref=who
        """,
      expected: "beta redact partly-granted | passes who open | withheld secret=red-not-named"),
    Scenario(
      "two identities that only name each other stay behind",
      terms: "",
      message: """
        identity one GREEN created_by_ref=two
        identity two GREEN created_by_ref=one
        indicator secret RED created_by_ref=one
        indicator open GREEN
        """,
      expected: """
        beta redact partly-granted | passes open | withheld one=not-needed two=not-needed secret=red-not-named
        """),
    Scenario(
      "an optional list goes as a whole when all in it is withheld",
      terms: "",
      message: """
        file sample RED name=a.exe
        malware worm GREEN sample_refs=sample
        """,
      expected: "beta redact partly-granted | passes worm | cut worm/sample_refs | withheld sample=red-not-named"),
    Scenario(
      "what is cut out of a list keeps the sender's places",
      terms: "",
      message: """
        indicator a RED
        indicator b GREEN
        indicator c RED
        indicator d GREEN
        report digest GREEN object_refs=a,b,c,d
        """,
      expected: """
        beta redact partly-granted | passes b d digest | cut digest/object_refs/0 digest/object_refs/2 \
        | withheld a=red-not-named c=red-not-named
        """),
    Scenario(
      "an id that is not in the message reveals nothing and stays",
      terms: "",
      message: """
        indicator open GREEN
        report digest GREEN object_refs=open,elsewhere
        """,
      expected: "beta deliver granted | passes open digest"),
    Scenario(
      "a UUID without its type is a mention too",
      terms: "",
      message: """
        indicator secret RED
        malware worm GREEN x_case='ticket {bare secret}'
        indicator open GREEN
        """,
      expected:
        "beta redact partly-granted | passes open | withheld secret=red-not-named worm=mentions-withheld"),
    Scenario(
      "a custom property that names what is withheld holds the object back",
      terms: "",
      message: """
        indicator secret RED
        malware worm GREEN x_twin:='{"of":["{secret}"]}'
        indicator open GREEN
        """,
      expected:
        "beta redact partly-granted | passes open | withheld secret=red-not-named worm=mentions-withheld"),
    Scenario(
      "a key of a dictionary that names what is withheld holds the object back",
      terms: "",
      message: """
        indicator secret RED
        malware worm GREEN x_seen:='{"{secret}":3}'
        indicator open GREEN
        """,
      expected:
        "beta redact partly-granted | passes open | withheld secret=red-not-named worm=mentions-withheld"),
    Scenario(
      "an external reference that names what is withheld holds the object back",
      terms: "",
      message: """
        indicator secret RED
        malware worm GREEN external_references:='[{"source_name":"alpha","external_id":"{secret}"}]'
        indicator open GREEN
        """,
      expected:
        "beta redact partly-granted | passes open | withheld secret=red-not-named worm=mentions-withheld"),
    Scenario(
      "a mention of a mention falls too",
      terms: "",
      message: """
        indicator secret RED
        malware worm GREEN description='from {secret}'
        tool kit GREEN description='see {worm}'
        campaign wave GREEN description='see {kit}'
        indicator open GREEN
        """,
      expected: """
        beta redact partly-granted | passes open \
        | withheld secret=red-not-named worm=mentions-withheld kit=mentions-withheld wave=mentions-withheld
        """),
    Scenario(
      "objects that name each other and nothing withheld pass together",
      terms: "",
      message: """
        malware worm GREEN description='see {kit}'
        tool kit GREEN description='see {worm}'
        """,
      expected: "beta deliver granted | passes worm kit"),
    Scenario(
      "a stricter version of an object holds back the wider one",
      terms: "",
      message: """
        malware worm GREEN modified=2026-01-01T00:00:00.000Z
        malware later RED id=worm modified=2026-02-01T00:00:00.000Z
        indicator open GREEN
        """,
      expected:
        "beta redact partly-granted | passes open | withheld worm=version-withheld later=red-not-named"),
    Scenario(
      "a translation goes with what it translates",
      terms: "",
      message: """
        indicator open GREEN
        language-content words GREEN object_ref=open contents:='{"de":{"name":"x"}}'
        """,
      expected: "beta deliver granted | passes open words"),
    Scenario(
      "a translation of what is withheld is withheld",
      terms: "",
      message: """
        indicator secret RED
        language-content words GREEN object_ref=secret contents:='{"de":{"name":"x"}}'
        indicator open GREEN
        """,
      expected:
        "beta redact partly-granted | passes open | withheld secret=red-not-named words=refers-to-withheld"),
    Scenario(
      "a translation of an identity that nothing needs stays behind with it",
      terms: "",
      message: """
        identity who GREEN
        language-content words GREEN object_ref=who contents:='{"de":{"name":"x"}}'
        indicator secret RED created_by_ref=who
        indicator open GREEN
        """,
      expected: """
        beta redact partly-granted | passes open | withheld who=not-needed words=not-needed secret=red-not-named
        """),
    Scenario(
      "an observable whose id is computed from a withheld one is withheld",
      terms: "",
      message: """
        directory home RED path=/home/x
        file sample GREEN name=a.exe parent_directory_ref=home
        indicator open GREEN
        """,
      expected: "beta redact partly-granted | passes open | withheld home=red-not-named sample=emptied"),
    Scenario(
      "a granular marking that points into a list keeps it from being cut",
      terms: "",
      message: """
        indicator secret RED
        indicator open GREEN
        report digest GREEN object_refs=secret,open granular_markings:='[{"selectors":["object_refs.[1]"],"lang":"de"}]'
        """,
      expected: "beta redact partly-granted | passes open | withheld secret=red-not-named digest=emptied"),
    Scenario(
      "an extension's definition goes with what uses it and not alone",
      terms: "",
      message: """
        extension-definition ext - name=x
        malware worm GREEN extensions:='{"{ext}":{"extension_type":"property-extension","rank":1}}'
        """,
      expected: "beta deliver granted | passes ext worm"),
    Scenario(
      "an extension's definition stays behind when what uses it does",
      terms: "",
      message: """
        extension-definition ext - name=x
        malware worm RED extensions:='{"{ext}":{"extension_type":"property-extension","rank":1}}'
        indicator open GREEN
        """,
      expected: "beta redact partly-granted | passes open | withheld ext=not-needed worm=red-not-named"),
  ]
}

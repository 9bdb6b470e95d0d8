import STIX

extension Scenario {
  /// What says how to handle something where no marking stands: it narrows, and marks nothing.
  static let spokenLabels: [Scenario] = spellings + customs + misplaced + prose

  /// A grant up to GREEN, one object to compare with, and one that is marked CLEAR and says otherwise elsewhere.
  private static func narrowed(
    _ title: String, label: String = "CLEAR", _ said: String, passes: Bool = false, rule: String = "tlp-above-grant"
  )
    -> Scenario
  {
    Scenario(
      title, terms: "+ maximum-tlp: TLP:GREEN",
      message: """
        indicator open CLEAR
        indicator odd \(label) \(said)
        """,
      expected: passes
        ? "beta deliver granted | passes open odd"
        : "beta redact partly-granted | passes open | withheld odd=\(rule)")
  }

  private static let spellings: [Scenario] = [
    narrowed("a label with a space for its colon counts", #"labels:='["TLP AMBER"]'"#),
    narrowed("a label with a hyphen for its colon counts", #"labels:='["tlp-amber"]'"#),
    narrowed("a label with a space for its plus counts as AMBER+STRICT", #"labels:='["TLP:AMBER STRICT"]'"#),
    narrowed("a label with an underscore counts", #"labels:='["TLP_AMBER_STRICT"]'"#),
    narrowed("a label in one word counts", #"labels:='["TlpAmber"]'"#),
    narrowed("a label with its version counts", #"labels:='["TLP 2.0: Amber"]'"#),
    narrowed("a label in brackets counts", #"labels:='["[TLP:AMBER]"]'"#),
    narrowed("a label under another name space counts", #"labels:='["marking:tlp=amber"]'"#),
    narrowed("a label with spaces that are none of ASCII counts", #"labels:='["\u00a0TLP:\u2003AMBER\u3000"]'"#),
    narrowed("a label with signs that nobody sees counts", #"labels:='["T\u200bL\u00adP:\u2060AMBER\ufeff"]'"#),
    narrowed("a label in full-width letters counts", #"labels:='["ＴＬＰ：ＡＭＢＥＲ"]'"#),
    narrowed("a label in Cyrillic letters that look the same counts", #"labels:='["ТLР:АМВЕR"]'"#),
    narrowed("a label in Greek letters that look the same counts", #"labels:='["ΤLΡ:ΑΜΒΕR"]'"#),
    narrowed("a label in letters of mathematics counts", #"labels:='["𝐓𝐋𝐏:𝐀𝐌𝐁𝐄𝐑"]'"#),
    narrowed("a label in small capitals, or with accents, counts", #"labels:='["ᴛʟᴘ:ÂMBÊR"]'"#),
    narrowed("what looks like a label and is none is unknown", #"labels:='["TLP ORANGE"]'"#, rule: "unknown-marking"),
    narrowed("a label with a further word is unknown", #"labels:='["tlp:green mostly"]'"#, rule: "unknown-marking"),
    narrowed(
      "a label with a letter that is none of its own is unknown", #"labels:='["TLP:ЖREEN"]'"#, rule: "unknown-marking"),
    narrowed("labels that are a text in place of a list count", #"labels=tlp:amber"#),
    narrowed("labels that are a list in a list count", #"labels:='[["tlp:amber"]]'"#),
    narrowed("labels that are objects count", #"labels:='[{"name":"tlp:amber"}]'"#),
    narrowed(
      "words that begin like a label and are none say nothing", #"labels:='["paper","apparatus","talp"]'"#, passes: true
    ),
    Scenario(
      "an odd spelling narrows, and does not mark what is unmarked",
      terms: "",
      message: """
        indicator open CLEAR
        indicator bare - labels:='["TLP CLEAR"]'
        """,
      expected: "beta redact partly-granted | passes open | withheld bare=unmarked"),
    Scenario(
      "the actions that a label permits count in any spelling",
      terms: "+ maximum-pap: PAP:GREEN",
      message: """
        indicator open CLEAR
        indicator passive CLEAR labels:='["PAP RED"]'
        indicator odd CLEAR x_tags:='["pap:amber"]'
        """,
      expected: "beta redact partly-granted | passes open | withheld passive=pap-above-grant odd=pap-above-grant"),
  ]

  private static let customs: [Scenario] = [
    narrowed("a tag in a custom list counts", #"x_misp_tags:='["tlp:amber"]'"#),
    narrowed("a tag in a custom list of objects counts", #"x_opencti_labels:='[{"name":"TLP:AMBER","color":"fff"}]'"#),
    narrowed("a tag that is a custom text counts", "x_handling='marked TLP:AMBER by us'"),
    narrowed("a tag in a property that the standard does not know counts", #"tags:='["tlp:amber"]'"#),
    narrowed("a tag deep in a custom property counts", #"x_a:='{"b":[{"c":["tlp:amber"]}]}'"#),
    narrowed(
      "a tag in an extension counts",
      #"extensions:='{"extension-definition--5c1f0e5e-3f0a-4d0c-9a52-7d6d0f3b8e42":{"tags":["tlp:amber"]}}'"#),
    narrowed("a custom property that is named after a label counts", "x_tlp=amber"),
    narrowed("a custom property that is named after a label counts in other letters", "X_MISP_TLP=AMBER+STRICT"),
    narrowed(
      "a custom property that is named after a label and says none is unknown", "x_tlp=purple", rule: "unknown-marking"),
    narrowed(
      "a custom property that is named after a label and is a number is unknown", "x_tlp:=4", rule: "unknown-marking"),
    narrowed(
      "a custom property that is named after a label and is null is unknown", "x_tlp:=null", rule: "unknown-marking"),
    narrowed(
      "a label inside an object of a custom property counts",
      #"x_d:='{"tlp":{"label":"AMBER","url":"https://first.org"}}'"#),
    narrowed("a version beside a label says nothing", "x_tlp=green x_tlp_version=2.0", passes: true),
    narrowed(
      "what is said of actions by a custom property that cannot be read is unknown", "x_pap=mostly",
      rule: "unknown-marking"),
    Scenario(
      "a tag in a custom property narrows, and does not mark what is unmarked",
      terms: "",
      message: """
        indicator open CLEAR
        indicator bare - x_misp_tags:='["tlp:clear"]'
        """,
      expected: "beta redact partly-granted | passes open | withheld bare=unmarked"),
    Scenario(
      "a tag in a custom property makes the label agreed for what is unmarked stricter",
      terms: "unmarked: TLP:GREEN",
      message: """
        indicator open CLEAR
        indicator bare - x_misp_tags:='["tlp:amber+strict"]'
        """,
      expected: "beta redact partly-granted | passes open | withheld bare=tlp-above-grant"),
    Scenario(
      "a tag in a custom property never makes a label wider",
      terms: "+ maximum-tlp: TLP:GREEN",
      message: """
        indicator open CLEAR
        indicator narrow AMBER x_misp_tags:='["tlp:clear"]'
        """,
      expected: "beta redact partly-granted | passes open | withheld narrow=tlp-above-grant"),
    Scenario(
      "a tag in a custom property hides the source where it says so",
      terms: "",
      message: #"indicator quiet CLEAR x_misp_tags:='["tlp:ex:chr"]'"#,
      expected: "beta redact redacted | passes quiet | source hidden"),
    Scenario(
      "what an older AIS property says of its provider counts",
      terms: "",
      message: "indicator quiet CLEAR x_ais_consent=NONE",
      expected: "beta redact redacted | passes quiet | source hidden"),
    narrowed("an AIS property that cannot be read is unknown", "x_ais_consent=some", rule: "unknown-marking"),
    narrowed("an AIS marking as a property is unknown", #"x_ais_marking:='{"a":1}'"#, rule: "unknown-marking"),
    narrowed("an AIS tag in a custom property counts", #"x_tags:='["ais-marking:TLPMarking=\"AMBER\""]'"#),
  ]

  private static let misplaced: [Scenario] = [
    narrowed(
      "the extension for TLP 2.0 on an object itself counts",
      #"extensions:='{"\#(TLP.extensionID)":{"extension_type":"property-extension","tlp_2_0":"amber"}}'"#),
    narrowed(
      "the extension for TLP 2.0 on an object that says no label is unknown",
      #"extensions:='{"\#(TLP.extensionID)":{"extension_type":"property-extension"}}'"#, rule: "unknown-marking"),
    narrowed(
      "the property of that extension beside the object's own counts",
      #"extensions:='{"\#(TLP.extensionID)":{"extension_type":"toplevel-property-extension"}}' tlp_2_0=amber"#),
    narrowed("the property for TLP 2.0 alone counts", "tlp_2_0=amber"),
    narrowed(
      "a marking of US agencies on an object itself counts",
      #"extensions:='{"extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce":{"control_set":{"classification":"U","formal_determination":["NF"]}}}'"#,
      rule: "not-releasable"),
    narrowed(
      "a marking of US agencies on an object itself that cannot be read is unknown",
      #"extensions:='{"extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce":{"control_set":{"classification":"X"}}}'"#,
      rule: "unknown-marking"),
    narrowed(
      "a marking of US agencies as properties of the object counts",
      #"control_set:='{"classification":"S"}'"#, rule: "classified"),
    narrowed(
      "an exchange policy on an object itself counts, its AMBER as of TLP 1",
      #"extensions:='{"extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a":{"tlp":"amber"}}'"#),
    narrowed(
      "an exchange policy on an object itself that cannot be read is unknown",
      #"extensions:='{"extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a":{"mood":"good"}}'"#,
      rule: "unknown-marking"),
    narrowed(
      "a US marking for controlled unclassified information is unknown",
      #"extensions:='{"extension-definition--dff17fb3-edcb-4f99-ad1b-4b751c95738a":{"a":1}}'"#, rule: "unknown-marking"),
    narrowed(
      "an extension in capitals counts",
      #"extensions:='{"EXTENSION-DEFINITION--60A3C5C5-0D10-413E-AAB3-9E08DDE9E88D":{"tlp_2_0":"Amber"}}'"#),
    narrowed(
      "an extension without hyphens counts",
      #"extensions:='{"extension-definition--60a3c5c50d10413eaab39e08dde9e88d":{"tlp_2_0":"amber"}}'"#),
    narrowed(
      "a marking's id in capitals counts", label: "-",
      #"object_marking_refs:='["MARKING-DEFINITION--55D920B0-5E8B-4F79-9EE9-91F868D9B421"]'"#),
    narrowed(
      "a marking's id without hyphens counts", label: "-",
      #"object_marking_refs:='["marking-definition--55d920b05e8b4f799ee991f868d9b421"]'"#),
    narrowed(
      "a marking's id without its type, in braces, counts", label: "-",
      #"object_marking_refs:='["{55d920b0-5e8b-4f79-9ee9-91f868d9b421}"]'"#),
    narrowed(
      "a marking's id that is some other UUID is unknown", label: "-",
      #"object_marking_refs:='["marking-definition--55d920b05e8b4f799ee991f868d9b422"]'"#, rule: "unknown-marking"),
    Scenario(
      "an extension on an object itself does not mark what is unmarked",
      terms: "",
      message: #"""
        indicator open CLEAR
        indicator bare - extensions:='{"\#(TLP.extensionID)":{"tlp_2_0":"clear"}}'
        """#,
      expected: "beta redact partly-granted | passes open | withheld bare=unmarked"),
    Scenario(
      "what a definition says of what it marks does not mark the definition",
      terms: "+ maximum-tlp: TLP:GREEN",
      message: #"""
        marking-definition amber - name=TLP:AMBER extensions:='{"\#(TLP.extensionID)":{"tlp_2_0":"amber"}}'
        indicator open CLEAR
        indicator narrow @amber
        """#,
      expected: "beta redact partly-granted | passes open | withheld amber=not-needed narrow=tlp-above-grant"),
  ]

  private static let prose: [Scenario] = [
    narrowed("a description that begins with a label counts", "description='TLP:AMBER seen at a utility'"),
    narrowed("a name that begins with a label in brackets counts", "name='[TLP:AMBER] access point'"),
    narrowed(
      "a description that only speaks of a label says nothing", "description='it was TLP:RED until May'", passes: true),
    narrowed(
      "a description that begins with the word and no label says nothing", "description='TLP is a protocol'",
      passes: true),
    narrowed(
      "a value that looks like a label is a value", "pattern='[domain-name:value = tlp-red.example]'", passes: true),
    Scenario(
      "the name of an observable's value is no label",
      terms: "",
      message: "domain-name host CLEAR value=tlp-red.example",
      expected: "beta deliver granted | passes host"),
  ]
}

extension Scenario {
  /// Markings of other schemes.
  static let handling: [Scenario] = [
    Scenario(
      "a tag among the labels marks as much as a marking does",
      terms: "+ maximum-tlp: TLP:RED",
      message: #"indicator open CLEAR labels:='["tlp:red"]'"#,
      expected: "beta withhold nothing-left | withheld open=red-not-named"),
    Scenario(
      "letter case and spaces do not hide a tag",
      terms: "",
      message: #"indicator open CLEAR labels:='["TLP : Amber+Strict"]'"#,
      expected: "beta withhold nothing-left | withheld open=tlp-above-grant"),
    Scenario(
      "a tag that is no label of TLP is unknown",
      terms: "",
      message: #"""
        indicator open CLEAR
        indicator odd GREEN labels:='["tlp:unclear"]'
        """#,
      expected: "beta redact partly-granted | passes open | withheld odd=unknown-marking"),
    Scenario(
      "a tag of another namespace says nothing of handling",
      terms: "",
      message: #"indicator open CLEAR labels:='["malware_classification:malware-category=\"Worm\""]'"#,
      expected: "beta deliver granted | passes open"),
    Scenario(
      "a statement that is a tag counts",
      terms: "+ maximum-tlp: TLP:RED",
      message: #"""
        indicator open @word
        marking-definition word - statement='tlp:red'
        """#,
      expected: "beta withhold nothing-left | withheld open=red-not-named word=not-needed"),
    Scenario(
      "a statement that begins like a label and is none is unknown",
      terms: "",
      message: #"""
        indicator open CLEAR
        indicator odd @word
        marking-definition word - statement='TLP:AMBER, members only'
        """#,
      expected: "beta redact partly-granted | passes open | withheld odd=unknown-marking word=not-needed"),
    Scenario(
      "what is not releasable to foreign nationals does not leave the United States",
      terms: "",
      message: #"""
        indicator open CLEAR
        indicator home @acs granular=name,CLEAR
        marking-definition acs - extensions:='{"extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce":{"control_set":{"classification":"U","formal_determination":["NF"]}}}'
        """#,
      expected: "beta redact partly-granted | passes open | withheld home=not-releasable acs=not-needed"),
    Scenario(
      "what is not releasable to foreign nationals passes inside the United States",
      terms: "",
      agencies: ["alpha": "jurisdiction: US", "beta": "jurisdiction: US"],
      message: #"""
        indicator home @acs granular=name,CLEAR
        marking-definition acs - extensions:='{"extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce":{"control_set":{"classification":"U","formal_determination":["NF"]}}}'
        """#,
      expected: "beta deliver granted | passes home acs"),
    Scenario(
      "what is classified passes to nobody",
      terms: "+ maximum-tlp: TLP:RED, handling: [les, pcii, fisa, int, proprietary]",
      agencies: [
        "beta": #"""
        jurisdiction: US
        clearance: [les, pcii, fisa, int, proprietary]
        """#
      ],
      message: #"""
        indicator open CLEAR
        indicator spy @acs granular=name,CLEAR
        marking-definition acs - extensions:='{"extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce":{"control_set":{"classification":"TS"}}}'
        """#,
      expected: "beta redact partly-granted | passes open | withheld spy=classified acs=not-needed"),
    Scenario(
      "a control set without a classification is unknown",
      terms: "",
      message: #"""
        indicator open CLEAR
        indicator odd @acs granular=name,CLEAR
        marking-definition acs - extensions:='{"extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce":{"control_set":{"caveat":["FISA"]}}}'
        """#,
      expected: "beta redact partly-granted | passes open | withheld odd=unknown-marking acs=not-needed"),
    Scenario(
      "a control word that nobody published is unknown",
      terms: "",
      message: #"""
        indicator open CLEAR
        indicator odd @acs granular=name,CLEAR
        marking-definition acs - extensions:='{"extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce":{"control_set":{"classification":"U","caveat":["HUSH"]}}}'
        """#,
      expected: "beta redact partly-granted | passes open | withheld odd=unknown-marking acs=not-needed"),
    Scenario(
      "what is permitted to certain nationalities does not pass to others",
      terms: "+ to: [beta, gamma]",
      agencies: ["beta": "jurisdiction: PL", "gamma": "jurisdiction: NL"],
      message: #"""
        indicator home @acs granular=name,CLEAR
        marking-definition acs - extensions:='{"extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce":{"control_set":{"classification":"U","permitted_nationalities":["USA","POL"]}}}'
        """#,
      expected: #"""
        beta deliver granted | passes home acs
        gamma withhold nothing-left | withheld home=not-releasable acs=not-needed
        """#),
    Scenario(
      "what may be personal data is not kept back by that mark alone",
      terms: "",
      message: #"""
        indicator home @acs granular=name,CLEAR
        marking-definition acs - extensions:='{"extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce":{"control_set":{"classification":"U","caveat":["POSSIBLEPII"]}}}'
        """#,
      expected: "beta deliver granted | passes home acs"),
    Scenario(
      "an exchange policy's label counts, its AMBER as of TLP 1",
      terms: "",
      message: #"""
        indicator open CLEAR
        indicator narrow @iep
        marking-definition iep - extensions:='{"extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a":{"tlp":"amber"}}'
        """#,
      expected: "beta redact partly-granted | passes open | withheld narrow=tlp-above-grant iep=not-needed"),
    Scenario(
      "an exchange policy's actions count as permissible actions",
      terms: "+ maximum-pap: 'PAP:AMBER'",
      message: #"""
        indicator open CLEAR
        indicator quiet @iep
        marking-definition iep - extensions:='{"extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a":{"tlp":"white","permitted_actions":"internally-visible-actions"}}'
        """#,
      expected: "beta redact partly-granted | passes open | withheld quiet=pap-above-grant iep=not-needed"),
    Scenario(
      "an exchange policy that forbids attribution hides the source",
      terms: "",
      message: #"""
        indicator quiet @iep
        marking-definition iep - extensions:='{"extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a":{"tlp":"white","provider_attribution":"must-not"}}'
        """#,
      expected: "beta redact redacted | passes quiet iep | source hidden"),
    Scenario(
      "an exchange policy in words that nobody published is unknown",
      terms: "",
      message: #"""
        indicator open CLEAR
        indicator odd @iep
        marking-definition iep - extensions:='{"extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a":{"tlp":"white","mood":"good"}}'
        """#,
      expected: "beta redact partly-granted | passes open | withheld odd=unknown-marking iep=not-needed"),
    Scenario(
      "a submitter that consents to nobody is not named",
      terms: "",
      message: #"indicator quiet CLEAR labels:='["ais-marking:AISConsent=\"NONE\""]'"#,
      expected: "beta redact redacted | passes quiet | source hidden"),
    Scenario(
      "a submitter that consents to the US government is named there and nowhere else",
      terms: "+ to: [beta, gamma]",
      agencies: ["alpha": "jurisdiction: US", "beta": "jurisdiction: US"],
      message: #"indicator quiet CLEAR labels:='["ais-marking:AISConsent=\"USG\""]'"#,
      expected: #"""
        beta deliver granted | passes quiet
        gamma redact redacted | passes quiet | source hidden
        """#),
    Scenario(
      "a submitter that consents to everyone is named",
      terms: "",
      message: #"indicator quiet CLEAR labels:='["ais-marking:AISConsent=\"EVERYONE\""]'"#,
      expected: "beta deliver granted | passes quiet"),
    Scenario(
      "the Chatham House rule hides the source",
      terms: "",
      message: #"indicator quiet CLEAR labels:='["tlp:ex:chr"]'"#,
      expected: "beta redact redacted | passes quiet | source hidden"),
    Scenario(
      "the older AIS reads AMBER as of TLP 1",
      terms: "",
      message: #"indicator narrow CLEAR labels:='["ais-marking:TLPMarking=\"AMBER\""]'"#,
      expected: "beta withhold nothing-left | withheld narrow=tlp-above-grant"),
  ]
}

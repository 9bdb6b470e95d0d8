extension Scenario {
  /// Agreed, signed, or taken back.
  static let agreements: [Scenario] = [
    Scenario(
      "a draft names nobody",
      terms: "status: draft",
      message: "indicator open CLEAR",
      expected: ""),
    Scenario(
      "a terminated arrangement names nobody",
      terms: "status: terminated",
      message: "indicator open CLEAR",
      expected: ""),
    Scenario(
      "an active arrangement that nobody signed passes nothing, with that reason",
      terms: "status: active",
      message: "indicator open CLEAR",
      expected: "beta withhold arrangement-not-signed"),
    Scenario(
      "an unsigned arrangement does not stop what another on trial passes",
      terms: "status: active", "+ id: h",
      message: "indicator open CLEAR",
      expected: "beta deliver granted | passes open"),
    Scenario(
      "what an unsigned arrangement prohibits stays prohibited",
      terms: #"""
        status: active
        prohibitions: [{kinds: [bundle]}]
        """#, "",
      message: "indicator open CLEAR",
      expected: "beta withhold prohibited"),
    Scenario(
      "the recipient alone takes an arrangement back",
      terms: "! party: beta; suspended: true",
      message: "indicator open CLEAR",
      expected: "beta withhold party-suspended"),
    Scenario(
      "the sender alone takes an arrangement back, for every recipient",
      terms: #"""
        ! party: alpha; suspended: true
        + to: [beta, gamma]
        """#,
      message: "indicator open CLEAR",
      expected: #"""
        beta withhold party-suspended
        gamma withhold party-suspended
        """#),
    Scenario(
      "what a third party takes back holds for that party alone",
      terms: #"""
        ! party: gamma; suspended: true
        + to: [beta, gamma]
        """#,
      message: "indicator open CLEAR",
      expected: #"""
        beta deliver granted | passes open
        gamma withhold party-suspended
        """#),
    Scenario(
      "what a party takes back under one arrangement no other arrangement gives",
      terms: "! party: beta; suspended: true", "+ id: h",
      message: "indicator open CLEAR",
      expected: "beta withhold party-suspended"),
    Scenario(
      "what a party takes back from tomorrow passes today",
      terms: "! party: beta; suspended: true; from: 2026-11-25",
      message: "indicator open CLEAR",
      expected: "beta deliver granted | passes open"),
    Scenario(
      "what a party took back from today does not pass",
      terms: "! party: beta; suspended: true; from: 2026-11-24",
      message: "indicator open CLEAR",
      expected: "beta withhold party-suspended"),
    Scenario(
      "a party lowers the label that passes to it",
      terms: "! party: beta; maximum-tlp: TLP:GREEN",
      message: #"""
        indicator open CLEAR
        indicator narrow AMBER
        """#,
      expected: "beta redact partly-granted | passes open | withheld narrow=tlp-above-arrangement"),
    Scenario(
      "a party cannot raise the label that passes to it",
      terms: "! party: beta; maximum-tlp: TLP:RED",
      message: #"""
        indicator open CLEAR
        indicator narrow AMBER+STRICT
        """#,
      expected: "beta redact partly-granted | passes open | withheld narrow=tlp-above-grant"),
    Scenario(
      "a party takes no objects of a type any more",
      terms: "! party: beta; prohibitions: [{object-types: [malware]}]",
      message: #"""
        indicator open CLEAR
        malware worm CLEAR
        """#,
      expected: "beta redact partly-granted | passes open | withheld worm=prohibited"),
    Scenario(
      "a party takes no messages of a kind any more",
      terms: "! party: beta; prohibitions: [{kinds: [bundle]}]",
      message: "indicator open CLEAR",
      expected: "beta withhold prohibited"),
    Scenario(
      "a party asks for a duty of its own",
      terms: "! party: alpha; obligations: {attribution: must-not}",
      message: "indicator open CLEAR",
      expected: "beta redact redacted | passes open | source hidden"),
    Scenario(
      "a group is prohibited, and a member of it gets nothing",
      terms: #"""
        prohibitions: [{groups: [vendors]}]
        + to: [beta, gamma]
        """#,
      agencies: ["beta": "groups: [vendors]"],
      message: "indicator open CLEAR",
      expected: #"""
        beta withhold prohibited
        gamma deliver granted | passes open
        """#),
    Scenario(
      "a grant of an arrangement that has not begun does not serve a recipient that another one names",
      terms: "effective-from: 2026-12-01", "+ id: h, kinds: [alert]",
      message: "indicator open CLEAR",
      expected: "beta withhold arrangement-not-yet-in-force"),
  ]
}

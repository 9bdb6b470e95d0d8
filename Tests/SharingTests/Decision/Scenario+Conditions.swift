extension Scenario {
  /// Sectors, groups, actions and handling that a grant asks for.
  static let conditions: [Scenario] = [
    Scenario(
      "a grant for a group passes nothing to who is not in it",
      terms: "+ groups: [friends]",
      message: "indicator open CLEAR",
      expected: "beta withhold group-not-granted"),
    Scenario(
      "a grant for a group passes to a member",
      terms: "+ groups: [friends]",
      agencies: ["beta": "groups: [friends]"],
      message: "indicator open CLEAR",
      expected: "beta deliver granted | passes open"),
    Scenario(
      "a grant for a sector passes nothing that states none",
      terms: "+ sectors: [energy]",
      message: "indicator open CLEAR",
      expected: "beta withhold sector-missing"),
    Scenario(
      "a grant for a sector passes nothing of another",
      terms: "+ sectors: [energy]",
      message: #"""
        indicator open CLEAR
        identity who CLEAR sectors:='["healthcare"]'
        """#,
      expected: "beta withhold sector-not-granted"),
    Scenario(
      "a grant for a sector passes what is about it",
      terms: "+ sectors: [energy]",
      message: #"""
        indicator open CLEAR created_by_ref=who
        identity who CLEAR sectors:='["energy"]'
        """#,
      expected: "beta deliver granted | passes open who"),
    Scenario(
      "a sector in the words of STIX is the same in the words of NIS2",
      terms: "+ sectors: [transport]",
      message: #"""
        indicator open CLEAR created_by_ref=who
        identity who CLEAR sectors:='["transportation"]'
        """#,
      expected: "beta deliver granted | passes open who"),
    Scenario(
      "letter case and underscores do not hide a sector",
      terms: "+ sectors: [public-administration]",
      message: #"""
        indicator open CLEAR created_by_ref=who
        identity who CLEAR sectors:='["Government_National"]'
        """#,
      expected: "beta deliver granted | passes open who"),
    Scenario(
      "a sector in the answers to a regulator counts",
      terms: "+ sectors: [energy]",
      message: #"""
        indicator open CLEAR
        incident case CLEAR extensions:='{"extension-definition--5c1f0e5e-3f0a-4d0c-9a52-7d6d0f3b8e41":{"impact":{"sectors":["energy"]}}}'
        """#,
      expected: "beta deliver granted | passes open case"),
    Scenario(
      "a number in place of a sector is none",
      terms: "+ sectors: [energy]",
      message: #"""
        indicator open CLEAR
        identity who CLEAR sectors:='[7]'
        """#,
      expected: "beta withhold sector-missing"),
    Scenario(
      "what may be done with less than the grant is for does not pass",
      terms: "+ maximum-pap: 'PAP:AMBER'",
      message: #"""
        indicator open CLEAR
        indicator quiet CLEAR labels:='["PAP:RED"]'
        """#,
      expected: "beta redact partly-granted | passes open | withheld quiet=pap-above-grant"),
    Scenario(
      "a permissible action in another letter case counts",
      terms: "+ maximum-pap: 'PAP:GREEN'",
      message: #"indicator quiet CLEAR labels:='["pap:amber"]'"#,
      expected: "beta withhold nothing-left | withheld quiet=pap-above-grant"),
    Scenario(
      "a permissible action up to the grant's passes",
      terms: "+ maximum-pap: 'PAP:AMBER'",
      message: #"indicator quiet CLEAR labels:='["PAP:AMBER"]'"#,
      expected: "beta deliver granted | passes quiet"),
    Scenario(
      "an old permissible action is read as the new one",
      terms: "+ maximum-pap: 'PAP:CLEAR'",
      message: #"indicator quiet CLEAR labels:='["PAP:WHITE"]'"#,
      expected: "beta deliver granted | passes quiet"),
    Scenario(
      "a word that is no permissible action is unknown",
      terms: "",
      message: #"""
        indicator open CLEAR
        indicator odd CLEAR labels:='["PAP:PINK"]'
        """#,
      expected: "beta redact partly-granted | passes open | withheld odd=unknown-marking"),
    Scenario(
      "law-enforcement sensitive objects need a grant by name",
      terms: "",
      agencies: ["beta": "clearance: [les]"],
      message: #"""
        indicator open CLEAR
        indicator badge CLEAR labels:='["acs-marking:sensitivity=LES"]'
        """#,
      expected: "beta redact partly-granted | passes open | withheld badge=handling-not-granted"),
    Scenario(
      "law-enforcement sensitive objects need a recipient that is cleared",
      terms: "+ handling: [les]",
      message: #"""
        indicator open CLEAR
        indicator badge CLEAR labels:='["acs-marking:sensitivity=LES"]'
        """#,
      expected: "beta redact partly-granted | passes open | withheld badge=handling-not-granted"),
    Scenario(
      "law-enforcement sensitive objects pass by name to who is cleared",
      terms: "+ handling: [les]",
      agencies: ["beta": "clearance: [les]"],
      message: #"indicator badge CLEAR labels:='["acs-marking:sensitivity=\"LES\""]'"#,
      expected: "beta deliver granted | passes badge"),
  ]
}

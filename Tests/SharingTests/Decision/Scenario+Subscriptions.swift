extension Scenario {
  /// What a recipient asked for.
  static let subscriptions: [Scenario] = [
    Scenario(
      "a subscription does not widen what is granted",
      terms: "+ object-types: [malware]",
      agencies: ["beta": "subscriptions: [{kinds: [bundle]}]"],
      message: #"""
        indicator open CLEAR
        malware worm CLEAR
        """#,
      expected: "beta redact partly-granted | passes worm | withheld open=type-not-granted"),
    Scenario(
      "what no subscription asks for does not come",
      terms: "",
      agencies: ["beta": "subscriptions: [{object-types: [malware]}]"],
      message: #"""
        indicator open CLEAR
        malware worm CLEAR
        """#,
      expected: "beta redact partly-granted | passes worm | withheld open=not-subscribed"),
    Scenario(
      "one of several subscriptions is enough",
      terms: "",
      agencies: ["beta": "subscriptions: [{object-types: [malware]}, {object-types: [indicator]}]"],
      message: #"""
        indicator open CLEAR
        malware worm CLEAR
        """#,
      expected: "beta deliver granted | passes open worm"),
    Scenario(
      "a kind that no subscription asks for does not come",
      terms: "",
      agencies: ["beta": "subscriptions: [{kinds: [alert]}]"],
      message: "indicator open CLEAR",
      expected: "beta withhold nothing-left | withheld open=not-subscribed"),
    Scenario(
      "what its author is less sure of does not come, nor what says nothing of it",
      terms: "",
      agencies: ["beta": "subscriptions: [{minimum-confidence: 50}]"],
      message: #"""
        indicator sure CLEAR confidence:=80
        indicator low CLEAR confidence:=20
        indicator mute CLEAR
        """#,
      expected: "beta redact partly-granted | passes sure | withheld low=not-subscribed mute=not-subscribed"),
    Scenario(
      "a country that the message does not state is not the one asked for",
      terms: "",
      agencies: ["beta": "subscriptions: [{countries: [PL]}]"],
      message: "indicator open CLEAR",
      expected: "beta withhold nothing-left | withheld open=not-subscribed"),
    Scenario(
      "a country that the message states is",
      terms: "",
      agencies: ["beta": "subscriptions: [{countries: [PL]}]"],
      message: #"""
        indicator open CLEAR
        location here CLEAR country=pl
        """#,
      expected: "beta deliver granted | passes open here"),
    Scenario(
      "a sector that the message states is",
      terms: "",
      agencies: ["beta": "subscriptions: [{sectors: [energy]}]"],
      message: #"""
        indicator open CLEAR created_by_ref=who
        identity who CLEAR sectors:='["energy"]'
        """#,
      expected: "beta deliver granted | passes open who"),
  ]
}

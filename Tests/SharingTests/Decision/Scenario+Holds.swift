extension Scenario {
  /// What waits, and for whom.
  static let holds: [Scenario] = [
    Scenario(
      "what needs the originator's consent waits",
      terms: "+ hold: [{for: consent, release-by: [alpha]}]",
      message: "indicator open CLEAR",
      expected: "beta hold needs-consent | passes open | released by alpha"),
    Scenario(
      "what is to be read first waits",
      terms: "+ hold: [{for: review}]",
      message: "indicator open CLEAR",
      expected: "beta hold needs-review | passes open"),
    Scenario(
      "fan-out where appropriate waits for a judgement (NIS2 Article 23(6))",
      terms: "+ hold: [{for: where-appropriate, release-by: [gamma]}]",
      message: "indicator open CLEAR",
      expected: "beta hold where-appropriate | passes open | released by gamma"),
    Scenario(
      "an embargo holds until its end",
      terms: "+ hold: [{for: embargo, until: 2026-12-01}]",
      message: "indicator open CLEAR",
      expected: "beta hold embargoed | passes open | until 2026-12-01T00:00:00Z"),
    Scenario(
      "an embargo that has ended holds nothing",
      terms: "+ hold: [{for: embargo, until: 2026-11-24}]",
      message: "indicator open CLEAR",
      expected: "beta deliver granted | passes open"),
    Scenario(
      "a delay on cybersecurity grounds holds for its hours (CRA Article 16(2))",
      terms: "+ hold: [{for: delay, hours: 24}]",
      message: "indicator open CLEAR",
      expected: "beta hold delayed | passes open | until 2026-11-25T00:00:00Z"),
    Scenario(
      "a delay is over when its hours are",
      terms: "+ hold: [{for: delay, hours: 24}]",
      message: "indicator open CLEAR",
      sent: "at=2026-11-25 accepted=2026-11-24",
      expected: "beta deliver granted | passes open"),
    Scenario(
      "a delay counts from the acceptance, not from today",
      terms: "+ hold: [{for: delay, hours: 48}]",
      message: "indicator open CLEAR",
      sent: "at=2026-11-25 accepted=2026-11-24",
      expected: "beta hold delayed | passes open | until 2026-11-26T00:00:00Z"),
    Scenario(
      "of two reasons that end the later one is told",
      terms: "+ hold: [{for: delay, hours: 24}, {for: embargo, until: 2026-12-01}]",
      message: "indicator open CLEAR",
      expected: "beta hold embargoed | passes open | until 2026-12-01T00:00:00Z"),
    Scenario(
      "a reason that somebody must end comes before one that ends by itself",
      terms: "+ hold: [{for: embargo, until: 2026-12-01}, {for: consent}]",
      message: "indicator open CLEAR",
      expected: "beta hold needs-consent | passes open | until 2026-12-01T00:00:00Z"),
    Scenario(
      "a consent that is asked for beside an embargo is still asked for after its end",
      terms: "+ hold: [{for: embargo, until: 2026-12-01}, {for: consent, release-by: [alpha]}]",
      message: "indicator open CLEAR",
      sent: "at=2026-12-02 accepted=2026-11-24",
      expected: "beta hold needs-consent | passes open | released by alpha"),
    Scenario(
      "another grant that holds nothing lets it pass",
      terms: #"""
        + id: a, hold: [{for: consent}]
        + id: b
        """#,
      message: "indicator open CLEAR",
      expected: "beta deliver granted | passes open"),
    Scenario(
      "another grant that covers other objects does not free the held ones",
      terms: #"""
        + id: a, object-types: [indicator], hold: [{for: consent}]
        + id: b, object-types: [malware]
        """#,
      message: #"""
        indicator open CLEAR
        malware worm CLEAR
        """#,
      expected: "beta hold needs-consent | passes open worm"),
    Scenario(
      "an exercise is held as real traffic is",
      terms: "+ exercises: only, hold: [{for: review}]",
      message: "indicator open CLEAR",
      sent: "exercise",
      expected: "beta hold needs-review | passes open"),
    Scenario(
      "what waits for approval and is withheld in part says both",
      terms: "+ needs-approval: true",
      message: #"""
        indicator open CLEAR
        indicator secret RED
        """#,
      expected: "beta hold needs-approval | passes open | withheld secret=red-not-named"),
  ]
}

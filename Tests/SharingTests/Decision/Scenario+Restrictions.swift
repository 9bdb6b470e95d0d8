extension Scenario {
  /// What withholds a message whatever the grants say.
  static let restrictions: [Scenario] = [
    Scenario(
      "a suspended sender passes nothing", terms: "", agencies: ["alpha": "suspended: true"],
      message: "indicator open CLEAR", expected: "beta withhold sender-suspended"),
    Scenario(
      "a suspended recipient gets nothing", terms: "", agencies: ["beta": "suspended: yes"],
      message: "indicator open CLEAR", expected: "beta withhold recipient-suspended"),
    Scenario(
      "a suspended arrangement passes nothing", terms: "suspended: true",
      message: "indicator open CLEAR", expected: "beta withhold arrangement-suspended"),
    Scenario(
      "an arrangement that has ended names nobody", terms: "expires: 2026-11-24",
      message: "indicator open CLEAR", expected: ""),
    Scenario(
      "an arrangement is in force until the moment it ends", terms: "expires: 2026-11-24T00:00:01Z",
      message: "indicator open CLEAR", expected: "beta deliver granted | passes open"),
    Scenario(
      "an arrangement that has not begun names nobody", terms: "effective-from: 2026-11-25",
      message: "indicator open CLEAR", expected: ""),
    Scenario(
      "a grant of an ended arrangement does not serve a recipient that another one names",
      terms: "expires: 2026-06-01",
      "+ id: h, kinds: [alert], maximum-tlp: TLP:GREEN",
      message: "indicator open CLEAR", expected: "beta withhold arrangement-expired"),
    Scenario(
      "what an ended arrangement forbade stays forbidden while its file stands",
      terms: "expires: 2026-06-01\nprohibitions: [{kinds: [bundle]}]", "",
      message: "indicator open CLEAR", expected: "beta withhold prohibited"),
    Scenario(
      "an expired legal basis withholds, with that reason",
      terms: "legal-bases: [{id: old-act, title: An act that ended, valid-to: 2026-09-30}]",
      message: "indicator open CLEAR", expected: "beta withhold legal-basis-expired"),
    Scenario(
      "one expired legal basis of two withholds",
      terms: "legal-bases: [{id: old-act, title: Ended, valid-to: 2026-09-30}, {id: treaty, title: Holds}]",
      message: "indicator open CLEAR", expected: "beta withhold legal-basis-expired"),
    Scenario(
      "an expired legal basis of a third party does not matter",
      terms: "legal-bases: [{id: old, title: Ended, valid-to: 2026-09-30, parties: [gamma]}, {id: treaty, title: T}]",
      message: "indicator open CLEAR", expected: "beta deliver granted | passes open"),
    Scenario(
      "a legal basis that begins later withholds until then",
      terms: "legal-bases: [{id: new-act, title: An act to come, valid-from: 2027-01-01}]",
      message: "indicator open CLEAR", expected: "beta withhold legal-basis-expired"),
    Scenario(
      "a legal basis that the arrangement does not have withholds",
      terms: "", message: "indicator open CLEAR", sent: "basis=other-act",
      expected: "beta withhold legal-basis-unknown"),
    Scenario(
      "a legal basis that the arrangement has passes",
      terms: "", message: "indicator open CLEAR", sent: "basis=Treaty",
      expected: "beta deliver granted | passes open"),
    Scenario(
      "a prohibition of a kind withholds the message",
      terms: "prohibitions: [{from: [alpha], to: [beta], kinds: [bundle]}]",
      message: "indicator open CLEAR", expected: "beta withhold prohibited"),
    Scenario(
      "a prohibition for another recipient does not matter",
      terms: "prohibitions: [{to: [gamma], kinds: [bundle]}]",
      message: "indicator open CLEAR", expected: "beta deliver granted | passes open"),
    Scenario(
      "a prohibition of a type takes with it what cannot stand without it",
      terms: "prohibitions: [{object-types: [malware]}]",
      message: """
        indicator open CLEAR
        malware worm CLEAR
        relationship tie CLEAR source_ref=open target_ref=worm
        """,
      expected: "beta redact partly-granted | passes open | withheld worm=prohibited tie=refers-to-withheld"),
    Scenario(
      "a prohibition of all custom types holds against a grant by name",
      terms: """
        prohibitions: [{object-types: [x-*]}]
        + object-types: [all, x-probe], maximum-tlp: TLP:RED
        """,
      message: """
        indicator open CLEAR
        x-probe p CLEAR
        """,
      expected: "beta redact partly-granted | passes open | withheld p=prohibited"),
    Scenario(
      "a ceiling of the arrangement restricts its own grants",
      terms: "maximum-tlp: TLP:CLEAR",
      message: """
        indicator open CLEAR
        indicator some GREEN
        """,
      expected: "beta redact partly-granted | passes open | withheld some=tlp-above-arrangement"),
    Scenario(
      "what a recipient can handle restricts",
      terms: "", agencies: ["beta": "maximum-tlp: TLP:CLEAR"],
      message: """
        indicator open CLEAR
        indicator some GREEN
        """,
      expected: "beta redact partly-granted | passes open | withheld some=tlp-above-recipient"),
    Scenario(
      "an unknown purpose withholds",
      terms: "", message: "indicator open CLEAR", sent: "purpose=curiosity",
      expected: "beta withhold purpose-unknown"),
    Scenario(
      "a prohibited purpose of another arrangement withholds",
      terms: "purposes: [detection]", "prohibited-purposes: [detection]\ngrants: []",
      message: "indicator open CLEAR", sent: "purpose=detection",
      expected: "beta withhold purpose-prohibited"),
    Scenario(
      "who is not among the named recipients gets nothing",
      terms: "+ to: [beta, gamma], maximum-tlp: TLP:RED",
      message: "indicator open CLEAR", sent: "recipients=gamma",
      expected: "beta withhold not-named\ngamma deliver granted | passes open"),
    Scenario(
      "naming a recipient grants nothing",
      terms: "", message: "indicator open CLEAR", sent: "recipients=delta",
      expected: "beta withhold not-named"),
    Scenario(
      "a kind that the recipient takes in no format is withheld",
      terms: "", agencies: ["beta": "accepts: [{format: misp, kinds: [indicators]}]"],
      message: "indicator open CLEAR", expected: "beta withhold kind-not-accepted"),
    Scenario(
      "a reserved kind is withheld",
      terms: "", message: "indicator open CLEAR", sent: "kind=recall", expected: "beta withhold kind-reserved"),
  ]
}

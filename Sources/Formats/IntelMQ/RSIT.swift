/// The reference incident taxonomy (RSIT 1003) as IntelMQ and n6 use it.
package enum RSIT {
  /// The category of a type; nil for a word that is no type.
  package static func taxonomy(of type: String) -> String? { categories[renamed[type] ?? type] }

  /// The type that RSIT has for a word of IntelMQ, or nil.
  package static func type(of word: String) -> String? {
    let name = renamed[word] ?? word
    return categories[name] == nil ? nil : name
  }

  /// The label of a type and its category, as `rsit:malicious-code="c2-server"`; nil for a word that is no type.
  package static func label(of type: String) -> String? { labels[type] }

  private static let labels = Dictionary(uniqueKeysWithValues: categories.map { ($0, "rsit:\($1)=\"\($0)\"") })

  /// Names of IntelMQ before version 3, and the American spelling of one.
  package static let renamed: [String: String] = [
    "c&c": "c2-server", "c2server": "c2-server", "botnet drone": "infected-system", "ransomware": "infected-system",
    "ids alert": "ids-alert", "leak": "data-leak", "vulnerable client": "vulnerable-system",
    "vulnerable service": "vulnerable-system", "unknown": "undetermined",
    "defacement": "unauthorised-information-modification", "compromised": "system-compromise",
    "backdoor": "system-compromise", "dropzone": "other",
  ]

  private static let categories: [String: String] = {
    let groups: [(String, String)] = [
      ("abusive-content", "spam harmful-speech violence"),
      ("malicious-code", "infected-system c2-server malware-distribution malware-configuration"),
      ("information-gathering", "scanner sniffing social-engineering"),
      ("intrusion-attempts", "ids-alert brute-force exploit"),
      (
        "intrusions",
        "privileged-account-compromise unprivileged-account-compromise application-compromise system-compromise burglary"
      ),
      ("availability", "dos ddos misconfiguration sabotage outage"),
      (
        "information-content-security",
        "unauthorised-information-access unauthorised-information-modification data-loss data-leak"
      ),
      ("fraud", "unauthorised-use-of-resources unauthorized-use-of-resources copyright masquerade phishing"),
      (
        "vulnerable",
        "weak-crypto ddos-amplifier potentially-unwanted-accessible information-disclosure vulnerable-system"
      ),
      ("other", "other undetermined blacklist dga-domain malware proxy tor"), ("test", "test"),
    ]
    var table: [String: String] = [:]
    for (category, types) in groups {
      for type in types.split(separator: " ") { table[String(type)] = category }
    }
    return table
  }()

  /// The type for a category of n6.
  package static let ofN6: [String: String] = [
    "amplifier": "ddos-amplifier", "bots": "infected-system", "backdoor": "system-compromise", "cnc": "c2-server",
    "deface": "unauthorised-information-modification", "dos-attacker": "ddos", "dos-victim": "ddos",
    "exposed": "potentially-unwanted-accessible", "fraud": "masquerade", "leak": "data-leak",
    "malurl": "malware-distribution", "phish": "phishing", "proxy": "proxy", "scanning": "scanner",
    "server-exploit": "exploit", "spam": "spam", "spam-url": "spam", "tor": "tor", "vulnerable": "vulnerable-system",
  ]
}

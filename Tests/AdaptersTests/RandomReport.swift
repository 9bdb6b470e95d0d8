/// Reports to regulators with any of the answers that their templates know.
struct RandomReport {
  private var random: Random

  init(_ seed: Int) { random = Random(seed) }

  mutating func text(_ law: String, stage: String? = nil) -> String {
    switch law {
    case "nis2": nis2(stage ?? random.pick(nis2Stages))
    case "cra": cra(stage ?? random.pick(["early_warning", "notification", "intermediate_report", "final_report"]))
    default: circia(stage ?? random.pick(reportTypes))
    }
  }

  private let nis2Stages = [
    "early_warning", "incident_notification", "intermediate_report", "progress_report", "final_report",
    "voluntary_notification",
  ]
  private let reportTypes = [
    "covered_cyber_incident", "ransom_payment", "joint_covered_incident_and_ransom_payment", "supplemental",
  ]

  private mutating func nis2(_ stage: String) -> String {
    let all = stage == "final_report" || random.chance(60)
    var members =
      common("nis2", "2026.1") + [
        #""stage":"\#(stage)""#, #""member_state":"NL""#, #""csirt":\#(authority())"#,
        #""reporting_entity":{"name":"\#(words())","sector":"\#(random.pick(["energy", "health", "space", "research"]))""#
          + (random.chance(50) ? #","registration":"7","class":"essential","country":"DE""# : "")
          + (random.chance(50) ? #","contact":{"name":"\#(words())","phone":"+31 70 1234567"}"# : "") + "}",
        #""aware_at":"2026-11-20T08:00:00Z""#, #""suspected_malicious":"\#(answer())""#,
        #""cross_border":{"suspected":"\#(answer())"}"#,
        #""severity":{"level":"\#(random.pick(["high", "medium", "low"]))"}"#,
        #""impact":{"severity":"\#(random.pick(["red", "yellow", "green", "white"]))","services":["\#(words())"],"recipients_affected":\#(random.next(9999))}"#,
        #""status":"\#(words())""#,
      ]
    if stage == "progress_report" { members.append(#""ongoing":true"#) }
    if stage == "final_report" || stage == "progress_report" {
      members.append(#""notification_submitted_at":"2026-11-20T20:00:00Z""#)
    }
    if stage == "voluntary_notification" { members.append(#""voluntary_subject":"incident""#) }
    if all {
      members += [
        #""nature":{"root_cause":"malicious-actions","threat_type":"\#(words())"}"#,
        #""mitigation":{"applied":["\#(words())","\#(words())"]}"#,
      ]
    }
    return object(members + [description()] + indicators())
  }

  private mutating func cra(_ stage: String) -> String {
    let track = random.pick(["vulnerability", "incident"])
    var members =
      common("cra", "2026.1") + [
        #""track":"\#(track)""#, #""stage":"\#(stage)""#, #""csirt":\#(authority())"#,
        #""manufacturer":{"name":"\#(words())","role":"manufacturer","country":"FR","contact":{"email":"x@y.example"}}"#,
        #""product":{"name":"\#(words())","type":"important"}"#, #""aware_at":"2026-11-20T08:00:00Z""#,
        #""notification_submitted_at":"2026-11-20T20:00:00Z""#, #""status":"\#(words())""#,
        #""measures_taken":["\#(words())"]"#, #""user_measures":["\#(words())"]"#, #""member_states":["NL","DE"]"#,
      ]
    if random.chance(30) {
      members.append(
        #""dissemination":{"delay_requested":true,"grounds":"\#(words())","until":"2026-12-01T00:00:00Z"}"#)
    }
    if track == "vulnerability" {
      members.append(
        #""vulnerability":{"cve":"CVE-2026-12345","nature":"\#(words())","exploit_nature":"\#(words())","#
          + #""corrective_available_at":"2026-11-20T12:00:00Z","severity":"high","impact":"\#(words())","#
          + #""update_details":"\#(words())"}"#)
    } else {
      members.append(
        #""incident":{"suspected_malicious":"\#(answer())","nature":"\#(words())","initial_assessment":"\#(words())","#
          + #""severity":"high","impact":"\#(words())","root_cause":"\#(words())","mitigation_applied":["\#(words())"]}"#
      )
    }
    return object(members + [description()] + indicators())
  }

  private mutating func circia(_ type: String) -> String {
    var members =
      common("circia", "2024.1") + [
        #""report_type":"\#(type)""#, #""receiver":\#(authority())"#,
        #""reported_entity":{"legal_name":"\#(words())","state_of_incorporation":"DE","trade_names":["\#(words())"],"#
          + #""sectors":["\#(random.pick(["energy", "water", "dams", "it"]))"],"identifiers":[{"scheme":"LEI","value":"5299"}]}"#,
        #""submitter":{"name":"\#(words())","email":"a@b.example"}"#,
      ]
    if type != "ransom_payment" || random.chance(50) {
      members.append(
        #""incident":{"reasonable_belief_at":"2026-11-20T08:00:00Z","detected_at":"2026-11-20T07:00:00Z","#
          + (type == "supplemental" && random.chance(50)
            ? "" : #""functional_impact":"SIGNIFICANT_IMPACT_TO_CRITICAL_SERVICES","recoverability":"EXTENDED","#)
          + #""affected_systems":[{"function":"\#(words())"},{"details":"\#(words())","national_defence":false}],"#
          + #""information_impact":["PRIVACY_DATA_BREACH"],"users_affected":\#(random.next(999)),"#
          + #""attack_vectors":["\#(random.pick(["WEB", "UNKNOWN", "EMAIL_PHISHING"]))"],"#
          + #""vulnerabilities":[{"cve":"CVE-2026-1111","product":"\#(words())"}],"techniques":[{"id":"T1059.001"}],"#
          + #""mitigation":{"phase":"\#(words())","law_enforcement":["FBI"]},"concluded":\#(random.chance(50))}"#)
    }
    if type.contains("ransom") {
      members.append(
        #""ransom":{"paid_at":"2026-11-20T20:00:00Z","amount":"3","currency":"BTC","transactions":["abc"]}"#)
    }
    if type == "supplemental" {
      members.append(#""supplement":{"case_number":"C-7","reason":"new","changes":"\#(words())"}"#)
    }
    return object(members + [description()] + indicators())
  }

  // MARK: Parts

  private mutating func common(_ format: String, _ version: String) -> [String] {
    [
      #""format":"\#(format)""#, #""version":"\#(version)""#, #""reference":"R-\#(random.next(9999))""#,
      #""title":"\#(words())""#, #""submitted_at":"2026-11-21T0\#(random.next(9)):00:00Z""#,
      #""tlp":"\#(random.pick(["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]))""#,
    ]
  }

  private mutating func authority() -> String {
    #"{"name":"\#(words())""# + (random.chance(50) ? #","agency":"nl-ncsc""# : "")
      + (random.chance(50) ? #","contact":{"role":"duty officer","email":"a@b.example"}"# : "") + "}"
  }

  private mutating func description() -> String { #""description":"\#(words())\n\#(words())""# }

  private mutating func indicators() -> [String] {
    guard random.chance(70) else { return [] }
    let entries = (0..<(1 + random.next(4))).map { _ in
      let (type, value) = random.pick([
        ("ipv4", "198.51.100.\(random.next(250))"), ("domain", "\(random.hex(5)).example"), ("sha256", random.hex(64)),
        ("url", "https://a.example/it's"), ("asn", random.pick(["AS", ""]) + "\(64_000 + random.next(999))"),
        ("cve", "CVE-2026-\(1000 + random.next(8999))"), ("filename", "a b.exe"),
      ])
      return #"{"type":"\#(type)","value":"\#(value)""#
        + (random.chance(50) ? #","comment":"\#(words())""# : "")
        + (random.chance(30) && type != "cve" ? #","first_seen":"2026-11-19T10:00:00.000Z""# : "") + "}"
    }
    return [#""indicators":[\#(entries.joined(separator: ","))]"#]
  }

  private mutating func answer() -> String { random.pick(["yes", "no", "unknown"]) }

  private mutating func words() -> String {
    let pool = ["outage", "of", "Ünïcode", "substation", "the \\\"grid\\\"", "west"]
    return (0..<(1 + random.next(3))).map { _ in random.pick(pool) }.joined(separator: " ")
  }

  private func object(_ members: [String]) -> String { "{\(members.joined(separator: ","))}" }
}

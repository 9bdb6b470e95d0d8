import Contract
import JSON

/// What no schema can see: that files agree with their names and with each other, and terms with themselves.
struct CrossChecks {
  /// The slugs of all agencies' files, whatever else is wrong with them.
  let agencySlugs: Set<String>

  func findings(agency file: ConfigurationFile) -> [ConfigurationFinding] {
    var findings = nameFindings(file)
    var takesAll: Int?
    for (place, line) in (file.root["accepts"].map { Array($0.elements) } ?? []).enumerated() {
      if let takesAll {
        let message = "this line is never used, since line \(takesAll + 1) of the list takes all kinds"
        findings.append(file.finding("accepts/\(place)", message))
      } else if line["kinds"] == nil {
        takesAll = place
      }
    }
    for (place, key) in (file.root["keys"]?.list ?? []).enumerated() {
      if ConfigurationFile.key(key) == nil {
        findings.append(
          file.finding(
            "keys/\(place)/ed25519",
            "found a text that is no Ed25519 public key; expected its 32 bytes in base 64, or what `openssl pkey "
              + "-pubout` writes between its lines"))
      }
      findings += dates(file, from: "keys/\(place)/valid-from", to: "keys/\(place)/valid-to")
    }
    findings += repeated(file, (file.root["keys"]?.list ?? []).enumerated().map { ($0.offset, $0.element) }, "keys")
    var seen: Set<String> = []
    for (place, format) in (file.root["sends"]?.list ?? []).enumerated() {
      let slug: String = format.string ?? format["format"]?.string ?? ""
      if !seen.insert(slug).inserted { findings.append(file.finding("sends/\(place)", "found \(slug) a second time")) }
    }
    return findings
  }

  func findings(arrangement file: ConfigurationFile) -> [ConfigurationFinding] {
    let root = file.root
    let partyList = root["parties"]?.texts ?? []
    let parties = Set(partyList)
    var findings = nameFindings(file)
    func check(_ texts: [String], at path: String, inside allowed: Set<String>, _ message: (String) -> String) {
      for (place, text) in texts.enumerated() where !allowed.contains(text) {
        findings.append(file.finding("\(path)/\(place)", message(text)))
      }
    }
    func lines(_ key: String) -> [(place: Int, value: JSONValue)] {
      root[key].map { Array($0.elements.enumerated().map { ($0.offset, $0.element) }) } ?? []
    }
    func notParty(_ name: String) -> String { "found \"\(name)\", which is not among the parties" }

    check(partyList, at: "parties", inside: agencySlugs) {
      "found the agency \"\($0)\"; there is no agencies/\($0).yaml"
    }
    findings += dates(file, from: "effective-from", to: "expires")
    if root["review-by"] != nil, root["effective-from"]?.moment != nil {
      findings += dates(file, from: "effective-from", to: "review-by")
    }
    for (place, basis) in lines("legal-bases") {
      check(basis["parties"]?.texts ?? [], at: "legal-bases/\(place)/parties", inside: parties, notParty)
      findings += dates(file, from: "legal-bases/\(place)/valid-from", to: "legal-bases/\(place)/valid-to")
    }
    findings += repeated(file, lines("legal-bases"), "legal-bases")
    findings += repeated(file, lines("grants"), "grants")

    let purposes = root["purposes"]?.texts ?? []
    let prohibited = Set(root["prohibited-purposes"]?.texts ?? [])
    check(purposes, at: "purposes", inside: Set(purposes).subtracting(prohibited)) {
      "found the purpose \"\($0)\" among the prohibited ones too"
    }
    for (place, prohibition) in lines("prohibitions") {
      check(prohibition["from"]?.texts ?? [], at: "prohibitions/\(place)/from", inside: parties, notParty)
      check(prohibition["to"]?.texts ?? [], at: "prohibitions/\(place)/to", inside: parties, notParty)
    }
    for (place, grant) in lines("grants") {
      let from = grant["from"]?.string ?? ""
      if !parties.contains(from) { findings.append(file.finding("grants/\(place)/from", notParty(from))) }
      let to = grant["to"]?.texts ?? []
      check(to, at: "grants/\(place)/to", inside: parties, notParty)
      check(to, at: "grants/\(place)/to", inside: Set(to).subtracting([from])) {
        "found \"\($0)\" on both ends of a grant; an agency needs no grant for itself"
      }
      let allowed = purposes.isEmpty ? Set(grant["purposes"]?.texts ?? []) : Set(purposes)
      check(grant["purposes"]?.texts ?? [], at: "grants/\(place)/purposes", inside: allowed.subtracting(prohibited)) {
        "found the purpose \"\($0)\", which the arrangement does not have or prohibits"
      }
      findings += holdFindings(file, grant, at: "grants/\(place)", parties: parties)
    }
    return findings
  }

  private func nameFindings(_ file: ConfigurationFile) -> [ConfigurationFinding] {
    guard let id = file.root["id"]?.string, id != file.slug else { return [] }
    return [file.finding("id", "found the id \"\(id)\"; by the file's name it is \"\(file.slug)\"")]
  }

  private func repeated(
    _ file: ConfigurationFile, _ lines: [(place: Int, value: JSONValue)], _ key: String
  ) -> [ConfigurationFinding] {
    var seen: Set<String> = []
    return lines.compactMap { place, value in
      guard let id = value["id"]?.string, !seen.insert(id).inserted else { return nil }
      return file.finding("\(key)/\(place)/id", "found the id \"\(id)\" a second time in \(key)")
    }
  }

  /// Days that exist, the end after the beginning.
  func dates(_ file: ConfigurationFile, from: String, to: String) -> [ConfigurationFinding] {
    func text(_ path: String) -> String? {
      file.root.at(JSONPointer(tokens: path.split(separator: "/").map(String.init)))?.string
    }
    let impossible = [from, to].filter { path in text(path).map { Moment.read($0) == nil } ?? false }
    guard impossible.isEmpty else {
      return impossible.map { file.finding($0, "found \"\(text($0) ?? "")\"; expected a day that exists") }
    }
    guard let start = text(from).flatMap(Moment.read), let end = text(to).flatMap(Moment.read), end <= start else {
      return []
    }
    return [file.finding(to, "found an end that is not after the beginning")]
  }

  /// Holds that could never end, or that nobody could release.
  private func holdFindings(
    _ file: ConfigurationFile, _ grant: JSONValue, at path: String, parties: Set<String>
  ) -> [ConfigurationFinding] {
    var findings: [ConfigurationFinding] = []
    for (place, hold) in (grant["hold"]?.list ?? []).enumerated() {
      let path = "\(path)/hold/\(place)"
      let cause = hold["for"]?.string.flatMap(Hold.Cause.init)
      let ends = hold["until"] != nil || hold["hours"] != nil
      if cause == .embargo, hold["until"] == nil {
        findings.append(file.finding(path, "found an embargo without an end; expected until: with a moment"))
      }
      if cause == .delay, !ends {
        findings.append(file.finding(path, "found a delay without an end; expected hours: or until:"))
      }
      if let cause, !cause.endsByItself, ends {
        findings.append(
          file.finding(
            path, "found an end for \(cause.rawValue), which never ends by itself; use for: delay, or leave it out"))
      }
      if let cause, cause.endsByItself, hold["release-by"] != nil {
        findings.append(
          file.finding(
            path, "found somebody to release \(cause.rawValue), which ends by itself and is released by nobody"))
      }
      if let text = hold["until"]?.string, Moment.read(text) == nil {
        findings.append(file.finding("\(path)/until", "found \"\(text)\"; expected a day that exists"))
      }
      for name in hold["release-by"]?.texts ?? [] where !parties.contains(name) {
        findings.append(file.finding("\(path)/release-by", "found \"\(name)\", which is not among the parties"))
      }
    }
    return findings
  }
}

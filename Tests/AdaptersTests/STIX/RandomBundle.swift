/// Bundles of STIX that never were in MISP, of all kinds of objects.
struct RandomBundle {
  private var random: Random
  private var objects: [String] = []
  private var ids: [String] = []
  private let author: String

  init(_ seed: Int) {
    random = Random(seed)
    author = "identity--\(random.uuid())"
  }

  mutating func text() -> String {
    add("identity", id: author, [#""name":"\#(words())""#, #""identity_class":"organization""#])
    for _ in 0...random.next(6) { indicator() }
    for _ in 0..<random.next(4) { observable() }
    for _ in 0..<random.next(3) { knowledge() }
    for _ in 0..<random.next(3) { context() }
    if random.chance(50) { relationship() }
    if random.chance(40) {
      let refs = ids.map { #""\#($0)""# }.joined(separator: ",")
      add(
        random.pick(["report", "grouping"]),
        [
          #""name":"\#(words())""#, #""published":"2026-11-20T09:00:00Z""#, #""context":"unspecified""#,
          #""object_refs":[\#(refs)]"#,
        ])
    }
    return #"{"type":"bundle","id":"bundle--\#(random.uuid())","objects":[\#(objects.joined(separator: ","))]}"#
  }

  // MARK: Objects

  private mutating func indicator() {
    let (language, pattern) = random.pick([
      ("stix", "[domain-name:value = '\(random.hex(6)).example']"),
      (
        "stix",
        "[ipv4-addr:value = '198.51.100.\(random.next(250))'] OR [url:value = 'https://\(random.hex(5)).example/']"
      ),
      ("stix", "[file:hashes.'SHA-256' = '\(random.hex(64))' AND file:name = '\(words())']"),
      ("stix", "[process:command_line MATCHES '^\(random.hex(4))']"),
      (
        "stix",
        "[network-traffic:dst_ref.value = '203.0.113.\(random.next(250))' AND network-traffic:dst_port = \(random.next(65_000))]"
      ),
      ("yara", "rule r\(random.next(99)) { condition: true }"), ("pcre", "a+\(random.hex(4))"),
    ])
    var members = [
      #""pattern":"\#(pattern)""#, #""pattern_type":"\#(language)""#, #""valid_from":"2026-11-20T08:00:00Z""#,
    ]
    if random.chance(50) { members.append(#""name":"\#(words())""#) }
    if random.chance(50) { members.append(#""description":"\#(words())""#) }
    if random.chance(30) { members.append(#""labels":["\#(words())"]"#) }
    if random.chance(20) { members.append(#""confidence":\#(random.next(101))"#) }
    if random.chance(20) { members.append(#""revoked":true"#) }
    add("indicator", members)
  }

  private mutating func observable() {
    let (type, member) = random.pick([
      ("domain-name", #""value":"\#(random.hex(6)).example""#),
      ("ipv4-addr", #""value":"192.0.2.\#(random.next(250))""#),
      ("url", #""value":"https://\#(random.hex(6)).example/""#), ("mutex", #""name":"m\#(random.hex(4))""#),
      ("file", #""hashes":{"MD5":"\#(random.hex(32))"}"#), ("email-addr", #""value":"\#(random.hex(4))@a.example""#),
      ("directory", #""path":"/tmp/\#(random.hex(4))""#), ("software", #""name":"\#(words())""#),
    ])
    let id = "\(type)--\(random.uuid())"
    objects.append(#"{"type":"\#(type)","spec_version":"2.1","id":"\#(id)",\#(member)}"#)
    ids.append(id)
  }

  private mutating func knowledge() {
    switch random.next(6) {
    case 0: add("malware", [#""name":"\#(words())""#, #""is_family":\#(random.chance(50))"#])
    case 1: add("threat-actor", [#""name":"\#(words())""#, #""description":"\#(words())""#])
    case 2: add("attack-pattern", [#""name":"\#(words())""#])
    case 3: add("vulnerability", [#""name":"CVE-2026-\#(1000 + random.next(8000))""#])
    case 4: add("campaign", [#""name":"\#(words())""#, #""objective":"\#(words())""#])
    default: add("tool", [#""name":"\#(words())""#, #""tool_version":"1.\#(random.next(9))""#])
    }
  }

  private mutating func context() {
    let target = random.pick(ids)
    switch random.next(6) {
    case 0: add("note", [#""content":"\#(words())""#, #""object_refs":["\#(target)"]"#])
    case 1: add("opinion", [#""opinion":"agree""#, #""explanation":"\#(words())""#, #""object_refs":["\#(target)"]"#])
    case 2: add("location", [#""country":"NL""#])
    case 3: add("incident", [#""name":"\#(words())""#, #""description":"\#(words())""#])
    case 4:
      let indicator = ids.first { $0.hasPrefix("indicator") } ?? target
      add(
        "sighting",
        [
          #""sighting_of_ref":"\#(indicator)""#, #""last_seen":"2026-11-20T10:00:00Z""#,
          #""count":\#(1 + random.next(3))"#,
        ])
    default: add("course-of-action", [#""name":"\#(words())""#, #""description":"\#(words())""#])
    }
  }

  private mutating func relationship() {
    let ends = ids.filter { !$0.hasPrefix("sighting") }
    let (source, target) = (random.pick(ends), random.pick(ends))
    add(
      "relationship",
      [
        #""relationship_type":"\#(random.pick(["indicates", "related-to"]))""#, #""source_ref":"\#(source)""#,
        #""target_ref":"\#(target)""#,
      ])
  }

  // MARK: Pieces

  private mutating func add(_ type: String, id: String? = nil, _ members: [String]) {
    let id = id ?? "\(type)--\(random.uuid())"
    let time = "2026-11-2\(random.next(9))T08:00:0\(random.next(9)).000Z"
    var all = [
      #""type":"\#(type)""#, #""spec_version":"2.1""#, #""id":"\#(id)""#, #""created":"\#(time)""#,
      #""modified":"\#(time)""#,
    ]
    if id != author, random.chance(80) { all.append(#""created_by_ref":"\#(author)""#) }
    objects.append("{\((all + members).joined(separator: ","))}")
    ids.append(id)
  }

  private mutating func words() -> String {
    (0..<(2 + random.next(3))).map { _ in random.pick(["phishing", "wave", "grid", "north", random.hex(4)]) }
      .joined(separator: " ")
  }
}

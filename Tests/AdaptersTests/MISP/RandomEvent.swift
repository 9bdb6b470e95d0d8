import Adapters

/// Numbers that follow from a seed: a case that fails can be made again.
struct Random {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 0xD1B5_4A32_D192_ED03 }

  mutating func next(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 33) % bound
  }

  mutating func chance(_ percent: Int) -> Bool { next(100) < percent }

  mutating func pick<Element>(_ list: [Element]) -> Element { list[next(list.count)] }

  mutating func hex(_ count: Int) -> String {
    String((0..<count).map { _ in "0123456789abcdef"[String.Index(utf16Offset: next(16), in: "0123456789abcdef")] })
  }

  mutating func uuid() -> String {
    "\(hex(8))-\(hex(4))-4\(hex(3))-\(pick(["8", "9", "a", "b"]))\(hex(3))-\(hex(12))"
  }
}

/// Events with all that the format has, and here and there a canary where nobody reads.
struct RandomEvent {
  private var random: Random
  private var parts: [String] = []
  /// The texts that may appear nowhere downstream.
  private(set) var canaries: [String] = []
  private let hasCanaries: Bool
  private let label: String

  init(_ seed: Int, canaries: Bool = false) {
    random = Random(seed)
    hasCanaries = canaries
    label = random.pick(["tlp:clear", "tlp:green", "tlp:amber", "tlp:amber+strict", "tlp:red"])
  }

  mutating func text() -> String {
    let attributes = (0..<random.next(8)).map { _ in attribute(inObject: false) }
    let objects = (0..<random.next(4)).map { _ in object() }
    var members = [
      #""uuid":"\#(random.uuid())""#, #""info":"\#(words())""#, #""date":"2026-11-\#(10 + random.next(10))""#,
      #""timestamp":"\#(1_795_500_000 + random.next(9999))""#,
      #""Orgc":{"name":"\#(words())","uuid":"\#(random.uuid())"\#(canary("local", isNumber: true))}"#,
      #""threat_level_id":"\#(1 + random.next(4))""#, #""analysis":"\#(random.next(3))""#,
      #""distribution":"\#(random.next(4))""#,
    ]
    if random.chance(50) {
      members.append(#""published":true,"publish_timestamp":"\#(1_795_510_000 + random.next(9999))""#)
    }
    if random.chance(20) { members.append(#""extends_uuid":"\#(random.uuid())""#) }
    var tags = [label]
    if random.chance(50) { tags.append(#"rsit:fraud=\"phishing\""#) }
    if random.chance(20) { tags.append("PAP:AMBER") }
    if random.chance(50) {
      let (galaxy, tag) = self.galaxy()
      members.append(#""Galaxy":[\#(galaxy)]"#)
      if random.chance(70) { tags.append(tag) }
    }
    members.append(#""Tag":[\#(tags.map { #"{"name":"\#($0)"\#(canary("colour"))}"# }.joined(separator: ","))]"#)
    members.append(#""Attribute":[\#(attributes.joined(separator: ","))]"#)
    if !objects.isEmpty { members.append(#""Object":[\#(objects.joined(separator: ","))]"#) }
    if random.chance(40) {
      members.append(
        #""EventReport":[{"uuid":"\#(random.uuid())","name":"\#(words())","content":"\#(words())\n\n# x","#
          + #""timestamp":"\#(1_795_500_000 + random.next(9999))"\#(canary("event_id", isNumber: true))}]"#)
    }
    members += remarks()
    var proposals = random.chance(20) ? [proposal()] : []
    // One without a type is none, and nobody reads it.
    if hasCanaries { proposals.append(#"{"value":"\#(newCanary())"}"#) }
    if !proposals.isEmpty { members.append(#""ShadowAttribute":[\#(proposals.joined(separator: ","))]"#) }
    if hasCanaries {
      members.append(#""RelatedEvent":[{"Event":{"info":"\#(newCanary())"}}]"#)
      members.append(#""Org":{"name":"\#(newCanary())","uuid":"\#(random.uuid())"}"#)
      members.append(#""x_new":{"deep":["\#(newCanary())"]}"#)
    }
    return #"{"Event":{\#(members.joined(separator: ","))}}"#
  }

  // MARK: Parts

  private mutating func attribute(inObject relation: Bool, _ name: String = "", _ value: String = "") -> String {
    var type = name
    var value = value
    if !relation { (type, value) = self.value() }
    let uuid = random.uuid()
    parts.append(uuid)
    var members = [
      #""uuid":"\#(uuid)""#, #""type":"\#(type)""#, #""category":"\#(random.pick(["Other", "Network activity"]))""#,
      #""to_ids":\#(random.chance(50))"#, #""value":"\#(value)""#,
      #""timestamp":"\#(1_795_400_000 + random.next(9999))""#,
    ]
    if random.chance(30) { members.append(#""comment":"\#(words())""#) }
    if random.chance(20) {
      members.append(#""first_seen":"2026-11-01T10:00:0\#(random.next(10)).000000+00:00""#)
      if random.chance(50) { members.append(#""last_seen":"2026-11-02T10:00:00.123456+00:00""#) }
    }
    if random.chance(10) { members.append(#""deleted":true"#) }
    if random.chance(10) { members.append(#""disable_correlation":true"#) }
    var tags: [String] = []
    if random.chance(20) { tags.append(#"misp:confidence-level=\"fairly-confident\""#) }
    if random.chance(15), label != "tlp:red" { tags.append("tlp:red") }
    if !relation, random.chance(20) {
      let (galaxy, tag) = self.galaxy()
      members.append(#""Galaxy":[\#(galaxy)]"#)
      if random.chance(70) { tags.append(tag) }
    }
    if !tags.isEmpty { members.append(#""Tag":[\#(tags.map { #"{"name":"\#($0)"}"# }.joined(separator: ","))]"#) }
    if !relation, random.chance(20) {
      members.append(
        #""Sighting":[{"uuid":"\#(random.uuid())","type":"\#(random.pick(["0", "1", "3"]))","#
          + #""date_sighting":"\#(1_795_450_000 + random.next(999))","source":"\#(words())""#
          + (random.chance(50) ? #","Organisation":{"name":"\#(words())","uuid":"\#(random.uuid())"}"# : "")
          + "\(canary("attribute_id", isNumber: true))}]")
    }
    if !relation, random.chance(20) { members += remarks() }
    if random.chance(20) {
      let proposals = (0...random.next(2)).map { _ in proposal() }
      members.append(#""ShadowAttribute":[\#(proposals.joined(separator: ","))]"#)
    }
    members.append(contentsOf: canaryMembers(["event_id", "id"]))
    return "{\(members.joined(separator: ","))}"
  }

  private mutating func object() -> String {
    let (name, relations) = random.pick(
      [
        (
          "file",
          [
            ("filename", "filename", "a b.exe"), ("md5", "md5", random.hex(32)),
            ("size-in-bytes", "size-in-bytes", "7"),
          ]
        ),
        (
          "domain-ip",
          [("domain", "domain", "a\(random.next(99)).example"), ("ip", "ip-dst", "198.51.100.\(random.next(250))")]
        ),
        (
          "ip-port", [("ip", "ip-dst", "2001:db8::\(random.next(99))"), ("dst-port", "port", "\(random.next(65_535))")]
        ),
        ("url", [("url", "url", "https://b.example/\(random.next(99))"), ("text", "text", words())]),
        (
          "email",
          [
            ("from", "email-src", "a@b.example"), ("subject", "email-subject", words()),
            ("to", "email-dst", "c@d.example"),
          ]
        ),
        ("registry-key", [("key", "regkey", #"HKLM\\x\#(random.next(9))"#), ("data", "text", "1")]),
        ("process", [("pid", "text", "\(random.next(9999))"), ("name", "text", "p")]),
        ("user-account", [("username", "text", "u\(random.next(99))"), ("password", "text", "never mind")]),
        ("x509", [("serial-number", "text", random.hex(8)), ("issuer", "text", "CN=x")]),
        (
          "vulnerability",
          [("id", "vulnerability", "CVE-2026-\(1000 + random.next(8000))"), ("summary", "text", words())]
        ),
        ("new-template", [("a", "text", words()), ("b", "btc", "1E38kt7ryhbRXUzbam6iQ6sd93VHUUdjEE")]),
        ("github-user", [("id", "text", random.hex(6)), ("username", "github-username", "u\(random.next(99))")]),
        ("cpe-asset", [("product", "text", words()), ("version", "text", "1.\(random.next(9))")]),
        ("credential", [("username", "text", "u\(random.next(99))"), ("password", "text", "never mind")]),
        ("geolocation", [("countrycode", "text", "NL"), ("city", "text", "Den Haag")]),
      ] as [(String, [(String, String, String)])])
    let uuid = random.uuid()
    var members = [
      #""uuid":"\#(uuid)""#, #""name":"\#(name)""#, #""meta-category":"misc""#,
      #""template_uuid":"\#(random.uuid())""#, #""template_version":"\#(1 + random.next(9))""#,
      #""timestamp":"\#(1_795_400_000 + random.next(9999))""#,
    ]
    if random.chance(50) { members.append(#""description":"\#(words())""#) }
    if random.chance(20) { members.append(#""comment":"\#(words())""#) }
    if random.chance(10) { members.append(#""deleted":true"#) }
    var attributes: [String] = []
    for (relation, type, value) in relations {
      let text = attribute(inObject: true, type, value)
      attributes.append(#"{"object_relation":"\#(relation)",\#(text.dropFirst())"#)
    }
    members.append(#""Attribute":[\#(attributes.joined(separator: ","))]"#)
    if !parts.isEmpty, random.chance(60) {
      members.append(
        #""ObjectReference":[{"uuid":"\#(random.uuid())","object_uuid":"\#(uuid)","#
          + #""referenced_uuid":"\#(parts[0])","relationship_type":"\#(random.pick(["drops", "Connected To"]))"}]"#)
    }
    members.append(contentsOf: canaryMembers(["id"]))
    parts.insert(uuid, at: 0)
    return "{\(members.joined(separator: ","))}"
  }

  /// What another organisation proposes for what it stands at.
  private mutating func proposal() -> String {
    let (type, value) = self.value()
    var members = [
      #""uuid":"\#(random.uuid())""#, #""type":"\#(type)""#, #""value":"\#(value)""#,
      #""to_ids":\#(random.chance(50))"#,
    ]
    if random.chance(50) { members.append(#""category":"Other""#) }
    if random.chance(50) { members.append(#""timestamp":"\#(1_795_400_000 + random.next(9999))""#) }
    if random.chance(30) { members.append(#""comment":"\#(words())""#) }
    if random.chance(20) { members.append(#""proposal_to_delete":true"#) }
    if random.chance(20) { members.append(#""deleted":true"#) }
    if random.chance(20) { members.append(#""first_seen":"2026-11-01T10:00:00.000000+00:00""#) }
    if random.chance(50) { members.append(#""Org":{"name":"\#(words())","uuid":"\#(random.uuid())"}"#) }
    members.append(contentsOf: canaryMembers(["event_id", "old_id", "org_id", "id"]))
    return "{\(members.joined(separator: ","))}"
  }

  private mutating func galaxy() -> (String, tag: String) {
    let type = random.pick(["threat-actor", "mitre-malware", "mitre-attack-pattern", "tool", "tea-matrix", "country"])
    let value = "\(type) \(random.next(1_000_000))"
    let tag = #"misp-galaxy:\#(type)=\"\#(value)\""#
    return (
      #"{"uuid":"\#(random.uuid())","name":"G \#(type)","type":"\#(type)","description":"d","GalaxyCluster":["#
        + #"{"uuid":"\#(random.uuid())","type":"\#(type)","value":"\#(value)","tag_name":"\#(tag)","description":"d","#
        + #""meta":{"synonyms":["s1","s2"],"refs":["https://a.example/x"]}\#(canary("collection_uuid"))}]"#
        + "\(canary("icon"))}",
      tag
    )
  }

  private mutating func remarks() -> [String] {
    var members: [String] = []
    if random.chance(30) {
      members.append(
        #""Note":[{"uuid":"\#(random.uuid())","note":"\#(words())","language":"en","authors":"a@b.example"\#(canary("orgc_uuid"))}]"#
      )
    }
    if random.chance(30) {
      members.append(
        #""Opinion":[{"uuid":"\#(random.uuid())","opinion":"\#(random.next(101))","comment":"\#(words())"}]"#)
    }
    if !parts.isEmpty, random.chance(20) {
      members.append(
        #""Relationship":[{"uuid":"\#(random.uuid())","relationship_type":"related-to","related_object_uuid":"\#(random.pick(parts))"}]"#
      )
    }
    return members
  }

  private mutating func value() -> (String, String) {
    switch random.next(24) {
    case 0: ("ip-dst", "198.51.100.\(random.next(250))")
    case 1: ("ip-src", "2001:db8::\(random.hex(3))")
    case 2: ("ip-dst|port", "203.0.113.\(random.next(250))|\(random.next(65_536))")
    case 3: ("domain", "\(random.hex(6)).example")
    case 4: ("hostname", "www.\(random.hex(6)).example")
    case 5: ("hostname|port", "www.\(random.hex(6)).example|8443")
    case 6: ("domain|ip", "\(random.hex(6)).example|198.51.100.\(random.next(250))")
    case 7: ("url", "https://\(random.hex(6)).example/it's")
    case 8: ("md5", random.hex(32))
    case 9: ("sha256", random.hex(64))
    case 10: ("sha512/256", random.hex(64))
    case 11: ("filename|sha1", "a|b.exe|\(random.hex(40))")
    case 12: ("filename", #"c:\\x \#(random.next(99)).exe"#)
    case 13: ("AS", random.pick(["AS", ""]) + "\(random.next(99_999))")
    case 14: ("regkey|value", #"HKLM\\a|1|\#(random.next(99))"#)
    case 15: ("email-src", "\(random.hex(4))@example.org")
    case 16: ("email-subject", words())
    case 17: ("vulnerability", "CVE-2026-\(1000 + random.next(8000))")
    case 18: ("campaign-name", words())
    case 19: ("yara", "rule r { condition: true }")
    case 20: ("btc", random.hex(34))
    case 21: ("comment", words())
    case 22: ("mutex", #"Global\\m'\#(random.next(99))"#)
    default: ("user-agent", "Mozilla/5.0 \(random.next(99))")
    }
  }

  private mutating func words() -> String {
    let pool = ["phishing", "wave", "Ünïcode", "of", "the \\\"week\\\"", "x"]
    return (0..<(1 + random.next(3))).map { _ in random.pick(pool) }.joined(separator: " ")
  }

  // MARK: Canaries

  private mutating func newCanary() -> String {
    canaries.append("canary\(random.hex(12))")
    return canaries[canaries.count - 1]
  }

  private mutating func canary(_ name: String, isNumber: Bool = false) -> String {
    guard hasCanaries, random.chance(40) else { return "" }
    if isNumber {
      canaries.append("77\(1_000_000_000 + random.next(999_999_999))")
      return #","\#(name)":"\#(canaries[canaries.count - 1])""#
    }
    return #","\#(name)":"\#(newCanary())""#
  }

  private mutating func canaryMembers(_ names: [String]) -> [String] {
    names.compactMap { name in
      let text = canary(name, isNumber: true)
      return text.isEmpty ? nil : String(text.dropFirst())
    }
  }
}

import JSON

/// An event like those that CSIRTs publish: hashes, addresses, names and links, most of them fit for detection.
///
/// It follows from its size alone, so that each run measures the same.
struct SampleEvent {
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func text(attributes count: Int) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { message in
      message.member("Event") { event in
        event.object { event in
          event.member("uuid", uuid())
          event.member("info", "A campaign against energy suppliers")
          event.member("date", "2026-11-20")
          event.member("timestamp", "1795514400")
          event.member("published", false)
          event.member("threat_level_id", "2")
          event.member("analysis", "2")
          event.member("distribution", "3")
          event.member("Orgc") { organisation in
            organisation.object { organisation in
              organisation.member("name", "CSIRT")
              organisation.member("uuid", uuid())
            }
          }
          event.member("Tag") { $0.array { $0.object { $0.member("name", "tlp:amber") } } }
          event.member("Attribute") { $0.array { list in for nth in 0..<count { attribute(nth, to: &list) } } }
        }
      }
    }
    return writer.bytes
  }

  private mutating func attribute(_ nth: Int, to list: inout JSONWriter) {
    let (type, category, value) = value(nth)
    list.object { attribute in
      attribute.member("uuid", uuid())
      attribute.member("type", type)
      attribute.member("category", category)
      attribute.member("to_ids", nth % 4 != 3)
      attribute.member("distribution", "5")
      attribute.member("timestamp", String(1_795_400_000 + nth))
      attribute.member("comment", nth % 3 == 0 ? "seen in the second wave" : "")
      attribute.member("value", value)
    }
  }

  private mutating func value(_ nth: Int) -> (type: String, category: String, value: String) {
    let network = "Network activity"
    let delivery = "Payload delivery"
    switch nth % 10 {
    case 0: return ("sha256", delivery, hex(64))
    case 1: return ("md5", delivery, hex(32))
    case 2: return ("sha1", delivery, hex(40))
    case 3: return ("ip-dst", network, "198.51.\(number(250)).\(number(250))")
    case 4: return ("domain", network, "\(hex(8)).example.com")
    case 5: return ("url", network, "https://\(hex(8)).example.com/\(hex(6))")
    case 6: return ("filename|sha256", delivery, "invoice-\(hex(4)).exe|\(hex(64))")
    case 7: return ("hostname", network, "www.\(hex(8)).example.net")
    case 8: return ("ip-dst|port", network, "203.0.\(number(250)).\(number(250))|\(1 + number(65_000))")
    default: return ("email-src", delivery, "\(hex(6))@example.org")
    }
  }

  private mutating func number(_ bound: UInt64) -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return (state >> 33) % bound
  }

  private mutating func hex(_ count: Int) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: (0..<count).map { _ in digits[Int(number(16))] }, as: UTF8.self)
  }

  private mutating func uuid() -> String { "\(hex(8))-\(hex(4))-4\(hex(3))-a\(hex(3))-\(hex(12))" }
}

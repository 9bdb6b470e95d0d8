import Contract
import Glibc
import JSON
import STIX
import Sharing

/// `make bench NAME=sharing`: how many decisions on an object for a recipient a CPU-second gives.
///
/// 200 agencies, 500 grants over 50 arrangements; the sender has grants to 20 of them. Bundles of 1, 100 and 10,000
/// objects of eight types with five labels, a third of them referring to others. What is measured is the decision on a
/// message that was parsed already; markings and references are read in it, as they are in the hub.
@main
struct SharingBenchmark {
  static func main() throws {
    print("200 agencies, 500 grants, decisions on an object for a recipient per CPU-second")
    print("  terms                    objects  recipients  decisions/s      us/message")
    for isTransfer in [false, true] {
      let configuration = configuration(isTransfer: isTransfer)
      for count in [1, 100, 10_000] {
        var best = 0.0
        var cost = 0.0
        var recipients = 0
        for _ in 0..<5 {
          let rounds = max(1, 20_000 / count)
          let messages = try (0..<rounds).map { try submission(count, round: $0) }
          let start = cpuSeconds()
          var decisions = 0
          for message in messages {
            let answers = configuration.decide(message)
            recipients = answers.count
            decisions += answers.count * count
          }
          let spent = cpuSeconds() - start
          let rate = Double(decisions) / spent
          if rate > best { (best, cost) = (rate, spent / Double(rounds) * 1e6) }
        }
        let name = isTransfer ? "with redaction" : "without redaction"
        print(
          "  \(pad(name, 22)) \(pad(String(count), 9, right: true))  \(pad(String(recipients), 10, right: true))"
            + "  \(pad(String(Int(best)), 11, right: true))  \(pad(String(Int(cost)), 14, right: true))")
      }
    }
  }

  static let agencies = (0..<200).compactMap { AgencyID("agency-\($0)") }

  /// Ten grants in each of 50 arrangements of four parties, all with the first agency.
  static func configuration(isTransfer: Bool) -> Configuration {
    let all = agencies.enumerated().map { place, id in
      Agency(id: id, name: id.slug, jurisdiction: place == 0 || !isTransfer ? "EU" : "US", maximumTLP: .red)
    }
    let arrangements = (0..<50).map { number -> Arrangement in
      let first = number < 7 ? agencies[0] : agencies[number * 4 % 200]
      let others = (1...3).map { agencies[(number * 3 + $0) % 199 + 1] }.filter { $0 != first }
      let grants = (0..<10).map { place in
        Grant(
          id: "g\(place)", from: first, to: others, kinds: place == 9 ? [.alert] : [.bundle, .indicators],
          objectTypes: place % 2 == 0 ? .standard : ObjectTypes(["indicator", "malware", "relationship"]),
          maximumTLP: [.green, .amber, .amberStrict][place % 3], obligations: Obligations(retentionDays: 30 + place))
      }
      return Arrangement(
        id: "pact-\(number)", parties: [first] + others, legalBases: [LegalBasis(id: "treaty")], unmarked: .amber,
        grants: grants)
    }
    return Configuration(agencies: all, arrangements: arrangements)
  }

  static func submission(_ count: Int, round: Int) throws -> Submission {
    let types = ["indicator", "malware", "campaign", "tool", "identity", "ipv4-addr", "domain-name", "vulnerability"]
    let labels: [TLP?] = [.clear, .green, .amber, .amberStrict, nil]
    func id(_ place: Int) -> String {
      let digits = String(place + round * 100_000, radix: 16)
      let tail = String(repeating: "0", count: 12 - digits.count) + digits
      let type = place % 6 == 5 && place > 1 ? "relationship" : types[place % types.count]
      return "\(type)--00000000-0000-4000-8000-\(tail)"
    }
    let objects = (0..<count).map { place -> String in
      let own = id(place)
      var members = #""id":"\#(own)","type":"\#(own.dropLast(38))","spec_version":"2.1""#
      if let label = labels[place % labels.count] { members += #","object_marking_refs":["\#(label.markingID)"]"# }
      if own.hasPrefix("relationship") {
        members +=
          #","relationship_type":"indicates","source_ref":"\#(id(place - 1))","target_ref":"\#(id(place - 2))""#
      } else if own.hasPrefix("ipv4") {
        members += #","value":"192.0.2.\#(place % 256)""#
      } else {
        members += #","name":"object \#(place)","created_by_ref":"\#(id(4))""#
      }
      return "{\(members)}"
    }
    let text =
      #"{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":[\#(objects.joined(separator: ","))]}"#
    return Submission(
      sender: agencies[0], kind: .bundle, lane: .threat,
      bundle: try STIXBundle(reading: JSONDocument(Array(text.utf8))),
      at: Instant(milliseconds: 1_795_000_000_000))
  }

  static func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  static func pad(_ text: String, _ width: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return right ? space + text : text + space
  }
}

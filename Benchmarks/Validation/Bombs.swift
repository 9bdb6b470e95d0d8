import Formats
import Glibc
import JSON

/// Inputs made to cost much: what they cost, in milliseconds, and how far memory grew.
struct Bombs {
  static func report() {
    print("\nbombs, in milliseconds of CPU, with the growth of the process's peak in MiB")
    let uuid = "4a7c9b1e-2f35-4d68-8e0a-1b6c5d9f3a27"
    let times = #""created":"2026-11-24T06:30:00.000Z","modified":"2026-11-24T06:30:00.000Z""#
    judge("10 MB of [", String(repeating: "[", count: 10 << 20))
    judge("a number of 15 MB", String(repeating: "7", count: 15 << 20))
    judge(
      "300,000 keys that begin and end alike",
      "{" + (0..<300_000).map { "\"begin---\($0 + 1_000_000)---end-end\":0" }.joined(separator: ",") + "}")
    judge(
      "15 MB of pattern",
      indicator("[" + Array(repeating: "file:size = 7", count: 700_000).joined(separator: " OR ") + "]", uuid, times))
    judge("a pattern that nests", indicator(String(repeating: "(", count: 1 << 20), uuid, times))
    let many = (0..<90_000).map { #"{"type":"x-a\#($0)","spec_version":"2.1","id":"x-a\#($0)--\#(uuid)",\#(times)}"# }
    judge(
      "90,000 objects of one UUID",
      #"{"type":"bundle","id":"bundle--\#(uuid)","objects":[\#(many.joined(separator: ","))]}"#)
    let same = #"{"type":"tool","spec_version":"2.1","id":"tool--\#(uuid)",\#(times),"name":"n"}"#
    judge(
      "90,000 objects of one id",
      #"{"type":"bundle","id":"bundle--\#(uuid)","objects":[\#(Array(repeating: same, count: 90_000).joined(separator: ","))]}"#
    )
    let labels = Array(repeating: #""a""#, count: 400_000).joined(separator: ",")
    let selectors = Array(repeating: #""labels.[399999]""#, count: 400_000).joined(separator: ",")
    judge(
      "400,000 selectors into 400,000 labels",
      #"{"type":"tool","spec_version":"2.1","id":"tool--\#(uuid)",\#(times),"name":"n","labels":[\#(labels)],"#
        + #""granular_markings":[{"lang":"en","selectors":[\#(selectors)]}]}"#)
    // Last, since its own text is the largest thing here.
    judge("a number of 1 GB", String(repeating: "7", count: 1 << 30))
  }

  private static func indicator(_ pattern: String, _ uuid: String, _ times: String) -> String {
    #"{"type":"indicator","spec_version":"2.1","id":"indicator--\#(uuid)",\#(times),"valid_from":"2026-11-24T06:30:00Z","#
      + #""pattern_type":"stix","pattern":"\#(pattern)"}"#
  }

  private static func judge(_ name: String, _ text: String) {
    let bytes = Array(text.utf8)
    let peak = Self.peak()
    let start = Work.seconds()
    let verdict: String
    do throws(FormatFailure) {
      let message = try FormatCatalogue.identify(bytes, contentType: nil, hint: nil)
      let errors = FormatCatalogue.errors(in: message)
      verdict = errors.first.map { "\($0.rule), \(errors.count) errors" } ?? "valid"
    } catch {
      verdict = error.cause.rawValue
    }
    let spent = Int((Work.seconds() - start) * 1000)
    print("  \(name): \(spent) ms, \(Self.peak() - peak) MiB: \(verdict)")
    fflush(nil)
  }

  /// The largest size of the process so far, in MiB.
  private static func peak() -> Int {
    // RUSAGE_SELF, which is 0, has another type than its function takes.
    var usage = rusage()
    getrusage(0, &usage)
    return usage.ru_maxrss / 1024
  }
}

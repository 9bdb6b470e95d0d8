import Contract
import JSON
package import Ledger

extension TreeReport {
  /// The answer for a terminal.
  package func lines(width: Int = PlainText.width) -> [String] {
    var lines = [
      "Log: \(PlainText.count(size, "entry", "entries")), root \(Hex.text(root)).",
      "Compared: \(PlainText.count(hashes, "stored hash", "stored hashes")), "
        + "\(PlainText.count(heads, "signed head")).",
    ]
    if let head = newestHead {
      lines.append("Newest head: \(PlainText.count(head.size, "entry", "entries")), signed at \(head.at.plain).")
    }
    lines.append("")
    guard !isSound else {
      return lines + ["The log is whole: nothing that was written down was changed or taken away."]
    }
    for fault in faults.prefix(40) { lines += fault.what.under("  \(fault.kind.rawValue)  ", width: width) }
    if faultCount > 40 { lines.append("  and \(PlainText.grouped(faultCount - 40)) more") }
    return lines + ["The log is not as it was written: \(PlainText.count(faultCount, "fault"))."]
  }

  package func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { report in
      report.member("sound", isSound)
      report.member("size", size)
      report.member("root", Hex.text(root))
      report.member("hashes", hashes)
      report.member("heads", heads)
      report.member("fault_count", faultCount)
      report.member("faults") { list in
        list.array { list in
          for fault in faults {
            list.object {
              $0.member("kind", fault.kind.rawValue)
              $0.member("what", fault.what)
            }
          }
        }
      }
    }
    return writer.bytes
  }
}

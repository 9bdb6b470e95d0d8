import Glibc
import Hub

extension Terminal {
  /// Lines on standard output.
  static func say(_ lines: [String]) { say(lines.joined(separator: "\n")) }

  /// One JSON text on standard output, with a line end.
  static func put(line: [UInt8]) { put(line + [UInt8(ascii: "\n")]) }

  /// How wide answers may be: what the terminal has, else 100 columns.
  static var width: Int {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return PlainText.width
    }
    return min(160, max(60, Int(size.ws_col)))
  }
}

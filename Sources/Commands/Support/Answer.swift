/// How a command ends when it does not end with 0.
struct Answer: Error, Equatable {
  /// 1 the answer is no, 2 unusable arguments or environment.
  let code: Int32
  /// One clear sentence for stderr that says what to do; empty where all was said.
  let message: String

  /// The command did its work and the answer is no.
  static func no(_ message: String = "") -> Answer { Answer(code: 1, message: message) }

  /// The command cannot work with these arguments or in this environment.
  static func unusable(_ message: String) -> Answer { Answer(code: 2, message: message) }
}

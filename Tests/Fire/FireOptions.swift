import Foundation

/// How large a fire is, and from which seed all its chances come.
struct FireOptions: Sendable {
  var hubKills = 170
  var brokerKills = 30
  /// How long there is load and trouble; what was begun is finished afterwards.
  var seconds = 1400.0
  /// Messages a second, all agencies together.
  var rate = 20.0
  var seed = UInt64.random(in: 1...999_999)
  /// The folder stays, for who wants to look at what was found.
  var keeps = false

  static let usage = """
    usage: Fire [--hub-kills 170] [--broker-kills 30] [--seconds 1400] [--rate 20] [--seed N] [--keep]
    """

  /// Nil where the arguments are none of these.
  init?(_ arguments: [String]) {
    var rest = arguments[...]
    while let name = rest.popFirst() {
      if name == "--keep" {
        keeps = true
        continue
      }
      guard let text = rest.popFirst() else { return nil }
      switch name {
      case "--hub-kills": guard let number = Int(text), number >= 0 else { return nil }; hubKills = number
      case "--broker-kills": guard let number = Int(text), number >= 0 else { return nil }; brokerKills = number
      case "--seconds": guard let number = Double(text), number > 0 else { return nil }; seconds = number
      case "--rate": guard let number = Double(text), number > 0 else { return nil }; rate = number
      case "--seed": guard let number = UInt64(text) else { return nil }; seed = number
      default: return nil
      }
    }
  }
}

/// Chances that come out the same for the same seed (SplitMix64).
struct Chances: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(_ seed: UInt64, _ stream: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ stream &* 0xD1B5_4A32_D192_ED03 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// One or more lines for whoever watches, at once.
func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

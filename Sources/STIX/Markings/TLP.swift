/// The Traffic Light Protocol's labels, from the widest audience to the narrowest (FIRST, TLP 2.0, August 2022).
package enum TLP: Int, Comparable, Sendable, CaseIterable, CustomStringConvertible {
  case clear, green, amber, amberStrict, red

  /// The label as FIRST writes it: `TLP:AMBER+STRICT`.
  package var label: String { "TLP:" + word.uppercased() }

  /// The value of the STIX extension property `tlp_2_0`, and of MISP tags after `tlp:`.
  package var word: String {
    switch self {
    case .clear: "clear"
    case .green: "green"
    case .amber: "amber"
    case .amberStrict: "amber+strict"
    case .red: "red"
    }
  }

  package var description: String { label }

  /// Reads a label or its bare word in any letter case, with or without `TLP:`; WHITE is CLEAR's name in TLP 1.
  ///
  /// Spaces are not part of any label and make the text unknown, as does any further word.
  package init?(label text: some StringProtocol) {
    let lower = text.lowercased()
    let word = lower.hasPrefix("tlp:") ? String(lower.dropFirst(4)) : lower
    if word == "white" {
      self = .clear
    } else if let known = Self.allCases.first(where: { $0.word == word }) {
      self = known
    } else {
      return nil
    }
  }

  package static func < (left: TLP, right: TLP) -> Bool { left.rawValue < right.rawValue }
}

/// The two published sets of marking-definition ids, and one private alias.
package enum TLPGeneration: Sendable, Equatable {
  /// STIX 2.1 section 7.2.1.4: WHITE, GREEN, AMBER, RED.
  case one
  /// The OASIS extension for TLP 2.0.
  case two
  /// A product's private id, accepted on input and never written.
  case alias
}

extension TLP {
  /// The extension-definition that carries TLP 2.0 in a marking-definition, in its property `tlp_2_0`.
  package static let extensionID = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

  /// The TLP 2.0 marking-definition's id: the only one that we write.
  package var markingID: String {
    switch self {
    case .clear: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
    case .green: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
    case .amber: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
    case .amberStrict: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
    case .red: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
    }
  }

  /// The label that a published id stands for, its AMBER taken literally; nil for any other id.
  package static func known(_ id: String) -> (tlp: TLP, generation: TLPGeneration)? {
    switch id.lowercased() {
    case "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": (.clear, .one)
    case "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": (.green, .one)
    case "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": (.amber, .one)
    case "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": (.red, .one)
    case "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37": (.amberStrict, .alias)
    case let id: Self.allCases.first { $0.markingID == id }.map { ($0, .two) }
    }
  }

  /// The marking-definition object of TLP 2.0 for this label, as OASIS publishes it.
  package var markingDefinition: String {
    #"{"type":"marking-definition","spec_version":"2.1","id":"\#(markingID)","#
      + #""created":"2022-10-01T00:00:00.000Z","name":"\#(label)","extensions":{"\#(Self.extensionID)":"#
      + #"{"extension_type":"property-extension","tlp_2_0":"\#(word)"}}}"#
  }
}

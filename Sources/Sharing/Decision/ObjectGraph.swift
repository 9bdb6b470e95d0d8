import Contract
import JSON
import STIX

/// What decisions need to know of a message's objects, found once and used for every recipient.
///
/// Objects of the same type, label and role are one class: they are judged once for a recipient, however many there
/// are. Who names whom is kept in both directions, for what falls with what is withheld.
struct ObjectGraph: Sendable {
  let objects: [STIXObject]
  let classes: [ObjectClass]
  /// For each object, its place in ``classes``.
  let classOf: [Int]
  /// For each object, those that it names, as often as it does; of several versions of one id, the first.
  let forward: Adjacency
  /// For each object, those that name it.
  let backward: Adjacency
  /// Why nothing can be said of the message, where nothing can.
  let fault: String?

  /// What the message is about.
  let topics: Topics

  /// - Parameters:
  ///   - floor: the label that the sender set for all.
  ///   - asks: what recipients and arrangements ask of objects beyond types and markings.
  ///   - returned: objects that left this hub before.
  init(_ bundle: STIXBundle, floor: TLP?, asks: ObjectAsks = ObjectAsks(), returned: Set<Int> = []) {
    objects = bundle.objects
    topics = asks.topics ? Topics(bundle) : Topics()
    fault = bundle.objects.lazy.compactMap(Self.fault).first
    // The versions of an id fall together, so that the first of them stands for all.
    var firstOf = Array(objects.indices)
    for group in bundle.duplicates {
      for index in group.indexes { firstOf[index] = group.indexes[0] }
    }
    var places: [String: Int] = [:]
    places.reserveCapacity(objects.count)
    for object in objects { places[object.id] = firstOf[object.index] }

    var edges: [Adjacency.Edge] = []
    var named = [Bool](repeating: false, count: objects.count)
    var targets: [Int32] = []
    var starts = [0]
    targets.reserveCapacity(objects.count * 3)
    starts.reserveCapacity(objects.count + 1)
    for object in objects {
      for reference in object.references {
        let target = places[reference.target]
        targets.append(Int32(target ?? -1))
        guard let target, target != firstOf[object.index] else { continue }
        edges.append(Adjacency.Edge(from: object.index, to: target, isFirm: reference.isFirm))
        named[target] = true
      }
      starts.append(targets.count)
    }
    let isNamed = firstOf.map { named[$0] }
    self.isNamed = isNamed
    self.firstOf = firstOf
    self.targets = targets
    self.starts = starts
    forward = Adjacency(edges, count: objects.count, by: \.from, to: \.to)
    backward = Adjacency(edges, count: objects.count, by: \.to, to: \.from)

    let disputed = Set(bundle.duplicates.filter { $0.relation == .contradiction }.flatMap(\.indexes))
    var numbers: [ObjectClass: Int] = [:]
    classOf = objects.map { object in
      let found = ObjectClass(
        object, floor: Safeguard.floor.stands ? floor ?? .clear : .clear, isNamed: isNamed[object.index],
        isDisputed: disputed.contains(object.index), isReturned: returned.contains(object.index), asks: asks)
      if let number = numbers[found] { return number }
      numbers[found] = numbers.count
      return numbers.count - 1
    }
    classes = numbers.sorted { $0.value < $1.value }.map(\.key)
    versions = bundle.duplicates.map(\.indexes)
    versionsOf = Dictionary(
      versions.flatMap { group in group.map { ($0, group) } }, uniquingKeysWith: { first, _ in first })
  }

  /// For each object, the first one of its id.
  let firstOf: [Int]
  /// For each reference of each object, one after the other, the first object with the id that it names; -1 for none.
  private let targets: [Int32]
  private let starts: [Int]

  /// For each of an object's references, the first object with the id that it names; -1 where the message has none.
  func targets(of object: Int) -> ArraySlice<Int32> { targets[starts[object]..<starts[object + 1]] }

  /// For each object, whether another names its id.
  let isNamed: [Bool]

  /// Places of objects that share an id.
  private let versions: [[Int]]
  /// The same, for each object that shares its id.
  let versionsOf: [Int: [Int]]

  /// Ids and types in another form would slip through the search for what must not be named.
  private static func fault(of object: STIXObject) -> String? {
    guard let id = STIXID(object.id) else { return "The id of object \(object.index) is not a STIX identifier." }
    guard id.type == object.type else { return "The id of object \(object.index) names another type than its own." }
    return nil
  }
}

extension STIXReference {
  /// True where only the whole object can be held back: nothing can be cut out that would free it of the name.
  var isFirm: Bool {
    if isMarking { return TLP.known(target) == nil }
    return place == .required || place == .embedded || place == .key
  }
}

/// Objects that no rule can tell apart.
struct ObjectClass: Hashable, Sendable {
  /// What an object is for.
  enum Role: Hashable, Sendable {
    /// It says something by itself.
    case content
    /// It says who speaks or is spoken of, and goes when all that named it goes.
    case identity
    /// It puts another object's texts into another language.
    case translation
    /// It explains a marking or an extension, and goes with what uses it. Unmarked, it takes the marking of what it
    /// explains: `isFree`.
    case definition(isFree: Bool)
    /// The message has several objects of its id that contradict each other.
    case disputed
  }

  let type: String
  let label: Label
  let role: Role
  let handling: Handling
  /// The agency whose object it is by its `created_by_ref`, where that is registered.
  let creator: AgencyID?
  /// It is the identity of this agency.
  let isIdentityOf: AgencyID?
  /// How sure its author is, where that is asked and said.
  let confidence: Int?
  /// It left this hub before.
  let isReturned: Bool

  fileprivate init(
    _ object: STIXObject, floor: TLP, isNamed: Bool, isDisputed: Bool, isReturned: Bool, asks: ObjectAsks
  ) {
    type = object.type
    self.isReturned = isReturned
    handling = Handling(object.markings)
    creator =
      asks.owners.isEmpty ? nil : object.value["created_by_ref"]?.string.flatMap { asks.owners[$0.lowercased()] }
    isIdentityOf = type == "identity" ? asks.owners[object.id.lowercased()] : nil
    confidence = asks.confidence ? object.value["confidence"]?.integer.map { Int($0) } : nil
    let label = Label(object.markings, floor: floor)
    self.label = label
    if isDisputed {
      role = .disputed
    } else if object.isDefinition {
      let isUnmarked = object.markings.isEmpty
      role = .definition(isFree: isUnmarked && (isNamed || TLP.known(object.id) != nil))
    } else {
      role =
        switch object.type {
        case "identity": .identity
        case "language-content": .translation
        default: .content
        }
    }
  }

  /// Definitions and translations need no grant for their type: they go with what they explain.
  var needsTypeGranted: Bool { role == .content || role == .identity }
}

/// What is asked of objects beyond types and markings; what nobody asks is not looked up.
struct ObjectAsks: Sendable {
  /// Somebody subscribed to what authors are sure of.
  var confidence = false
  /// Somebody asks what messages are about.
  var topics = false
  /// Whose identity an id is, in lower case.
  var owners: [String: AgencyID] = [:]
}

/// What an object's markings ask beyond its label.
struct Handling: Hashable, Sendable {
  var pap: PAP?
  var controls: Set<HandlingControl> = []
  var nationalities: Set<String>?
  var consent: SourceConsent?
  var hidesSource = false

  init(_ markings: ObjectMarkings) {
    pap = markings.pap
    controls = markings.controls
    nationalities = markings.nationalities
    consent = markings.consent
    hidesSource = markings.hidesSource
  }
}

extension Label {
  init(_ markings: ObjectMarkings, floor: TLP) {
    guard markings.unknown.isEmpty else {
      self = .unknown
      return
    }
    let floor = Safeguard.spokenLabels.stands ? max(floor, markings.spoken ?? .clear) : floor
    guard let strict = markings.strictest, let literal = markings.literal else {
      self = .unmarked(atLeast: floor)
      return
    }
    self = .known(strict: max(strict, floor), literal: max(literal, floor))
  }
}

/// Who is joined to whom, for each object in one slice of one array.
struct Adjacency: Sendable {
  struct Edge: Sendable {
    let from: Int
    let to: Int
    let isFirm: Bool
  }

  struct Neighbour: Sendable {
    let object: Int
    let isFirm: Bool
  }

  private let starts: [Int]
  private let neighbours: [Neighbour]

  init(_ edges: [Edge], count: Int, by own: KeyPath<Edge, Int>, to other: KeyPath<Edge, Int>) {
    var starts = [Int](repeating: 0, count: count + 1)
    for edge in edges { starts[edge[keyPath: own] + 1] += 1 }
    for index in 0..<count { starts[index + 1] += starts[index] }
    var next = starts
    var neighbours = [Neighbour](repeating: Neighbour(object: 0, isFirm: false), count: edges.count)
    for edge in edges {
      neighbours[next[edge[keyPath: own]]] = Neighbour(object: edge[keyPath: other], isFirm: edge.isFirm)
      next[edge[keyPath: own]] += 1
    }
    self.starts = starts
    self.neighbours = neighbours
  }

  subscript(object: Int) -> ArraySlice<Neighbour> { neighbours[starts[object]..<starts[object + 1]] }
}

import JSON
import STIX

/// Clusters, references, sightings and remarks that came from MISP, back in their places.
extension MISPWriting {
  func restoreCluster(_ object: STIXObject) -> Bool {
    let kept = kept(object)
    guard kept != nil || details[object.index].words.hasGalaxyType else { return false }
    let galaxy = kept?["galaxy"]?["type"]?.string ?? words(object).galaxyType
    guard kept == nil || kept?["kind"]?.isString("cluster") ?? false, let galaxy, !galaxy.isEmpty,
      let value = keptName("value", of: object, in: kept) ?? keptName("x_misp_value", of: object, in: object.value)
        ?? object.name
    else { return false }
    isWritten[object.index] = true
    let cluster = MISPCluster(
      uuid: keptUUID(of: object, in: kept) ?? claimUUID(of: object), galaxy: galaxy, value: value,
      description: object.text ?? object.value["x_misp_description"]?.string ?? "", kept: kept,
      isOfEvent: kept == nil || kept?["of_event"]?.bool ?? false,
      isTagged: kept == nil || kept?["tagged"]?.bool ?? false)
    clusterOf[place(of: object)] = cluster
    event.clusters.append(cluster)
    if cluster.isTagged, canBeTag(cluster, of: object) { event.tags.append(cluster.tag) }
    var carried: PropertyNames = ["name", "description", "labels", "extensions", "created", "created_by_ref"]
    if kept != nil {
      carried.formUnion([
        "aliases", "external_references", "kill_chain_phases", "is_family", "identity_class", "country", "region",
        "x_misp_name", "x_misp_type", "x_misp_value", "x_misp_description",
      ])
    } else {
      carried.formUnion(["x_misp_name", "x_misp_type", "x_misp_value", "x_misp_description"])
    }
    account.loseProperties(of: object, carried: carried, why: "a galaxy cluster has no place for it")
    return true
  }

  /// References between objects, analysts' relationships, and clusters at parts of the event.
  func restoreRelationship(_ object: STIXObject, from source: Int, to target: Int) -> Bool {
    let kept = kept(object)
    let kind = kept?["kind"]?.string
    if kind == "cluster-of", let cluster = clusterOf[target] {
      return attach(cluster, to: source, galaxy: kept?["galaxy"]?.bool ?? false, tag: kept?["tag"]?.bool ?? true)
    }
    if kind == nil, let cluster = clusterOf[target], objectOf[source] != nil {
      let word = object.value["relationship_type"]?.string ?? ""
      if word == "indicates" || word == "related-to" { return attach(cluster, to: source, galaxy: true, tag: true) }
    }
    let type: String =
      keptName("relationship_type", of: object, in: kept) ?? object.value["relationship_type"]?.string ?? "related-to"
    guard let place = uuid(of: target) else { return false }
    let uuid = keptUUID("referenced_uuid", of: object, in: kept) ?? place
    let modified = modified(object) == nil ? nil : changed(object)
    if kind == "analyst-relationship" {
      var remark = MISPRemark(kind: .relationship, uuid: keptUUID(of: object, in: kept) ?? claimUUID(of: object))
      remark.relationshipType = type
      remark.relatedUUID = uuid
      remark.modified = modified.flatMap { $0 == event.timestamp ? nil : self.modified(object).map(MISPID.moment) }
      return attach(remark, to: source)
    }
    guard let place = objectOf[source], kind == "reference" || kind == nil else { return false }
    event.objects[place].references.append(
      .init(
        uuid: keptUUID(of: object, in: kept) ?? claimUUID(of: object), target: uuid, type: type, comment: object.text,
        timestamp: modified == event.objects[place].timestamp ? nil : modified))
    account.loseProperties(
      of: object,
      carried: [
        "created", "created_by_ref", "relationship_type", "source_ref", "target_ref", "description", "extensions",
      ],
      why: "a reference has no place for it")
    return true
  }

  /// The UUID in the event of what an object became.
  private func uuid(of object: Int) -> String? {
    if let place = objectOf[object] { return event.objects[place].uuid }
    if let place = attributes(of: object).first { return event.attributes[place].uuid }
    if let cluster = clusterOf[object] { return cluster.uuid }
    return isFrame(object) ? event.uuid : nil
  }

  private func attach(_ cluster: MISPCluster, to source: Int, galaxy: Bool, tag: Bool) -> Bool {
    let tag = tag && MISPTag.fits(cluster.tag)
    for place in attributes(of: source) {
      if galaxy { event.attributes[place].clusters.append(cluster) }
      if tag, !event.attributes[place].tags.contains(cluster.tag) { event.attributes[place].tags.append(cluster.tag) }
    }
    if let place = objectOf[source] {
      if galaxy { event.objects[place].clusters.append(cluster) }
      if tag, !event.objects[place].tags.contains(cluster.tag) { event.objects[place].tags.append(cluster.tag) }
    }
    return objectOf[source] != nil || !attributes(of: source).isEmpty
  }

  func attach(_ remark: MISPRemark, to object: Int) -> Bool {
    if let place = objectOf[object] {
      event.objects[place].remarks.append(remark)
    } else if let place = attributes(of: object).first {
      event.attributes[place].remarks.append(remark)
    } else if isFrame(object) || reports == [object] {
      event.remarks.append(remark)
    } else {
      return false
    }
    return true
  }

  /// A sighting that came from MISP, or an opinion that was one of a false positive.
  func restoreSighting(_ object: STIXObject) -> Bool {
    guard let kept = kept(object), kept["kind"]?.isString("sighting") ?? false else { return false }
    let target = place(ofID: (object.value["sighting_of_ref"] ?? object.value["object_refs"]?[0])?.string)
    var sighting = MISPAttribute.Sighting(
      uuid: keptUUID(of: object, in: kept) ?? claimUUID(of: object), date: changed(object))
    sighting.source = keptText("source", of: object, in: kept)
    sighting.type = keptNumber("type", of: object, in: kept, 0...3) ?? "0"
    let seenBy = object.value["where_sighted_refs"]?[0] ?? object.value["created_by_ref"]
    sighting.organisation = organisation(seenBy?.string)
    if let place = attributes(of: target).first {
      event.attributes[place].sightings.append(sighting)
      return true
    }
    guard let place = objectOf[target], !event.objects[place].attributes.isEmpty else { return false }
    // The object does not say which of its attributes was seen.
    event.objects[place].attributes[0].sightings.append(sighting)
    return true
  }

  /// The organisation that an identity is; nil where it has no name that MISP takes.
  func organisation(_ id: String?) -> MISPEvent.Organisation? {
    guard let identity = id.flatMap({ bundle.object(id: $0) }), let name = identity.name,
      let uuid = keptUUID(of: identity, in: kept(identity)) ?? MISPID.uuid(ofID: identity.id)
    else { return nil }
    guard Self.isName(name, longest: 256) else {
      loseForm("the name", of: identity)
      return nil
    }
    return .init(name: name, uuid: uuid)
  }

  /// Whether an identity is in the event as one that saw or proposed something.
  func sightedBy(_ identity: STIXObject) -> Bool {
    bundle.objects.contains { object in
      guard let kind = kept(object)?["kind"], kind.isString("sighting") || kind.isString("proposal") else {
        return false
      }
      let refs = [object.value["where_sighted_refs"]?[0], object.value["created_by_ref"]]
      return refs.contains { $0?.string?.lowerID == identity.id.lowerID }
    } && identity.id != creator?.id
  }

  func restoreNote(_ object: STIXObject) -> Bool {
    guard let kept = kept(object), let kind = kept["kind"]?.string,
      let content = object.value["content"]?.string
    else { return false }
    let uuid = keptUUID(of: object, in: kept) ?? claimUUID(of: object)
    let isDeleted = object.value["revoked"]?.bool ?? false
    if kind == "event-report" {
      var report = MISPEvent.Report(
        uuid: uuid, name: keptName("abstract", of: object, in: object.value) ?? "Report", content: content,
        timestamp: keptNumber("timestamp", of: object, in: kept, MISPValue.seconds).flatMap { Int64($0) }
          ?? changed(object))
      report.distribution = keptDistribution(of: object, in: kept)
      report.isDeleted = isDeleted
      report.tags = tags(of: object)
      let tlp = label(of: object)
      if let frame, label(of: frame) != tlp { report.tags.insert(MISPTag.tlp(tlp), at: 0) }
      event.reports.append(report)
      return true
    }
    guard kind == "note" else { return false }
    var remark = MISPRemark(kind: .note, uuid: uuid, text: content)
    remark.language = keptText("language", of: object, in: kept)
    complete(&remark, object, kept)
    return attach(remark, to: place(ofID: object.value["object_refs"]?[0]?.string))
  }

  func restoreOpinion(_ object: STIXObject) -> Bool {
    if restoreSighting(object) { return true }
    guard let kept = kept(object), kept["kind"]?.isString("opinion") ?? false,
      let opinion = kept["opinion"].flatMap(MISPValue.number), (0...100).contains(opinion)
    else { return false }
    var remark = MISPRemark(
      kind: .opinion, uuid: keptUUID(of: object, in: kept) ?? claimUUID(of: object),
      text: object.value["explanation"]?.string ?? "")
    remark.opinion = opinion
    complete(&remark, object, kept)
    return attach(remark, to: place(ofID: object.value["object_refs"]?[0]?.string))
  }

  private func complete(_ remark: inout MISPRemark, _ object: STIXObject, _ kept: JSONValue) {
    remark.authors = object.value["authors"]?[0]?.string
    remark.created = kept["created"]?.string.flatMap { Timestamp($0) }.map(MISPID.moment)
    remark.modified = kept["timestamp"] == nil ? nil : modified(object).map(MISPID.moment)
    remark.distribution = keptDistribution(of: object, in: kept)
    remark.isDeleted = object.value["revoked"]?.bool ?? false
  }
}

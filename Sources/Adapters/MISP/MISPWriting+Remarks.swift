import JSON
import STIX

/// Clusters, references, sightings and remarks that came from MISP, back in their places.
extension MISPWriting {
  func restoreCluster(_ object: STIXObject) -> Bool {
    let kept = kept(object)
    guard kept != nil || details[object.index].words.hasGalaxyType else { return false }
    let galaxy = kept?["galaxy"]?["type"]?.string ?? words(object).galaxyType
    guard kept == nil || kept?["kind"]?.isString("cluster") ?? false, let galaxy, !galaxy.isEmpty,
      let value = kept?["value"]?.string ?? object.value["x_misp_value"]?.string ?? object.name
    else { return false }
    isWritten[object.index] = true
    let cluster = MISPCluster(
      uuid: kept?["uuid"]?.string ?? claimUUID(of: object), galaxy: galaxy, value: value,
      description: object.text ?? object.value["x_misp_description"]?.string ?? "", kept: kept,
      isOfEvent: kept == nil || kept?["of_event"]?.bool ?? false,
      isTagged: kept == nil || kept?["tagged"]?.bool ?? false)
    clusterOf[place(of: object)] = cluster
    event.clusters.append(cluster)
    if cluster.isTagged { event.tags.append(cluster.tag) }
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
    let type: String = kept?["relationship_type"]?.string ?? object.value["relationship_type"]?.string ?? "related-to"
    guard let place = uuid(of: target) else { return false }
    let uuid = kept?["referenced_uuid"]?.string ?? place
    let modified = modified(object)?.seconds
    if kind == "analyst-relationship" {
      var remark = MISPRemark(kind: .relationship, uuid: kept?["uuid"]?.string ?? claimUUID(of: object))
      remark.relationshipType = type
      remark.relatedUUID = uuid
      remark.modified = modified.flatMap { $0 == event.timestamp ? nil : self.modified(object).map(MISPID.moment) }
      return attach(remark, to: source)
    }
    guard let place = objectOf[source], kind == "reference" || kind == nil else { return false }
    event.objects[place].references.append(
      .init(
        uuid: kept?["uuid"]?.string ?? claimUUID(of: object), target: uuid, type: type, comment: object.text,
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
      uuid: kept["uuid"]?.string ?? claimUUID(of: object), date: modified(object)?.seconds ?? event.timestamp)
    sighting.source = kept["source"]?.string
    sighting.type = kept["type"]?.string ?? "0"
    let organisation = (object.value["where_sighted_refs"]?[0] ?? object.value["created_by_ref"])?.string
    if let identity = organisation.flatMap({ bundle.object(id: $0) }), let name = identity.name,
      let uuid = self.kept(identity)?["uuid"]?.string ?? MISPID.uuid(ofID: identity.id)
    {
      sighting.organisation = .init(name: name, uuid: uuid)
    }
    if let place = attributes(of: target).first {
      event.attributes[place].sightings.append(sighting)
      return true
    }
    guard let place = objectOf[target], !event.objects[place].attributes.isEmpty else { return false }
    // The object does not say which of its attributes was seen.
    event.objects[place].attributes[0].sightings.append(sighting)
    return true
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
    let uuid = kept["uuid"]?.string ?? claimUUID(of: object)
    let isDeleted = object.value["revoked"]?.bool ?? false
    if kind == "event-report" {
      var report = MISPEvent.Report(
        uuid: uuid, name: object.value["abstract"]?.string ?? "Report", content: content,
        timestamp: kept["timestamp"].flatMap(MISPValue.number) ?? modified(object)?.seconds ?? event.timestamp)
      report.distribution = kept["distribution"]?.string ?? "5"
      report.isDeleted = isDeleted
      report.tags = tags(of: object)
      let tlp = label(of: object)
      if let frame, label(of: frame) != tlp { report.tags.insert(MISPTag.tlp(tlp), at: 0) }
      event.reports.append(report)
      return true
    }
    guard kind == "note" else { return false }
    var remark = MISPRemark(kind: .note, uuid: uuid, text: content)
    remark.language = kept["language"]?.string
    complete(&remark, object, kept)
    return attach(remark, to: place(ofID: object.value["object_refs"]?[0]?.string))
  }

  func restoreOpinion(_ object: STIXObject) -> Bool {
    if restoreSighting(object) { return true }
    guard let kept = kept(object), kept["kind"]?.isString("opinion") ?? false,
      let opinion = kept["opinion"].flatMap(MISPValue.number)
    else { return false }
    var remark = MISPRemark(
      kind: .opinion, uuid: kept["uuid"]?.string ?? claimUUID(of: object),
      text: object.value["explanation"]?.string ?? "")
    remark.opinion = opinion
    complete(&remark, object, kept)
    return attach(remark, to: place(ofID: object.value["object_refs"]?[0]?.string))
  }

  private func complete(_ remark: inout MISPRemark, _ object: STIXObject, _ kept: JSONValue) {
    remark.authors = object.value["authors"]?[0]?.string
    remark.created = kept["created"]?.string.flatMap { Timestamp($0) }.map(MISPID.moment)
    remark.modified = kept["timestamp"] == nil ? nil : modified(object).map(MISPID.moment)
    remark.distribution = kept["distribution"]?.string ?? "5"
    remark.isDeleted = object.value["revoked"]?.bool ?? false
  }
}

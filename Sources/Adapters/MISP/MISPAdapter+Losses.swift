extension MISPAdapter {
  /// What STIX says and a MISP event has no place for.
  package var naturalLosses: [NaturalLoss] {
    [
      NaturalLoss(
        .obligation, "markings that are neither TLP nor a statement", why: "MISP has no tag for it"),
      NaturalLoss(
        .information, "long statements of a marking, and quotes in them",
        why: "a tag is one line of at most * characters without quotes"),
      NaturalLoss(
        .meaning, "what an indicator, an observable, a vulnerability or a campaign says beside its value",
        why: "an attribute has no place for it"),
      NaturalLoss(.information, "the protocols of network traffic", why: "attributes have no place for it"),
      NaturalLoss(
        .information, "the values of a pattern that no type of attribute says",
        why: "no type of MISP says the same; the pattern is carried as text"),
      NaturalLoss(
        .meaning, "patterns of languages that MISP has no type for", why: "MISP has no type for a pattern of the kind *"
      ),
      NaturalLoss(
        .meaning, "that parts of a pattern hold together", why: "each became an attribute that is found alone"),
      NaturalLoss(.information, "that values are of one observable", why: "each became an attribute"),
      NaturalLoss(.meaning, "observables that no type of attribute says", why: "no type of MISP says what it says"),
      NaturalLoss(
        .meaning, "what is kept of an event, or marks its values, and has not the form of its type in MISP",
        why: MISPWriting.noForm),
      NaturalLoss(
        .information, "that two objects say one value",
        why: "the event has an attribute of this type and value already"),
      NaturalLoss(
        .meaning, "observed data of which nothing is a value that MISP knows",
        why: "nothing that it refers to became an attribute"),
      NaturalLoss(
        .meaning, "what an actor, a malware or a technique says beside name and description",
        why: "a galaxy cluster has no place for it"),
      NaturalLoss(.meaning, "knowledge without a name", why: "it has no name to be known by"),
      NaturalLoss(
        .meaning, "what a report, a grouping or an incident says beside its text", why: "an event has no place for it"),
      NaturalLoss(.meaning, "what a note says beside its text", why: "an event report has no place for it"),
      NaturalLoss(.meaning, "answers to a regulator", why: "no tag of MISP's taxonomies says it"),
      NaturalLoss(.meaning, "places", why: "an event has no place"),
      NaturalLoss(
        .meaning, "organisations and people beside the one that made the message",
        why: "an event names one organisation, the one that made it"),
      NaturalLoss(.meaning, "what an organisation says beside its name", why: "an organisation has a name and a UUID"),
      NaturalLoss(.meaning, "when first and how often something was seen", why: "a sighting has one date and a source"),
      NaturalLoss(
        .meaning, "sightings of what is no value",
        why: "only attributes are sighted, and what it refers to is none here"),
      NaturalLoss(
        .meaning, "what a relationship to a cluster says beside that it is one", why: "a tag has no place for it"),
      NaturalLoss(.meaning, "most relationships", why: "MISP has no place for * between these"),
      NaturalLoss(
        .meaning, "opinions about what is no part of the event",
        why: "nothing that it is about stands in the event"),
      NaturalLoss(
        .meaning, "what an opinion says beside its word and its explanation",
        why: "an opinion in MISP has no place for it"),
      NaturalLoss(
        .meaning, "proposals for what is no part of the event",
        why: "it proposes something for what is no part of the event"),
      NaturalLoss(
        .meaning, "what an analysis of malware refers to", why: "an object of MISP has no place for it"),
      NaturalLoss(.meaning, "extensions of objects, and their definitions", why: "MISP has no extensions"),
      NaturalLoss(
        .meaning, "objects of types that STIX does not define", why: "* is no type of STIX that MISP could know"),
    ]
  }
}

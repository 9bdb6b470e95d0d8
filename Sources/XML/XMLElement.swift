import CLibXML2

/// An element of a document.
package struct XMLElement {
  let node: UnsafeMutablePointer<xmlNode>
  /// What the node is part of.
  let tree: XMLTree

  /// The name without a prefix.
  package var name: String { String(cString: node.pointee.name) }

  package var namespace: String? { node.pointee.ns?.pointee.href.map { String(cString: $0) } }

  package var line: Int { Int(xmlGetLineNo(node)) }

  /// The attributes in the order of the text; declarations of namespaces are none.
  package var attributes: [XMLAttribute] {
    var found: [XMLAttribute] = []
    var next = node.pointee.properties
    while let attribute = next {
      let value = attribute.pointee.children.flatMap { $0.pointee.content }.map { String(cString: $0) } ?? ""
      found.append(
        XMLAttribute(
          name: String(cString: attribute.pointee.name),
          namespace: attribute.pointee.ns?.pointee.href.map { String(cString: $0) }, value: value))
      next = attribute.pointee.next
    }
    return found
  }

  package func attribute(_ name: String) -> String? { attributes.first { $0.name == name }?.value }

  /// The elements directly inside.
  package var children: [XMLElement] {
    var found: [XMLElement] = []
    var next = node.pointee.children
    while let child = next {
      if child.pointee.type == XML_ELEMENT_NODE { found.append(XMLElement(node: child, tree: tree)) }
      next = child.pointee.next
    }
    return found
  }

  /// The text directly inside.
  package var text: String {
    var text = ""
    var next = node.pointee.children
    while let child = next {
      if child.pointee.type == XML_TEXT_NODE || child.pointee.type == XML_CDATA_SECTION_NODE,
        let content = child.pointee.content
      {
        if text.isEmpty { text = String(cString: content) } else { text += String(cString: content) }
      }
      next = child.pointee.next
    }
    return text
  }

  /// What stands inside, as XML that stands for itself: with the namespaces that it needs.
  package var inside: String {
    var text = ""
    var next = node.pointee.children
    while let child = next {
      text += Self.source(of: child)
      next = child.pointee.next
    }
    return text
  }

  /// The element as XML that stands for itself.
  package var source: String { Self.source(of: node) }

  private static func source(of node: UnsafeMutablePointer<xmlNode>) -> String {
    // A copy knows the namespaces that were declared above it.
    guard let copy = xmlDocCopyNode(node, node.pointee.doc, 1), let buffer = xmlBufferCreate() else { return "" }
    defer {
      xmlFreeNode(copy)
      xmlBufferFree(buffer)
    }
    xmlNodeDump(buffer, node.pointee.doc, copy, 0, 0)
    return xmlBufferContent(buffer).map { String(cString: $0) } ?? ""
  }
}

package struct XMLAttribute: Equatable, Sendable {
  /// The name without a prefix.
  package var name: String
  package var namespace: String?
  package var value: String
}

import Files

/// The folders of objects from which a repository borrows (gitrepository-layout(5), "objects/info/alternates").
enum Alternates {
  /// Those behind one another that git follows.
  private static let depth = 6

  /// Of a folder of objects, without links in their paths: those that it names, and those that these name. A list that
  /// cannot be read names none.
  static func all(of objects: String) -> [String] {
    var found: [String] = []
    var new = [objects]
    for _ in 0..<depth where !new.isEmpty {
      new = new.flatMap(listed).filter { $0 != objects && !found.contains($0) }
      found += new
    }
    return found
  }

  private static func listed(in objects: String) -> [String] {
    guard let content = try? Files.readIfPresent(objects + "/info/alternates") else { return [] }
    return content.split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard line.first != UInt8(ascii: "#") else { return nil }
      let text = String(decoding: line, as: UTF8.self)
      guard let path = RepositoryPath(quoted: text).map({ String(decoding: $0.bytes, as: UTF8.self) }) else {
        return nil
      }
      return Files.canonical(path.hasPrefix("/") ? path : objects + "/" + path)
    }
  }
}

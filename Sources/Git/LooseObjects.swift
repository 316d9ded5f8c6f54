import Files

extension ObjectBatch {
  /// A loose object of more bytes than this stays one.
  private static let looseLimit = 4 << 20

  /// Takes what git has written into the quarantine one by one into the pack. Gives the files, by their place in the
  /// object database, that are too large for that.
  func takeInLooseObjects() throws(GitError) -> [String] {
    var large: [String] = []
    let folders = try withFiles { () throws(FileError) in try Files.list(quarantine) }
    for folder in folders.sorted() where folder.utf8.count == 2 {
      let names = try withFiles { () throws(FileError) in try Files.list(quarantine + "/" + folder) }
      // What a program left that died while it wrote has another name.
      for name in names.sorted() {
        guard let id = ObjectID(folder + name), id.byteCount == format.byteCount, !isHeld(id) else {
          continue
        }
        let path = "\(quarantine)/\(folder)/\(name)"
        let isLarge = try withFiles { () throws(FileError) in
          try Files.status(path).map { $0.size > Self.looseLimit } ?? false
        }
        if isLarge {
          large.append("\(folder)/\(name)")
        } else {
          try takeIn(id, at: path)
        }
      }
    }
    return large
  }

  private func takeIn(_ id: ObjectID, at path: String) throws(GitError) {
    let bytes = try withFiles { () throws(FileError) in try Files.read(path) }
    guard let object = LooseObject(bytes) else {
      throw GitError(.invalid, "git wrote an object that cannot be read: '\(path)'")
    }
    try object.content.lend { (raw) throws(GitError) in try add(id, object.kind, raw) }
  }
}

/// A loose object, taken apart: `blob 12`, a NUL and the content, compressed together.
struct LooseObject {
  let kind: ObjectKind
  let content: ArraySlice<UInt8>

  init?(_ compressed: [UInt8]) {
    let start = compressed.withUnsafeBytes { Deflation.expand($0, upTo: 32) }
    guard let end = start.firstIndex(of: 0) else { return nil }
    let words = String(decoding: start[..<end], as: UTF8.self).split(separator: " ")
    guard words.count == 2, let kind = ObjectKind(rawValue: String(words[0])), let size = Int(words[1]),
      let bytes = compressed.withUnsafeBytes({ Deflation.expand($0, size: end + 1 + size) })
    else { return nil }
    self.kind = kind
    content = bytes[(end + 1)...]
  }
}

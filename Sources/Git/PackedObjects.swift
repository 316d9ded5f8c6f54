import Files

/// The packs that a repository has when an object is first asked for: a short way to what lies in them as it is.
///
/// What is not found here may be there all the same: as a difference to another object, loose, in a pack that came
/// later, in another repository. Several threads may read at once, which libgit2 makes wait for each other.
final class PackedObjects: @unchecked Sendable {
  // Unchecked, because all that changes is changed under `lock`.
  private let folder: String
  private let format: ObjectFormat
  private let lock = Lock()
  private var listed: [Pack]?

  private struct Pack {
    let path: String
    let index: MappedFile
    var content: MappedFile?
  }

  /// `folder` is that of the packs. One that cannot be read is left out.
  init(in folder: String, format: ObjectFormat) {
    self.folder = folder
    self.format = format
  }

  /// The content of an object; nil also if it has more bytes than `limit`, is of another kind, or is damaged.
  func content(of id: ObjectID, _ kind: ObjectKind, limit: Int) -> [UInt8]? {
    guard let (pack, offset) = lock.whileHeld({ place(of: id) }), offset < pack.bytes.count else {
      return nil
    }
    var rest = pack.bytes[offset...]
    guard let header = PackEntry.takeHeader(from: &rest), header.kind == kind, header.size <= limit else {
      return nil
    }
    return Deflation.expand(UnsafeRawBufferPointer(rebasing: rest), size: header.size)
  }

  private func place(of id: ObjectID) -> (pack: MappedFile, offset: Int)? {
    if listed == nil { listed = list() }
    for number in listed?.indices ?? 0..<0 {
      guard let pack = listed?[number],
        let offset = PackIndex.offset(of: id, in: pack.index.bytes, format: format)
      else { continue }
      let content = pack.content ?? (try? MappedFile(pack.path + ".pack"))
      listed?[number].content = content
      return content.map { ($0, offset) }
    }
    return nil
  }

  private func list() -> [Pack] {
    let names = (try? Files.list(folder)) ?? []
    return names.filter { $0.hasSuffix(".idx") }.compactMap { name in
      let path = "\(folder)/\(name.dropLast(4))"
      return (try? MappedFile(path + ".idx")).map { Pack(path: path, index: $0) }
    }
  }
}

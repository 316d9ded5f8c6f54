import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Merges packs that batches of this clone have written, so that their number stays small and what is alike in them
/// is stored as differences.
///
/// Only packs that are ours are ever touched, and an old one is removed only once the new one is durable, has been
/// read in full, and nobody holds on to the old one. Interrupted anywhere, all objects are there, some of them twice.
package struct Consolidation {
  /// So many packs of ours there may be before some are merged.
  package static let limit = 10

  private let repository: Repository

  package init(_ repository: Repository) { self.repository = repository }

  private var folder: String { repository.objectDirectory + "/pack" }

  /// The packs of ours that are there and may be merged, by name. Those that a multi-pack-index names are git's to
  /// merge: with it, their number costs nothing, and without one of them it is worth nothing.
  package func packs() throws(GitError) -> [String] {
    try withFiles { () throws(FileError) in
      let present = try present()
      guard !present.isEmpty, let named = try MultiPackIndex.packs(in: folder) else { return [] }
      return present.filter { !named.contains($0) }
    }
  }

  private func present() throws(FileError) -> [String] {
    var present: [String] = []
    for name in try repository.listedPacks() where try Files.status("\(folder)/\(name).pack") != nil {
      present.append(name)
    }
    return present.sorted()
  }

  package func isDue() throws(GitError) -> Bool { try packs().count > Self.limit }

  /// In bytes: more is not merged into one pack, since all differences in it are sought anew.
  private static let wholeLimit: Int64 = 256 << 20

  /// Merges the smaller packs, or `all` unless that is much. False if there was nothing to do, or others are at work.
  @discardableResult
  package func run(all: Bool = false) throws -> Bool {
    do {
      return try FileLock.held(repository.cloneState + "/consolidation.lock", milliseconds: 0) {
        guard try !isCollecting() else { return false }
        try forgetMissing()
        let found = try free()
        let size = found.reduce(0) { $0 + $1.status.size }
        let chosen = all && size <= Self.wholeLimit ? found : Self.chosen(found)
        guard chosen.count > 1 else { return false }
        try merge(chosen)
        return true
      }
    } catch let error as FileError where error.isContended {
      return false
    }
  }

  /// A pack, and the file that it was when it was looked at.
  struct Pack {
    let name: String
    let status: FileStatus
  }

  /// The smallest packs, up to where each that is left is at least twice as large as all smaller ones together: so
  /// few are left, and no object is written again more often than the number of packs could double.
  static func chosen(_ packs: [Pack]) -> [Pack] {
    let sorted = packs.sorted { ($0.status.size, $0.name) < ($1.status.size, $1.name) }
    var count = sorted.count
    while count > 1, sorted[count - 1].status.size >= 2 * sorted[count - 2].status.size { count -= 1 }
    guard count > 1 else { return [] }
    var total = sorted.prefix(count).reduce(0) { $0 + $1.status.size }
    while count < sorted.count, sorted[count].status.size < 2 * total || sorted.count - count >= limit {
      total += sorted[count].status.size
      count += 1
    }
    return Array(sorted.prefix(count))
  }

  /// The packs that nobody keeps.
  private func free() throws(GitError) -> [Pack] {
    var found: [Pack] = []
    for name in try packs() {
      try withFiles { () throws(FileError) in
        let keep = "\(folder)/\(name).keep"
        guard try isFree(keep), try Files.status("\(folder)/\(name).idx") != nil,
          let status = try Files.status("\(folder)/\(name).pack")
        else { return }
        try Files.remove(keep)
        found.append(Pack(name: name, status: status))
      }
    }
    return found
  }

  /// True if there is no such file, or if it is ours and names a process that is no more.
  private func isFree(_ keep: String) throws(FileError) -> Bool {
    guard let bytes = try Files.readIfPresent(keep) else { return true }
    let words = String(decoding: bytes.prefix(100), as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard words.first == "git-session", let process = words.last.flatMap({ pid_t($0) }) else { return false }
    return kill(process, 0) != 0 && errno == ESRCH
  }

  /// Whether git is at work on the packs: a `git gc`, or what writes a multi-pack-index. By the rule of the former,
  /// what is older than twelve hours is left over.
  private func isCollecting() throws(FileError) -> Bool {
    for path in [repository.commonDirectory + "/gc.pid", MultiPackIndex.lock(in: folder)] {
      guard let status = try Files.status(path) else { continue }
      if status.modified > Int64(time(nil) - 12 * 3600) * 1_000_000_000 { return true }
    }
    return false
  }

  /// Drops packs from the list that somebody else has removed, such as `git gc`.
  private func forgetMissing() throws(GitError) {
    try withFiles { () throws(FileError) in
      let present = Set(try present())
      for name in try repository.listedPacks() where !present.contains(name) {
        let entry = "\(repository.packList)/\(name)"
        // A pack is listed a moment before it can be seen.
        guard let status = try Files.status(entry), status.modified < Int64(time(nil) - 3600) * 1_000_000_000
        else { continue }
        try Files.remove(entry)
      }
    }
  }

  private func merge(_ old: [Pack]) throws(GitError) {
    let batch = try ObjectBatch(repository)
    var ids: Set<ObjectID> = []
    for pack in old { ids.formUnion(try self.ids(in: "\(folder)/\(pack.name).idx")) }
    let input = try RecencyOrder(of: ids, in: repository).objects.flatMap { object in
      // A line feed would end the line.
      Array("\(object.id) ".utf8) + object.path.filter { $0 != 0x0a } + [0x0a]
    }
    let made = try repository.run(
      [
        "-c", "pack.packSizeLimit=0", "pack-objects", "--quiet", "--no-reuse-object", "--delta-base-offset",
        batch.quarantine + "/pack/pack",
      ], input: input
    ).text.split(separator: "\n").map { "pack-\($0)" }
    var held: Set<ObjectID> = []
    for name in made {
      let index = "\(batch.quarantine)/pack/\(name).idx"
      try repository.run(["verify-pack", index])
      held.formUnion(try self.ids(in: index))
    }
    guard held == ids else { throw GitError(.other, "git pack-objects left out objects") }
    try batch.publish()
    try batch.verifyPublished()
    for pack in old where !made.contains(pack.name) { try remove(pack) }
  }

  /// Removes a pack whose objects are in another one, unless somebody has begun to hold on to it.
  private func remove(_ pack: Pack) throws(GitError) {
    try withFiles { () throws(FileError) in
      let path = "\(folder)/\(pack.name)"
      guard try !isCollecting(), let now = try Files.status(path + ".pack"), now.inode == pack.status.inode,
        now.size == pack.status.size, now.modified == pack.status.modified,
        try Files.status(path + ".keep") == nil,
        let named = try MultiPackIndex.packs(in: folder), !named.contains(pack.name)
      else { return }
      // Without its index a pack is no longer looked at.
      for ending in ["idx", "rev", "bitmap", "pack"] { try Files.remove("\(path).\(ending)") }
      try Files.remove("\(repository.packList)/\(pack.name)")
    }
  }

  private func ids(in index: String) throws(GitError) -> [ObjectID] {
    let bytes = try withFiles { () throws(FileError) in try Files.read(index) }
    guard let ids = PackIndex.ids(in: bytes, format: repository.objectFormat) else {
      throw GitError(.invalid, "'\(index)' is no index of a pack")
    }
    return ids
  }
}

import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The objects of one operation, written together and durable together: ``publish()`` moves them into the object
/// database as one pack. A batch that is dropped before that leaves nothing behind.
///
/// Several threads may write and read at once, with the work of naming and compressing done side by side. All else
/// belongs to the thread of the repository.
package final class ObjectBatch: @unchecked Sendable {
  package let repository: Repository
  /// A folder of ours that only this batch looks into.
  let quarantine: String
  let format: ObjectFormat
  let level: Int32
  /// Of the packs.
  let permissions: UInt32

  /// Guards `draft`, `places`, `contents`, `trees`, `held` and `idle`; it is held for moments only.
  let lock = Lock()
  /// What is not published yet, and lies in memory.
  var draft = PackDraft()
  /// Where in it an object is.
  private var places: [ObjectID: Int] = [:]
  /// Of the draft, what is not compressed: for who reads what was just written.
  private var contents: [ObjectID: [UInt8]] = [:]
  private var contentSize = 0
  /// Trees that were read, or written though they need not be stored: who compares states one after another reads each
  /// of them twice, and that of the work tree was just made.
  private var trees: [ObjectID: [UInt8]] = [:]
  private var treeSize = 0
  /// In bytes, of all.
  private static let treesLimit = 4 << 20
  /// In bytes, of one object and of all.
  private static let (contentLimit, contentsLimit) = (1 << 18, 8 << 20)
  /// What needs not be written any more: it is in the batch, or known to be stored elsewhere.
  private var held: Set<ObjectID> = []
  private var idle: [Compressor] = []

  /// Guards `large` for as long as an object takes that is written into it. Taken before the other lock.
  let largeLock = Lock()
  /// What is not published yet, and was too large for memory.
  var large: LargePack?

  /// Guards ``quarantined``. Taken before the other locks.
  let quarantineLock = Lock()
  /// The objects in the quarantine, once they were looked for.
  var quarantined: (any ObjectSource)?
  /// Set once objects that were taken in could not be stored.
  var failure: GitError?

  /// Packs in the quarantine that only show the draft to git, by name.
  var copies: Set<String> = []
  /// How many entries of the draft these hold.
  var shown = 0
  /// The packs that were published, by name. They stay in the quarantine too.
  var published: [String] = []
  /// Files that are to become durable with the next pack.
  private var prepared: [String] = []
  /// Files beside packs that keep `git repack` from deleting them.
  var keeps: [String] = []

  /// From this size on, in bytes, memory is emptied into a file.
  private let memoryLimit: Int

  /// `temporary` is used where the repository's own folder cannot be written, for work that is never published.
  package init(
    _ repository: Repository, temporary: String? = nil, memoryLimit: Int = 32 << 20
  ) throws(GitError) {
    self.repository = repository
    // Threads that read by way of the batch must find it open.
    _ = try repository.backend
    self.memoryLimit = memoryLimit
    format = repository.objectFormat
    level = try repository.compressionLevel ?? 1
    permissions = repository.objectPermissions
    (quarantine, began) = try withFiles { () throws(FileError) in
      if temporary == nil { try repository.makeCloneState() }
      let folder = try Files.makeTemporaryDirectory(
        in: temporary ?? repository.cloneState, prefix: "quarantine-\(getpid())-")
      let began = try Files.status(folder)?.changed ?? 0
      try Files.makeDirectory(folder + "/pack")
      return (folder, began)
    }
  }

  deinit {
    // What cannot be removed is of no use to anybody; `doctor` finds what lies in the repository.
    try? Files.removeTree(quarantine)
    for keep in keeps { try? Files.remove(keep) }
  }

  /// When the batch began, by the clock of the file system that it is on: nanoseconds since 1970.
  package let began: Int64

  /// A path for a file that is gone with the batch.
  package func temporaryFile(_ name: String) -> String { quarantine + "/" + name + ".tmp" }

  /// Writes a file, in the quarantine, that the next ``publish()`` makes durable. Nothing happens if it is there.
  func prepare(_ bytes: [UInt8], at path: String) throws(FileError) {
    do throws(FileError) {
      try Files.create(bytes, at: path, isLasting: false)
      prepared.append(path)
    } catch  where error.isExisting {}
  }

  /// The files that were prepared since this was asked last.
  func takePrepared() -> [String] {
    defer { prepared = [] }
    return prepared
  }

  // MARK: - Writing, from any thread

  package func write(_ bytes: [UInt8], as kind: ObjectKind) throws(GitError) -> ObjectID {
    let id = try bytes.lend { (raw) throws(GitError) in try write(raw, as: kind) }
    if kind == .tree {
      retain(tree: bytes, of: id)
    } else if bytes.count <= Self.contentLimit {
      retain(bytes, of: id)
    }
    return id
  }

  /// Keeps what is likely to be read again before it is published.
  private func retain(_ bytes: [UInt8], of id: ObjectID) {
    lock.whileHeld {
      guard places[id] != nil, contentSize < Self.contentsLimit, contents[id] == nil else { return }
      contents[id] = bytes
      contentSize += bytes.count
    }
  }

  /// The object's name. What the batch holds already, or needs not hold, is not stored again.
  package func write(_ bytes: UnsafeRawBufferPointer, as kind: ObjectKind) throws(GitError) -> ObjectID {
    let id = try format.name(of: bytes, as: kind)
    if isHeld(id) { return id }
    try add(id, kind, bytes)
    return id
  }

  /// `entries` in any order; each name once.
  package func writeTree(_ entries: [TreeEntry]) throws(GitError) -> ObjectID {
    var bytes: [UInt8] = []
    for entry in entries.sorted(by: { $0.order($1) < 0 }) {
      bytes += entry.mode.utf8
      bytes.append(UInt8(ascii: " "))
      bytes += entry.name
      bytes.append(0)
      entry.id.append(to: &bytes)
    }
    return try write(bytes, as: .tree)
  }

  /// Never signed, whatever the user's configuration says of commits.
  package func writeCommit(
    tree: ObjectID, parents: [ObjectID], by signature: Signature, message: String
  ) throws(GitError) -> ObjectID {
    var lines = ["tree \(tree)"] + parents.map { "parent \($0)" }
    lines += ["author \(signature.header)", "committer \(signature.header)", "", message]
    return try write(Array(lines.joined(separator: "\n").utf8), as: .commit)
  }

  /// Says that these objects are stored elsewhere, so that writing one of them does nothing.
  package func assume(_ ids: Set<ObjectID>) { lock.whileHeld { held.formUnion(ids) } }
  package func assume(_ id: ObjectID) { lock.whileHeld { _ = held.insert(id) } }

  /// Says that these objects are not stored elsewhere after all.
  package func doubt(_ ids: some Sequence<ObjectID>) {
    lock.whileHeld { held.subtract(Set(ids).subtracting(places.keys)) }
  }

  /// Whether it lies in memory, to be published.
  package func isDrafted(_ id: ObjectID) -> Bool { lock.whileHeld { places[id] != nil } }

  func isHeld(_ id: ObjectID) -> Bool { lock.whileHeld { held.contains(id) } }

  /// False if the object is held already.
  func hold(_ id: ObjectID) -> Bool { lock.whileHeld { held.insert(id).inserted } }

  /// Compresses and stores an object under the name that it is known to have.
  func add(_ id: ObjectID, _ kind: ObjectKind, _ bytes: UnsafeRawBufferPointer) throws(GitError) {
    var packed = PackEntry.header(kind, size: bytes.count)
    if kind == .tree || level == 0 {
      // Object names do not get smaller. Consolidation makes differences of trees.
      Deflation.store(bytes, onto: &packed)
    } else {
      let compressor = try takeCompressor()
      compressor.compress(bytes, onto: &packed)
      giveBack(compressor)
    }
    let crc = packed.withUnsafeBytes { Deflation.crc($0) }
    let isFull = lock.whileHeld {
      guard held.insert(id).inserted else { return false }
      places[id] = draft.entries.count
      draft.add(id, kind, size: bytes.count, body: packed, crc: crc)
      return draft.size >= memoryLimit
    }
    if isFull { try largeLock.whileHeld { () throws(GitError) in try spill() } }
  }

  private func takeCompressor() throws(GitError) -> Compressor {
    if let compressor = lock.whileHeld({ idle.popLast() }) { return compressor }
    return try Compressor(level: level)
  }

  private func giveBack(_ compressor: Compressor) { lock.whileHeld { idle.append(compressor) } }

  /// Empties the memory into the file. The caller holds `largeLock`.
  func spill() throws(GitError) {
    try openLarge()
    try lock.whileHeld { () throws(GitError) in
      guard !draft.isEmpty else { return }
      try withFiles { () throws(FileError) in try large?.take(draft) }
      empty()
    }
  }

  /// Lets go of what lies in memory, which has been stored. The caller holds `lock`.
  func empty() {
    (contents, contentSize) = ([:], 0)
    draft = PackDraft()
    places = [:]
    shown = 0
  }

  /// The content of an object that lies in memory, if it lies there as it is.
  func content(of id: ObjectID, _ kind: ObjectKind) -> [UInt8]? {
    lock.whileHeld {
      if kind == .tree, let tree = trees[id] { return tree }
      guard let place = places[id], draft.entries[place].kind == kind else { return nil }
      return contents[id]
    }
  }

  /// Keeps a tree, as long as there is room.
  func retain(tree bytes: [UInt8], of id: ObjectID) {
    lock.whileHeld {
      guard treeSize + bytes.count <= Self.treesLimit, trees.updateValue(bytes, forKey: id) == nil else {
        return
      }
      treeSize += bytes.count
    }
  }

  /// The entry of an object that lies in memory, with its header and compressed bytes.
  func entry(of id: ObjectID) -> (PackEntry, packed: [UInt8])? {
    lock.whileHeld { places[id].map { (draft.entries[$0], draft.bodies[$0]) } }
  }

  /// The caller holds `largeLock`.
  func openLarge() throws(GitError) {
    guard large == nil else { return }
    try withFiles { () throws(FileError) in large = try LargePack(by: packWriter) }
  }

  var packWriter: PackWriter {
    PackWriter(folder: quarantine + "/pack", format: format, permissions: permissions)
  }
}

#if canImport(Glibc)
  import Files
  import Git
  import Snapshots
  import Storage

  /// The folders of a work tree that are watched: those whose files checkpoints hold, and the git dir for what is staged
  /// and where HEAD stands.
  struct WatchedFolders: ~Copyable {
    private let top: [UInt8]
    private let gitDirectory: [UInt8]
    private var events: FolderEvents
    /// By their paths from the top.
    private var known: Set<[UInt8]> = []
    /// The checkpoint's tree whose folders are watched.
    private var tree: ObjectID?
    /// Folders that are new and still have to be looked into.
    private var new: Set<[UInt8]> = []

    /// What changes in the git dir when something is staged, or HEAD moves.
    private static let names = Set(["index", "HEAD"].map { Array($0.utf8) })
    /// Changes seldom come alone; so many milliseconds they are let come.
    private static let pause = 100

    private init(_ repository: Repository, _ events: consuming FolderEvents, top: String) {
      self.top = Array(top.utf8)
      gitDirectory = Array(repository.gitDirectory.utf8)
      self.events = events
    }

    /// All that there are now.
    static func all(in workspace: Workspace) throws -> WatchedFolders {
      let repository = workspace.repository
      var folders = WatchedFolders(repository, try FolderEvents(), top: try repository.requireWorkTree())
      try folders.events.add(folders.gitDirectory)
      try folders.add(below: [], workspace)
      return folders
    }

    private mutating func add(below folder: [UInt8], _ workspace: Workspace) throws {
      try SavedFolders(workspace.repository, settings: workspace.workTreeSettings).visit(below: folder) {
        try add($0)
      }
    }

    private mutating func add(_ folder: [UInt8]) throws {
      known.insert(folder)
      try events.add(path(of: folder))
    }

    private func path(of folder: [UInt8]) -> [UInt8] {
      folder.isEmpty ? top : top + [UInt8(ascii: "/")] + folder
    }

    /// Waits for at most so many milliseconds; true if anything has changed that a checkpoint may hold.
    mutating func wait(
      _ milliseconds: Int, or interruption: Interruption, in world: World, workspace: () throws -> Workspace
    ) throws -> Bool {
      var heard = try events.wait(milliseconds: milliseconds, or: interruption)
      if heard.isEmpty && new.isEmpty { return false }
      world.sleep(Self.pause)
      heard += try events.wait(milliseconds: 0, or: interruption)
      var isChanged = false
      for event in heard {
        guard let place = event.folder else {
          // Some were lost, and perhaps those that tell of new folders.
          (isChanged, tree) = (true, nil)
          new.insert([])
          continue
        }
        if place == gitDirectory {
          isChanged = isChanged || event.name.map(Self.names.contains) ?? false
          continue
        }
        isChanged = true
        let folder = Array(place.dropFirst(top.count + 1))
        if event.isOver { known.remove(folder) }
        if event.isNewFolder, let name = event.name {
          new.insert((folder.isEmpty ? [] : folder + [UInt8(ascii: "/")]) + name)
        }
      }
      try addNew(workspace)
      return isChanged
    }

    /// What fails is tried again, except for a limit of the system's: somebody may be changing what is read here.
    private mutating func addNew(_ workspace: () throws -> Workspace) throws {
      guard !new.isEmpty else { return }
      do {
        let workspace = try workspace()
        while let folder = new.first {
          try add(below: folder, workspace)
          new.remove(folder)
        }
      } catch let error as FileError where error.isAtLimit {
        throw error
      } catch {}
    }

    /// Watches what the last checkpoint holds besides: folders that are ignored, and have files that git knows all the
    /// same. True if there is any that was not watched.
    mutating func add(savedBy workspace: Workspace) throws -> Bool {
      do {
        guard let tree = try workspace.currentIfAny()?.checkpoint?.tree, tree != self.tree else {
          return false
        }
        var isNew = false
        let folders = try SavedFolders(workspace.repository, settings: workspace.workTreeSettings)
        try folders.visit(of: tree) { folder in
          guard !known.contains(folder) else { return }
          isNew = true
          try add(folder)
        }
        self.tree = tree
        return isNew
      } catch let error as FileError where error.isAtLimit {
        throw error
      } catch {
        return false
      }
    }
  }
#endif

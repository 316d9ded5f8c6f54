#if canImport(Glibc)
  import Glibc

  /// Hears of changes in folders, by inotify(7): in each folder by itself, not in those below it.
  package struct FolderEvents: ~Copyable {
    package struct Event: Hashable, Sendable {
      /// The folder as it was given; nil where events were lost, so that anything may have changed anywhere.
      package let folder: [UInt8]?
      /// What has changed in it; nil for the folder itself.
      package let name: [UInt8]?
      /// The folder is not watched any more: it is gone, or was moved.
      package let isOver: Bool
      /// There is another folder of that name now.
      package let isNewFolder: Bool
    }

    private let descriptor: Descriptor
    private var folders: [Int32: [UInt8]] = [:]

    /// Throws where the system gives no more of them to this user.
    package init() throws(FileError) {
      descriptor = try Descriptor.inotify()
    }

    package var count: Int { folders.count }

    /// Watches a folder, if it is one and no link. Throws ``FileError/isAtLimit`` where the system watches no more.
    package mutating func add(_ folder: [UInt8]) throws(FileError) {
      let mask =
        IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO
        | IN_DELETE_SELF | IN_MOVE_SELF
      let flags = UInt32(mask) | UInt32(IN_ONLYDIR) | UInt32(IN_DONT_FOLLOW) | UInt32(IN_EXCL_UNLINK)
      do {
        let number = try checked("watch", String(decoding: folder, as: UTF8.self)) {
          withPath(folder) { inotify_add_watch(descriptor.number, $0, flags) }
        }
        folders[number] = folder
      } catch  where error.isMissing || error.isNoDirectory || error.isNotPermitted {
        // Gone again, or none of ours to look into.
      }
    }

    /// Waits for at most so many milliseconds, or until `interruption` comes; without a limit if there is none.
    package mutating func wait(
      milliseconds: Int?, or interruption: Interruption
    ) throws(FileError) -> [Event] {
      interruption.wait(milliseconds: milliseconds, or: descriptor.number)
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(descriptor.number, &buffer, buffer.count)
      guard count > 0 else {
        if count == 0 || errno == EAGAIN || errno == EINTR { return [] }
        throw FileError("watch", "folders")
      }
      return events(in: buffer.prefix(count))
    }

    /// A number of the folder, a mask, a cookie and the length of the name, of four bytes each; and the name.
    private mutating func events(in bytes: ArraySlice<UInt8>) -> [Event] {
      var events: [Event] = []
      var rest = bytes
      while rest.count >= 16 {
        let words = rest.prefix(16).withUnsafeBytes { raw in
          (0..<4).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
        }
        let name = rest.dropFirst(16).prefix(Int(words[3])).prefix { $0 != 0 }
        rest = rest.dropFirst(16 + Int(words[3]))
        if let event = event(Int32(bitPattern: words[0]), words[1], Array(name)) { events.append(event) }
      }
      return events
    }

    private mutating func event(_ number: Int32, _ mask: UInt32, _ name: [UInt8]) -> Event? {
      func has(_ bits: Int32) -> Bool { mask & UInt32(bits) != 0 }
      if has(IN_Q_OVERFLOW) { return Event(folder: nil, name: nil, isOver: false, isNewFolder: false) }
      guard let folder = folders[number] else { return nil }
      let isOver = has(IN_IGNORED) || has(IN_MOVE_SELF) || has(IN_UNMOUNT)
      if has(IN_IGNORED) { folders[number] = nil }
      return Event(
        folder: folder, name: name.isEmpty ? nil : name, isOver: isOver,
        isNewFolder: has(IN_ISDIR) && (has(IN_CREATE) || has(IN_MOVED_TO)))
    }
  }

  extension Descriptor {
    fileprivate static func inotify() throws(FileError) -> Descriptor {
      try Descriptor(
        number: checked("watch", "folders") { inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC)) }, "folders")
    }
  }
#endif

extension FileError {
  /// The system gives no more of what was asked for, to this user or at all.
  package var isAtLimit: Bool { [ENOSPC, EMFILE, ENFILE, ENOMEM].contains(code) }
}

import Operations

/// The options that stand before the verb, with the meaning that they have for git itself.
struct GlobalOptions {
  /// Where to run; each is seen from the one before it.
  private var directories: [String] = []
  /// Whether to use a pager; nil if nothing was said.
  private(set) var isPaged: Bool?

  /// Takes them from the front of a command line.
  init(from arguments: inout ArraySlice<String>) throws {
    while let word = arguments.first {
      switch word {
      case "-p", "--paginate": (isPaged, arguments) = (true, arguments.dropFirst())
      case "-P", "--no-pager": (isPaged, arguments) = (false, arguments.dropFirst())
      case "-C": try takeDirectory(&arguments)
      default: return
      }
    }
  }

  private mutating func takeDirectory(_ arguments: inout ArraySlice<String>) throws {
    guard let directory = arguments.dropFirst().first else {
      throw SessionError(.usage, "no directory given for '-C'")
    }
    directories.append(directory)
    arguments = arguments.dropFirst(2)
  }

  /// The world as these options make it look.
  func applied(to world: World) throws -> World {
    let place = try directories.reduce(world) { try $0.entering($1) }
    return isPaged == false ? place.withoutPager : place
  }
}

import Foundation
import Git
import Sessions
import Storage
import Synchronization

/// One of several processes or threads that write to one repository at the same time, each with its own view.
struct Rival {
  let repository: Repository
  let session: SessionID
  private let folder: String

  private static let signature = Signature(name: "Ada", email: "ada@example.test", seconds: 1_795_253_500)

  /// `path` is the work tree of a ``ScratchRepository``.
  init(at path: String, session: SessionID) throws {
    folder = URL(filePath: path).deletingLastPathComponent().path
    let environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
      "HOME": folder + "/home", "GIT_CONFIG_NOSYSTEM": "1",
    ]
    repository = try Repository(discoveringFrom: path, git: GitExecutable(environment: environment))
    self.session = session
  }

  var view: NotesView { NotesView(repository, signature: Self.signature) }

  @discardableResult
  func append(_ text: String, as writer: WriterID, after start: ObjectID? = nil) throws
    -> ChainWriter.Appended
  {
    let chain = ChainWriter(
      repository, signature: Self.signature, time: Timestamp(milliseconds: 1_795_253_500_000))
    return try chain.append(
      ChainDraft(facts: [.itemAdded(.note, text: text, because: nil)]), to: session, writer: writer,
      after: start, batch: try ObjectBatch(repository),
      mint: { WriterID(random: (0..<8).map { _ in UInt8.random(in: 0...255) }) })
  }

  /// Waits until `count` processes have come here.
  func meet(_ name: String, count: Int) throws {
    let place = folder + "/meeting"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try Data().write(to: URL(filePath: place + "/" + name))
    while try FileManager.default.contentsOfDirectory(atPath: place).count < count { usleep(1000) }
  }
}

/// Threads that start each round together.
final class Barrier: Sendable {
  private let arrived = Atomic<Int>(0)
  private let count: Int

  init(_ count: Int) { self.count = count }

  func wait() {
    let ticket = arrived.add(1, ordering: .sequentiallyConsistent).oldValue
    let goal = (ticket / count + 1) * count
    while arrived.load(ordering: .sequentiallyConsistent) < goal { sched_yield() }
  }
}

/// Runs a body in several threads at once and gives the errors.
func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) -> [String] {
  let errors = Mutex<[String]>([])
  let threads = (0..<count).map { index in
    let thread = Thread {
      do {
        try body(index)
      } catch {
        errors.withLock { $0.append("\(error)") }
      }
    }
    thread.start()
    return thread
  }
  while !threads.allSatisfy(\.isFinished) { usleep(1000) }
  return errors.withLock(\.self)
}

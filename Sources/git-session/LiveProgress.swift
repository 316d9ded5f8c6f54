import Files
import Operations

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One line on a terminal that says what is being done and for how long, once that has taken a second. It goes away
/// when the work is done, as if it had not been there.
///
/// A thread of its own writes it, so that what works need not know of it.
final class LiveProgress: @unchecked Sendable {
  private let title: String
  private let write: @Sendable (String) -> Void
  private let lock = Lock()
  private let start = World.uptime()
  // Under the lock.
  private var isDone = false
  private var shown = 0

  private static let firstMilliseconds = 1000
  private static let stepMilliseconds: UInt32 = 100

  private init(_ title: String, _ write: @escaping @Sendable (String) -> Void) {
    (self.title, self.write) = (title, write)
  }

  /// Begins to count; what it returns ends it.
  static func begin(
    _ title: String, _ write: @escaping @Sendable (String) -> Void
  ) -> @Sendable () -> Void {
    let progress = LiveProgress(title, write)
    startThread(Unmanaged.passRetained(progress).toOpaque())
    return { progress.finish() }
  }

  fileprivate func count() {
    var last = 0
    repeat { usleep(Self.stepMilliseconds * 1000) } while lock.whileHeld { show(after: &last) }
  }

  /// False once all is done. `last` is how many seconds were shown.
  private func show(after last: inout Int) -> Bool {
    let milliseconds = World.uptime() - start
    guard !isDone, milliseconds >= Self.firstMilliseconds, milliseconds / 1000 > last else { return !isDone }
    last = milliseconds / 1000
    let text = "\(title): \(last) s"
    write("\r" + text)
    shown = text.count
    return true
  }

  private func finish() {
    lock.whileHeld {
      isDone = true
      // Blanks, which a dumb terminal understands too.
      if shown > 0 { write("\r" + String(repeating: " ", count: shown) + "\r") }
      shown = 0
    }
  }
}

private func startThread(_ progress: UnsafeMutableRawPointer) {
  #if canImport(Glibc)
    var thread = pthread_t()
    let code = pthread_create(&thread, nil, countInThread, progress)
  #else
    var thread: pthread_t?
    let code = pthread_create(&thread, nil, { countInThread($0) }, progress)
  #endif
  if code != 0 {
    Unmanaged<LiveProgress>.fromOpaque(progress).release()
  } else {
    #if canImport(Glibc)
      pthread_detach(thread)
    #else
      if let thread { pthread_detach(thread) }
    #endif
  }
}

private func countInThread(_ progress: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let progress { Unmanaged<LiveProgress>.fromOpaque(progress).takeRetainedValue().count() }
  return nil
}

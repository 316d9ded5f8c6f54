#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Work that makes more work, shared by threads: last in, first out, and over when nothing is left and nobody is
/// at work that could bring more.
final class WorkStack<Work: Sendable>: @unchecked Sendable {
  // Unchecked, because all that changes is changed under `mutex`.
  private var stack: [Work]
  /// How many pieces are in the stack or being worked on.
  private var open: Int
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(_ work: [Work]) {
    stack = work
    open = work.count
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Takes pieces of work until all is done; `body` gives those that one brings. For any number of threads at once:
  /// one alone does it all.
  func run(_ body: (Work) -> [Work]) {
    while let work = next() { finish(bringing: body(work)) }
  }

  private func finish(bringing work: [Work]) {
    pthread_mutex_lock(mutex)
    stack += work
    open += work.count - 1
    if !work.isEmpty || open == 0 { pthread_cond_broadcast(changed) }
    pthread_mutex_unlock(mutex)
  }

  /// Waits for work; nil when all is done.
  private func next() -> Work? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while open > 0 {
      if let work = stack.popLast() { return work }
      pthread_cond_wait(changed, mutex)
    }
    return nil
  }
}

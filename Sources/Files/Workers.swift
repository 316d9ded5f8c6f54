import Synchronization

#if canImport(Glibc)
  import Ccores
  import Glibc
#else
  import Darwin
#endif

/// Threads that share one task.
package enum Workers {
  /// How many threads this machine runs at once, at most `limit`.
  package static func count(limit: Int) -> Int {
    max(1, min(limit, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
  }

  /// Runs `body` in `count` threads at once, of which the calling one is the first, and returns when all have ended.
  /// `body` gets the number of its thread, from 0.
  ///
  /// `isWaiting` if the threads will mostly wait, which they can do on one core.
  ///
  /// The others stay off the core that the calling thread is on. Some kernels start a thread there, and move it there
  /// again when it is woken, and let both take turns for longer than most of what is done here takes.
  package static func run(
    _ count: Int, isWaiting: Bool = false, _ body: @escaping @Sendable (Int) -> Void
  ) {
    run(count, starting: { start($0, elsewhere: !isWaiting) }, body)
  }

  /// `start` gives nil where the system gives no thread.
  static func run(
    _ count: Int, starting start: (@escaping @Sendable () -> Void) -> pthread_t?,
    _ body: @escaping @Sendable (Int) -> Void
  ) {
    var threads: [pthread_t] = []
    var rest: [Int] = []
    for number in 1..<max(1, count) {
      if let thread = start({ body(number) }) { threads.append(thread) } else { rest.append(number) }
    }
    body(0)
    for thread in threads { pthread_join(thread, nil) }
    // A thread that the system did not give is made up for here.
    for number in rest { body(number) }
  }

  /// The results for all inputs, in their order, found by all cores. The first failure in that order is thrown.
  package static func map<Input: Sendable, Output: Sendable, Failure>(
    _ inputs: [Input], _ body: @escaping @Sendable (Input) throws(Failure) -> Output
  ) throws(Failure) -> [Output] {
    let next = Atomic<Int>(0)
    let outputs = Mutex<[(Int, Result<Output, Failure>)]>([])
    // A thread is not worth its while for a few.
    run(min(count(limit: 8), inputs.count / 8 + 1)) { _ in
      var own: [(Int, Result<Output, Failure>)] = []
      while true {
        let position = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard position < inputs.count else { break }
        own.append((position, Result { () throws(Failure) in try body(inputs[position]) }))
      }
      outputs.withLock { $0 += own }
    }
    return try outputs.withLock { $0 }.sorted { $0.0 < $1.0 }.map { (_, result) throws(Failure) in
      try result.get()
    }
  }

  static func start(_ body: @escaping @Sendable () -> Void, elsewhere: Bool) -> pthread_t? {
    let argument = Unmanaged.passRetained(Job(body))
    #if canImport(Glibc)
      var thread = pthread_t()
      let code =
        elsewhere
        ? ccores_create(&thread, runInThread, argument.toOpaque())
        : pthread_create(&thread, nil, runInThread, argument.toOpaque())
    #else
      var thread: pthread_t?
      let code = pthread_create(&thread, nil, { runInThread($0) }, argument.toOpaque())
    #endif
    guard code == 0 else {
      argument.release()
      return nil
    }
    return thread
  }
}

/// What a thread finds while the one that made it goes on. It belongs to the latter.
package final class Future<Value: Sendable, Failure: Error> {
  private final class Finding: Sendable {
    let result = Mutex<Result<Value, Failure>?>(nil)
  }

  private let body: @Sendable () throws(Failure) -> Value
  private let finding = Finding()
  private var thread: pthread_t?

  package init(_ body: @escaping @Sendable () throws(Failure) -> Value) {
    self.body = body
    let finding = finding
    thread = Workers.start(
      {
        let result = Result(catching: body)
        finding.result.withLock { $0 = result }
      }, elsewhere: true)
  }

  deinit { join() }

  /// Waits for it.
  package func value() throws(Failure) -> Value {
    join()
    // A thread that the system did not give is made up for here.
    return try (finding.result.withLock { $0 } ?? Result(catching: body)).get()
  }

  private func join() {
    if let thread = thread.take() { pthread_join(thread, nil) }
  }
}

private final class Job: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func runInThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body() }
  return nil
}

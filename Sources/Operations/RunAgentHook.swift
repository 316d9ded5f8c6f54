import Agents
import Files
import Git
import Sessions
import Storage

/// The way in for the hooks of coding agents: saves where a turn ends, begins a session for work that has none, and
/// hands a context that starts the handoff. Never a failure; what it prints on standard output is for the agent.
package struct RunAgentHook {
  private var agent: any Agent
  /// For the agent. What the workspace prints is for nobody.
  private var reply: @Sendable (String) -> Void = { _ in }

  /// How long it may take until the agent has said all, and it is known where it works.
  private static let inputSeconds: UInt32 = 20

  /// Nil for a name that is no agent's.
  package init?(_ name: String) {
    guard let agent = Agents.named(name) else { return nil }
    self.agent = agent
  }

  package func run(in world: World) {
    guard !world.isBelowHook else { return }
    let complain: @Sendable (String) -> Void = { cause in
      self.complain(cause, world, ComplaintStamp(of: agent.name, around: world))
    }
    let deadline = Deadline(milliseconds: Self.inputSeconds * 1000) {
      complain("stopped after \(Self.inputSeconds) seconds; what the agent says had no end by then")
    }
    deadline.start()
    defer { deadline.cancel() }
    do {
      let payload = try world.readPayload()
      var hook = self
      hook.agent = agent.speaker(of: payload)
      hook.reply = world.output.write
      hook.run(payload, world, within: deadline)
    } catch {
      complain(SessionError(wrapping: error).sentence)
    }
  }

  /// `beginning` is replaced as soon as the time of the event itself is known.
  private func run(_ payload: JSONValue, _ world: World, within beginning: Deadline) {
    guard var event = agent.event(in: payload) else { return }
    event.transcript = event.transcript ?? agent.transcript(of: event.run, environment: world.environment)
    guard let place = RunPlace(of: event, agent, world.belowHook { _ in }) else { return }
    let workspace = place.workspace
    let stamp = ComplaintStamp(cloneState: workspace.repository.cloneState, agent: agent.name)
    let milliseconds = event.kind.limit
    let work = HookWork(in: workspace)
    workspace.hookWork = work
    beginning.cancel()
    Deadline(milliseconds: milliseconds) {
      let rest =
        work.handOver(at: world.now()) ? "the rest is done in the background" : "the next hook tries again"
      complain("stopped after \(milliseconds / 1000) seconds; \(rest)", world, stamp)
    }.start()
    do {
      place.beginSession(at: event)
      try handle(event, workspace)
      if event.kind.isTool { try saveEdits(payload, workspace) }
      place.settleOther(at: event, of: agent)
      // What could not be saved, or is to be mended, is told each time.
      if !workspace.warnings.isEmpty { tell(workspace.warnings.joined(separator: "; "), world) }
    } catch {
      complain(SessionError(wrapping: error).sentence, world, stamp)
    }
  }

  /// Of a hook that fails, once a day; never where that cannot be noted.
  private func complain(_ cause: String, _ world: World, _ stamp: ComplaintStamp?) {
    if let stamp, stamp.mayComplain(at: world.now()) { tell(cause, world) }
  }

  private func tell(_ cause: String, _ world: World) {
    world.errors.write("git-session: \(agent.name): \(PlainText.line(cause))\n")
  }

  /// What the event calls for is handed over from here on: all that comes before a save may take long too.
  private func handle(_ told: AgentEvent, _ workspace: Workspace) throws {
    guard let trigger = told.kind.trigger, try workspace.state()?.current != nil else {
      return try see(to: told, workspace)
    }
    workspace.expectCapture()
    try workspace.during(.checkpoint(trigger)) { try see(to: told, workspace) }
  }

  private func see(to told: AgentEvent, _ workspace: Workspace) throws {
    let hasSession = try workspace.isInSession() || goesOn(told, workspace)
    let request = if case .asked(let text) = told.kind { text } else { nil as String? }
    let pending = PendingStart(workspace.repository)
    if hasSession { try? pending.remove() }
    guard try hasSession || ((request != nil || pending.read() != nil) && workspace.settings.autoStart)
    else { return }
    let event = OwnTranscript.following(told, of: agent, workspace)
    let transcript = event.transcript ?? OwnTranscript.telling(event, of: agent, workspace)
    // Tools are used too often for a note of each.
    let session = try hasSession ? workspace.state()?.current : nil
    let isNew = event.kind.isTool || note(event, transcript: transcript, in: session, workspace)
    guard hasSession else {
      // The first request says what the work is for.
      if try pending.read() == nil || !workspace.start(.beginSession) {
        let line = AgentTexts.title(request ?? "", workspace)
        try StartSession.once(line.isEmpty ? "Work with \(agent.title)" : line, in: workspace)
      }
      return DiskReserve(workspace.repository).keep()
    }
    guard isNew else { return }
    workspace.expectsHandoff = event.kind.bringsHandoff && takesText(event)
    Spool(workspace).drain()
    do {
      try handle(event, ofSessionIn: workspace)
    } catch {
      takeBack(event, workspace)
      throw error
    }
  }

  /// Whether a session was begun, since that of the run has ended in the middle of a turn.
  private func goesOn(_ event: AgentEvent, _ workspace: Workspace) throws -> Bool {
    guard event.kind.endsWork, let run = AgentRun.ID(agent: agent.name, run: event.run) else { return false }
    return try StartSession.goingOn(run, in: workspace)
  }

  /// Whoever tells of it again is heard.
  private func takeBack(_ event: AgentEvent, _ workspace: Workspace) {
    try? AgentRuns(workspace.repository).takeBack(event, of: agent.name)
  }

  /// Tells a handoff after a save. What it needs can mostly be read even where nothing can be written, and it is told
  /// once: then another hook of the same moment does not try again what has failed here.
  private func tellHandoff(
    at event: AgentEvent, _ workspace: Workspace, after save: () throws -> Void
  ) throws {
    var isSaved = true
    do {
      try save()
    } catch {
      isSaved = false
      workspace.warn(SessionError(wrapping: error).sentence)
    }
    if let text = try handoff(for: event, workspace, isJustSaved: true) {
      tell(text, event)
    } else if !isSaved {
      takeBack(event, workspace)
    }
  }

  /// False if it was just told. Work is saved that cannot be noted.
  private func note(
    _ event: AgentEvent, transcript: String?, in session: SessionID?, _ workspace: Workspace
  ) -> Bool {
    do {
      return try DiskReserve(workspace.repository).spend {
        try AgentRuns(workspace.repository).note(
          event, of: agent.name, in: session, from: workspace.agentProcess, transcript: transcript,
          at: workspace.now)
      }
    } catch {
      workspace.warn("the run could not be noted: \(SessionError(wrapping: error).sentence)")
      return true
    }
  }

  private func handle(_ event: AgentEvent, ofSessionIn workspace: Workspace) throws {
    switch event.kind {
    case .asked, .toolUsed, .toolFailed: try watch(event, saving: nil, nil, workspace)
    case .started(let source):
      // What a run that ended unseen has left.
      _ = CatchUp().run(in: workspace)
      DiskReserve(workspace.repository).keep()
      try tellHandoff(at: event, workspace) {
        if try source != .compact || !workspace.isSavedForCompaction() {
          try save(.exit, nil, nil, workspace)
        }
      }
      if source == .compact { noteCompaction(event, workspace) }
    case .turnEnded(let words): try watch(event, saving: .turn, words, workspace)
    case .subagentEnded: try save(.turn, nil, nil, workspace)
    case .compacting:
      try tellHandoff(at: event, workspace) { try watch(event, saving: .compaction, nil, workspace) }
    case .ended:
      // The agent waits for no more than a second or so.
      if workspace.start(.saveAtExit) { return }
      try save(.exit, nil, nil, workspace)
      try AgentContext.forget(event.run, workspace.repository)
    }
  }

  private func tell(_ text: String, _ event: AgentEvent) {
    guard let output = agent.output(context: text, at: event.kind) else { return }
    reply(String(decoding: output.canonical, as: UTF8.self))
  }

  private func takesText(_ event: AgentEvent) -> Bool { agent.output(context: "", at: event.kind) != nil }

  /// The handoff with an introduction; nil if the agent takes no text at this event.
  private func handoff(
    for event: AgentEvent, _ workspace: Workspace, isJustSaved: Bool = false
  ) throws -> String? {
    takesText(event) ? try AgentTexts.handoff(for: agent, in: workspace, isJustSaved: isJustSaved) : nil
  }

  /// Looks how full the agent's context is, and saves for `trigger`, if there is one. A threshold that is crossed is
  /// saved at, once; from the second one on the agent is asked, once, to record what it knows.
  private func watch(
    _ event: AgentEvent, saving trigger: Trigger?, _ words: String?, _ workspace: Workspace
  ) throws {
    guard let context = context(of: event, workspace) else {
      if let trigger { try save(trigger, words, nil, isEmergency: trigger == .compaction, workspace) }
      return
    }
    var seen = context
    guard try !seen.observe(by: workspace.settings.contextThresholds).isEmpty else {
      return try act(on: context, event, saving: trigger, words, workspace)
    }
    // Another hook of this moment may have crossed it too, and then this one finds it done.
    let lock = workspace.repository.worktreeState + "/threshold.lock"
    do {
      try FileLock(lock, milliseconds: 4000).whileHeld {
        let context = self.context(of: event, workspace) ?? context
        try act(on: context, event, saving: trigger, words, workspace)
      }
    } catch let error as FileError where error.isContended {
      try act(on: context, event, saving: trigger, words, workspace)
    }
  }

  /// Nil if nobody knows. That keeps nothing from being saved.
  private func context(of event: AgentEvent, _ workspace: Workspace) -> AgentContext? {
    do {
      return try AgentContext(event, agent, workspace)
    } catch {
      workspace.warn("how full the context is cannot be told: \(SessionError(wrapping: error).sentence)")
      return nil
    }
  }

  /// How full the context is now is worth knowing before the next hook; the handoff does not wait for that.
  private func noteCompaction(_ event: AgentEvent, _ workspace: Workspace) {
    guard var context = context(of: event, workspace) else { return }
    do {
      _ = context.observe(by: try workspace.settings.contextThresholds)
      _ = try context.save()
    } catch {
      // The next hook looks again.
    }
  }

  private func act(
    on context: AgentContext, _ event: AgentEvent, saving trigger: Trigger?, _ words: String?,
    _ workspace: Workspace
  ) throws {
    var context = context
    let crossings = try context.observe(by: workspace.settings.contextThresholds)
    if !crossings.isEmpty, trigger != .compaction {
      for crossing in crossings {
        let message = "\(crossing.share) of the context of \(agent.title)"
        try save(.threshold, message, context.measure, isEmergency: crossing.level >= .handoff, workspace)
      }
    } else if let trigger {
      // Some agents do not tell their last words.
      let words = trigger == .turn ? words ?? context.newWords : nil
      try save(trigger, words, context.measure, isEmergency: trigger == .compaction, workspace)
    }
    var text: String?
    if context.mustHandOver {
      text = try handoff(for: event, workspace)
      context.mustHandOver = text == nil
    } else if context.mustTell, event.kind != .compacting, takesText(event) {
      text = AgentTexts.request(context, crossings.last?.share ?? context.share)
      context.mustTell = false
    }
    // Of two hooks of one moment one tells it.
    if try context.save(), let text { tell(text, event) }
  }

  /// After a tool, where the user wants that: of files that it names only these are looked at.
  private func saveEdits(_ payload: JSONValue, _ workspace: Workspace) throws {
    guard try workspace.settings.checkpointEdits, try workspace.isInSession() else { return }
    let named = EditedFiles.named(in: payload)
    let paths = named.compactMap { workspace.repositoryPath(ofBytes: Array($0.utf8)) }
    guard named.isEmpty || !paths.isEmpty else { return }
    _ = try TakeCheckpoint(message: nil, trigger: .interval, paths: named.isEmpty ? nil : paths)
      .run(in: workspace)
  }

  private func save(
    _ trigger: Trigger, _ words: String?, _ measure: Fact?, isEmergency: Bool = false, _ workspace: Workspace
  ) throws {
    let title = words.map { AgentTexts.title($0, workspace) } ?? ""
    var checkpoint = TakeCheckpoint(message: title.isEmpty ? nil : title, trigger: trigger)
    checkpoint.facts = measure.map { [$0] } ?? []
    checkpoint.isLandmark = trigger == .threshold || trigger == .compaction
    if isEmergency { return try EmergencySave(workspace: workspace).run(checkpoint) }
    _ = try checkpoint.run(in: workspace)
  }
}

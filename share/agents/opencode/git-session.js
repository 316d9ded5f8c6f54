// git session in OpenCode: saves the work as it goes on, and hands it to a context that starts.
// Lies in ~/.config/opencode/plugins or .opencode/plugins; 'git session agent install opencode' puts it there.
import { spawn } from "node:child_process"

const command = "g=$(command -v git-session 2>/dev/null) || exit 0; exec \"$g\" hook opencode"

export const GitSession = async ({ directory, worktree }) => {
  /**
   * What is known of each session: its context (a promise of a text), its last usage, its model's limits, the messages
   * of the agent, and since the last request the last text of each message, whoever's it is.
   */
  const sessions = new Map()
  /** Sessions of subagents: their work is saved with that of the session which they are part of. */
  const children = new Set()

  /** Tells git-session; gives the text that it has for the context, if any. Never fails. */
  const tell = (hook, input, more) =>
    new Promise((resolve) => {
      try {
        const child = spawn("/bin/sh", ["-c", command], { cwd: directory, stdio: ["pipe", "pipe", "ignore"] })
        const timer = setTimeout(() => child.kill(), 25000)
        let answer = ""
        child.stdout.setEncoding("utf8").on("data", (piece) => (answer += piece))
        child.stdin.on("error", () => {})
        child.on("error", () => resolve(undefined))
        child.on("close", () => {
          clearTimeout(timer)
          try {
            resolve(JSON.parse(answer).context)
          } catch {
            resolve(undefined)
          }
        })
        child.stdin.end(JSON.stringify({ hook, directory, worktree, input, ...more }))
      } catch {
        resolve(undefined)
      }
    })

  /** The session of that id; one that is seen for the first time is told of. */
  const session = (id, hook, input) => {
    let known = sessions.get(id)
    if (!known) {
      known = { answers: new Set(), texts: new Map() }
      sessions.set(id, known)
      known.context = tell(hook, input)
    }
    return known
  }
  const resumed = (id) => session(id, "experimental.chat.system.transform", { sessionID: id })
  /** A message has its texts before its usage, so the last words are looked for when somebody asks. */
  const words = ({ answers, texts }) => [...texts].filter(([id, text]) => text && answers.has(id)).pop()?.[1]
  const facts = (known) => ({ info: known.info, limit: known.limit, words: words(known) })
  const isOurs = (id) => typeof id === "string" && !children.has(id)

  return {
    event: async ({ event }) => {
      const properties = event.properties ?? {}
      const id = properties.sessionID ?? properties.info?.sessionID ?? properties.part?.sessionID ?? properties.info?.id
      if (event.type === "session.created" && properties.info?.parentID) children.add(id)
      if (!isOurs(id)) return
      switch (event.type) {
        case "session.created":
          await session(id, "event", { event }).context
          break
        case "message.updated":
          if (properties.info?.role !== "assistant") break
          resumed(id).answers.add(properties.info.id)
          if (properties.info.tokens?.output) resumed(id).info = properties.info
          break
        case "message.part.updated":
          if (properties.part?.type === "text")
            sessions.get(id)?.texts.set(properties.part.messageID, properties.part.text)
          break
        case "session.idle":
        case "session.error":
          await tell("event", { event }, facts(resumed(id)))
          break
        case "session.compacted":
          resumed(id).context = tell("event", { event }, facts(resumed(id)))
          break
        case "session.deleted":
          await tell("event", { event })
          sessions.delete(id)
      }
    },

    "chat.params": async (input) => {
      if (isOurs(input.sessionID)) resumed(input.sessionID).limit = input.model?.limit
    },

    "chat.message": async (input, output) => {
      if (!isOurs(input.sessionID)) return
      const known = resumed(input.sessionID)
      await known.context
      known.texts.clear()
      const parts = output.parts.filter((part) => part.type === "text" && !part.synthetic)
      await tell("chat.message", input, { ...facts(known), output: { message: output.message, parts } })
    },

    "tool.execute.after": async (input, output) => {
      if (!isOurs(input.sessionID)) return
      const text = await tell("tool.execute.after", input, {
        ...facts(resumed(input.sessionID)),
        output: { metadata: { exit: output.metadata?.exit } },
      })
      if (text && typeof output.output === "string") output.output += "\n\n" + text
    },

    "experimental.session.compacting": async (input, output) => {
      if (!isOurs(input.sessionID)) return
      const text = await tell("experimental.session.compacting", input, facts(resumed(input.sessionID)))
      if (text) output.context.push(text)
    },

    "experimental.chat.system.transform": async (input, output) => {
      if (!isOurs(input.sessionID)) return
      const text = await resumed(input.sessionID).context
      if (text) output.system.push(text)
    },

    dispose: async () => {
      await Promise.all([...sessions.keys()].map((sessionID) => tell("dispose", { sessionID })))
    },
  }
}

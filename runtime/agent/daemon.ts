// The agent behind its socket: one process a user and build, which serves every connection and ends when nobody needs it.

import { timingSafeEqual } from 'node:crypto'
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { type AgentPlace, KEY_LENGTH, removePlace, writeKey } from './agentPlace.ts'
import { serve } from './services.ts'
import { Sessions } from './sessions.ts'

/** How long an agent without clients stays. */
export const IDLE_MS = 10 * 60_000
const KEY_MS_MAX = 5_000
/** How often it looks whether its socket is still its own. */
const LOOK_MS = 60_000
/** How long another agent may take from its start until it listens. */
const START_MS_MAX = 5_000
const LOCK_LOOK_MS = 20

/** Another agent of the same build listens there already. */
export class AgentThereError extends Error {
  override name = 'AgentThereError'
}

export class AgentDaemon {
  readonly #place: AgentPlace
  readonly #idleMs: number
  readonly #ended: () => void
  readonly #server: Server
  readonly #sessions: Sessions
  #key = Buffer.alloc(0)
  #inode = 0
  #ending: NodeJS.Timeout | undefined
  #looking: NodeJS.Timeout | undefined

  /** @param ended called once, when it has ended and its files are gone */
  constructor(place: AgentPlace, ended: () => void, idleMs = IDLE_MS) {
    this.#place = place
    this.#ended = ended
    this.#idleMs = idleMs
    this.#sessions = new Sessions(serve, () => this.#considerEnd())
    this.#server = createServer((socket) => this.#accept(socket))
  }

  /** @throws {AgentThereError} when another one listens there */
  async listen(): Promise<void> {
    const { socket } = this.#place
    await this.#takeLock()
    rmSync(socket, { force: true }) // Of one that was killed.
    this.#key = Buffer.from(writeKey(this.#place))
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(socket, resolve)
    })
    chmodSync(socket, 0o600)
    this.#inode = inodeOf(socket)
    this.#looking = setInterval(() => this.#look(), LOOK_MS)
    this.#considerEnd()
  }

  /** Two connections that come at once may start two agents: the second waits until the first listens, and leaves. */
  async #takeLock(): Promise<void> {
    const { socket, lockFile } = this.#place
    const deadline = performance.now() + START_MS_MAX
    while (performance.now() < deadline) {
      if (await answers(socket)) throw new AgentThereError(`an agent listens at ${socket}`)
      try {
        writeFileSync(lockFile, String(process.pid), { flag: 'wx', mode: 0o600 })
        return
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const pid = Number(readFileSync(lockFile, 'utf8'))
      if (!isAlive(pid)) rmSync(lockFile, { force: true })
      else await setTimeout(LOCK_LOOK_MS)
    }
    // The number of an agent that was killed is some other process's now.
    writeFileSync(lockFile, String(process.pid), { mode: 0o600 })
  }

  end(reason: string): void {
    clearTimeout(this.#ending)
    clearInterval(this.#looking)
    this.#sessions.close(reason)
    // Another agent's may stand there by now; closing the server takes its socket away.
    const isOwn = inodeOf(this.#place.socket) === this.#inode
    this.#server.close()
    if (isOwn) removePlace(this.#place)
    this.#ended()
  }

  /** Another agent may have taken the place, or somebody cleaned up: nobody can find this one then. */
  #look(): void {
    if (inodeOf(this.#place.socket) !== this.#inode && this.#sessions.isIdle) this.end('its socket is gone')
  }

  #considerEnd(): void {
    clearTimeout(this.#ending)
    if (this.#sessions.isIdle)
      this.#ending = globalThis.setTimeout(() => this.end('nobody needed it any more'), this.#idleMs)
  }

  /** The folder keeps others out; the key keeps out who got in by a slip of its permissions. */
  #accept(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    const patience = globalThis.setTimeout(() => socket.destroy(), KEY_MS_MAX)
    const read = (): void => {
      const given: Buffer | null = socket.read(KEY_LENGTH + 1)
      if (!given) return
      socket.off('readable', read)
      clearTimeout(patience)
      const key = given.subarray(0, KEY_LENGTH)
      if (key.length === this.#key.length && timingSafeEqual(key, this.#key))
        void this.#sessions.accept(socket)
      else socket.destroy()
    }
    socket.on('readable', read)
    socket.on('close', () => clearTimeout(patience))
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function inodeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? -1
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

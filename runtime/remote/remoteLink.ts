// The link to a host's agent: connected once by hand, then again by itself whenever it is lost, with nothing lost in between.

import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { FrameTransport } from '../agent/frameTransport.ts'
import { AGENT_PROTOCOL } from '../agent/hello.ts'
import { Link } from '../agent/link.ts'
import { HEDDLE_VERSION } from '../protocol/version.ts'
import { AgentClient } from './agentClient.ts'
import { type Ask, Askpass } from './askpass.ts'
import { backOffMs } from './backOff.ts'
import { type ConnectedHost, type ConnectOptions, connectHost } from './connectHost.ts'
import { HostError, SshError } from './hostErrors.ts'

/** How a link is. */
export type LinkState =
  | { kind: 'connected'; again: boolean }
  | { kind: 'lost'; reason: string }
  /** Another try comes after so long. */
  | { kind: 'waiting'; reason: string; waitMs: number }
  /** It is over: trying again is of no use. */
  | { kind: 'over'; reason: string }

export interface LinkOptions extends ConnectOptions {
  onState?: (state: LinkState) => void
  /** So often in a row no machine of the host's name is found, and the link is over. */
  namelessMax?: number
  /** Answers ssh's questions; without it they come up on the terminal, where there is one. */
  ask?: Ask
}

const HELLO_MS_MAX = 15_000
/** A quarter of an hour, most of it half a minute apart: a laptop's network comes back sooner. */
const NAMELESS_MAX = 35

/** A program that ends without closing its links takes its leave all the same. */
const open = new Set<RemoteLink>()
process.on('exit', () => {
  for (const link of open) link.close()
})

export class RemoteLink {
  readonly host: string
  readonly agent: AgentClient
  readonly #options: LinkOptions
  readonly #session = randomUUID()
  readonly #link: Link
  #connected: ConnectedHost | undefined
  #askpass: Askpass | undefined
  #closed = false
  readonly #waiting = new AbortController()

  private constructor(host: string, options: LinkOptions) {
    this.host = host
    this.#options = options
    this.#link = new Link('client', {
      opened: (channel) => void channel.destroy(new Error('an agent opens no channels')),
      lost: (reason) => void this.#again(reason),
    })
    this.agent = new AgentClient(this.#link)
  }

  /**
   * Connects for the first time.
   * @throws {HostError} when the host cannot be reached or used
   */
  static async open(host: string, options: LinkOptions): Promise<RemoteLink> {
    const link = new RemoteLink(host, options)
    try {
      await link.#connect()
    } catch (error) {
      link.#askpass?.close()
      throw error
    }
    open.add(link)
    options.onState?.({ kind: 'connected', again: false })
    return link
  }

  /** What was found out about the host. */
  get found(): Pick<ConnectedHost, 'facts' | 'plan'> {
    return this.#connected!
  }

  /** The process of ssh that carries the link now. */
  get sshPid(): number | undefined {
    return this.#link.attached ? this.#connected?.shell.child.pid : undefined
  }

  /** Takes leave of the agent, which forgets the session and ends what was started for it alone. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    open.delete(this)
    this.#waiting.abort()
    this.#askpass?.close()
    const shell = this.#connected?.shell
    this.#link.close('the client has left')
    // ssh ends when the agent hangs up; the farewell has to get out first.
    const { child } = shell ?? {}
    if (child && child.exitCode === null) {
      const force = globalThis.setTimeout(() => shell?.end(), 1000)
      child.once('exit', () => clearTimeout(force))
    }
  }

  async #connect(): Promise<void> {
    const { ask, ...options } = this.#options
    if (ask) this.#askpass ??= await Askpass.open(this.host, ask)
    const connected = await connectHost(this.host, {
      ...options,
      ...(this.#askpass && { env: { ...options.env, ...this.#askpass.env }, interactive: true }),
    })
    const { child } = connected.shell
    const transport = new FrameTransport(child.stdout!, child.stdin!)
    transport.greet({
      protocol: AGENT_PROTOCOL,
      version: HEDDLE_VERSION,
      session: this.#session,
      received: this.#link.received,
    })
    const patience = globalThis.setTimeout(() => transport.close('the agent says nothing'), HELLO_MS_MAX)
    try {
      const hello = await transport.hello
      if (hello.refused !== undefined) throw new HostError(this.host, `${this.host}: ${hello.refused}`)
      if (this.#closed) throw new SshError(this.host, 'the link was closed', false)
      if (!hello.resumed && this.#connected)
        this.#link.restart(`the agent on ${this.host} is a new one: what went through the old one is lost`)
      this.#connected?.shell.end()
      this.#connected = connected
      this.#link.attach(transport, hello.received)
      connected.shell.unref()
    } catch (error) {
      connected.shell.end()
      if (error instanceof HostError) throw error
      throw new SshError(
        this.host,
        `the agent on ${this.host} does not answer: ${(error as Error).message}`,
        true,
        error,
      )
    } finally {
      clearTimeout(patience)
    }
  }

  async #again(lostBecause: string): Promise<void> {
    const { onState, namelessMax = NAMELESS_MAX } = this.#options
    let nameless = 0
    this.#connected?.shell.end()
    if (this.#closed) return
    onState?.({ kind: 'lost', reason: lostBecause })
    for (let tries = 0, reason = lostBecause; ; tries++) {
      const waitMs = backOffMs(tries, Math.random())
      onState?.({ kind: 'waiting', reason, waitMs })
      await setTimeout(waitMs, undefined, { signal: this.#waiting.signal, ref: false }).catch(() => {})
      if (this.#closed) return
      try {
        await this.#connect()
        onState?.({ kind: 'connected', again: true })
        return
      } catch (error) {
        reason = (error as Error).message
        if (this.#closed) return
        nameless = error instanceof SshError && error.nameless ? nameless + 1 : 0
        const mayCome = error instanceof SshError && error.again && nameless < namelessMax
        if (!mayCome) {
          onState?.({ kind: 'over', reason })
          this.#closed = true
          this.#link.close(reason)
          return
        }
      }
    }
  }
}

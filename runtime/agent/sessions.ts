// The sessions of an agent: each lives through the loss of its connection, and for a while without one.

import type { Duplex } from 'node:stream'
import { HEDDLE_VERSION } from '../protocol/version.ts'
import type { CallContext } from './calls.ts'
import { FrameTransport } from './frameTransport.ts'
import { AGENT_PROTOCOL, refusalOfAgent } from './hello.ts'
import { Link } from './link.ts'

type Serve = (channel: Duplex, header: string, context: CallContext) => void

interface Session {
  link: Link
  /** The connection that it has now, or had last. */
  transport?: FrameTransport
  /** How to end what the client wanted for as long as it is there. */
  owned: (() => void)[]
  /** Ends the session when no connection comes back. */
  forgetting?: NodeJS.Timeout
}

/** How long a session waits for its client; what it started for itself ends with it. */
export const KEEP_MS = 3600_000
/** Someone who connects and says nothing is no client of ours. */
const HELLO_MS_MAX = 10_000

export class Sessions {
  readonly #sessions = new Map<string, Session>()
  readonly #serve: Serve
  readonly #changed: () => void

  /**
   * @param serve who takes a channel that a client opened
   * @param changed told whenever {@link isIdle} may have become another
   */
  constructor(serve: Serve, changed: () => void) {
    this.#serve = serve
    this.#changed = changed
  }

  /** No client is connected, and none is waited for. */
  get isIdle(): boolean {
    return this.#sessions.size === 0
  }

  async accept(stream: Duplex): Promise<void> {
    const transport = new FrameTransport(stream, stream)
    const patience = setTimeout(() => transport.close('no hello came'), HELLO_MS_MAX)
    const hello = await transport.hello.catch(() => undefined)
    clearTimeout(patience)
    if (!hello) return
    const mine = { protocol: AGENT_PROTOCOL, version: HEDDLE_VERSION, session: hello.session }
    const refused = refusalOfAgent(hello, HEDDLE_VERSION)
    if (refused) {
      transport.greet({ ...mine, received: 0, refused })
      transport.close(refused)
      return
    }
    const known = this.#sessions.get(hello.session)
    const session = known ?? this.#begin(hello.session)
    clearTimeout(session.forgetting)
    transport.greet({ ...mine, received: session.link.received, resumed: known !== undefined })
    session.transport = transport
    try {
      session.link.attach(transport, known ? hello.received : 0)
    } catch (error) {
      transport.close((error as Error).message)
      this.#end(hello.session, (error as Error).message)
    }
  }

  close(reason: string): void {
    for (const id of [...this.#sessions.keys()]) this.#end(id, reason)
  }

  #begin(id: string): Session {
    const owned: (() => void)[] = []
    const session: Session = {
      owned,
      link: new Link('agent', {
        opened: (channel, header) => this.#serve(channel, header, { owns: (end) => void owned.push(end) }),
        lost: (reason) => this.#lost(id, session, reason),
      }),
    }
    this.#sessions.set(id, session)
    this.#changed()
    return session
  }

  #lost(id: string, session: Session, reason: string): void {
    const leaves = session.transport?.saidBye ?? false
    // Without channels there is nothing to come back for.
    if (leaves || (session.link.channelCount === 0 && session.owned.length === 0)) this.#end(id, reason)
    else session.forgetting = setTimeout(() => this.#end(id, 'its client did not come back'), KEEP_MS)
  }

  #end(id: string, reason: string): void {
    const session = this.#sessions.get(id)
    if (!session) return
    this.#sessions.delete(id)
    clearTimeout(session.forgetting)
    session.link.close(reason)
    for (const end of session.owned) end()
    this.#changed()
  }
}

// A scheduler in the test's own process that decides nothing: tests say what to send to real worker processes, and await what comes.

import type { IncomingMessage } from 'node:http'
import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { FrameSocket } from '../../runtime/host/frameSocket.ts'
import { acceptFrames } from '../../runtime/host/frameUpgrade.ts'
import type { MessageOf } from '../../runtime/protocol/fields.ts'
import { decodeFrame } from '../../runtime/protocol/frame.ts'
import {
  type ExecuteInstruction,
  WORKER_INSTRUCTIONS,
  WORKER_MESSAGES,
  type WorkerInstruction,
  type WorkerMessage,
} from '../../runtime/protocol/messages.ts'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'

type MessageType = keyof typeof WORKER_MESSAGES
type Message<Type extends MessageType> = MessageOf<typeof WORKER_MESSAGES, Type>

/** One worker as the fake scheduler sees it. */
export class JoinedWorker {
  readonly hello: Message<'hello'>
  readonly id: number
  readonly #socket: FrameSocket
  readonly #messages: WorkerMessage[] = []
  readonly #waiting: (() => void)[] = []
  /** Resolves when the connection is gone. */
  readonly left: Promise<void>
  /** Called when the connection is gone. */
  gone: () => void = () => {}

  constructor(socket: FrameSocket, hello: Message<'hello'>, id: number) {
    this.#socket = socket
    this.hello = hello
    this.id = id
    this.left = new Promise((resolve) => {
      this.gone = () => {
        resolve()
        this.#wake()
      }
    })
  }

  send(message: WorkerInstruction): void {
    this.#socket.send(WORKER_INSTRUCTIONS, message)
  }

  sendRaw(bytes: Uint8Array): void {
    this.#socket.sendFrame(bytes)
  }

  /** The next message of a type that passes `matches`; messages of other types stay for others. */
  async next<Type extends MessageType>(
    type: Type,
    matches: (message: Message<Type>) => boolean = () => true,
  ): Promise<Message<Type>> {
    for (;;) {
      const at = this.#messages.findIndex(
        (one) => one.type === type && matches(one as unknown as Message<Type>),
      )
      if (at !== -1) return this.#messages.splice(at, 1)[0] as unknown as Message<Type>
      if (this.#socket.isClosed) throw new Error(`the worker left while the test waited for ${type}`)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  /** Throws away messages of a type that came so far. */
  forget(type: MessageType): void {
    for (let i = this.#messages.length - 1; i >= 0; i--)
      if (this.#messages[i].type === type) this.#messages.splice(i, 1)
  }

  /** What came so far and nobody asked for, heartbeats and logs aside. */
  unasked(): WorkerMessage[] {
    return this.#messages.filter(({ type }) => type !== 'heartbeat' && type !== 'log')
  }

  /** Ends the connection without a word, as a network does. */
  cut(): void {
    this.#socket.terminate()
  }

  /** Hands every message to `receive` from now on, for benches. */
  listener: ((message: WorkerMessage) => void) | undefined

  /** Takes a message in. */
  receive(message: WorkerMessage): void {
    if (this.listener) {
      this.listener(message)
      return
    }
    this.#messages.push(message)
    this.#wake()
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

export class FakeScheduler {
  readonly control: string
  readonly token: string
  readonly #http: Server
  readonly #sockets = new Set<Socket>()
  readonly #joined: JoinedWorker[] = []
  readonly #waiting: ((worker: JoinedWorker) => void)[] = []
  #ids = 0
  /** What it answers a hello with; another version is another answer. */
  protocol = PROTOCOL_VERSION
  cluster = 'test'
  /** How many connections came with a wrong token. */
  refusedTokens = 0

  private constructor(control: string, token: string) {
    this.control = control
    this.token = token
    this.#http = createServer()
    this.#http.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      if (request.headers.authorization !== `Bearer ${this.token}` || request.url !== '/worker') {
        this.refusedTokens++
        socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n')
        return
      }
      this.#greet(acceptFrames(socket, head))
    })
  }

  static async listen(folder: string, token = 'secret'): Promise<FakeScheduler> {
    const path = join(folder, 'control.sock')
    const scheduler = new FakeScheduler(`unix:${path}`, token)
    await new Promise<void>((resolve) => scheduler.#http.listen(path, resolve))
    return scheduler
  }

  /** The next worker that joins. */
  joins(): Promise<JoinedWorker> {
    const joined = this.#joined.shift()
    if (joined) return Promise.resolve(joined)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#http.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #greet(socket: FrameSocket): void {
    let worker: JoinedWorker | undefined
    socket.hear({
      frame: (bytes) => {
        const message = decodeFrame(WORKER_MESSAGES, bytes)
        if (worker) worker.receive(message)
        else worker = this.#welcome(socket, message)
      },
      broken: (text) => {
        throw new Error(text)
      },
      closed: () => worker?.gone(),
    })
  }

  #welcome(socket: FrameSocket, hello: WorkerMessage): JoinedWorker {
    if (hello.type !== 'hello') throw new Error(`a worker said ${hello.type} before hello`)
    const worker = new JoinedWorker(socket, hello, this.#ids++)
    worker.send({ type: 'welcome', protocol: this.protocol, worker: worker.id, cluster: this.cluster })
    const waiting = this.#waiting.shift()
    if (waiting) waiting(worker)
    else this.#joined.push(worker)
    return worker
  }
}

export interface TaskSpec {
  task: number
  run?: number
  callable: number
  args: Uint8Array
  priority?: number
  timeoutMs?: number
  inline?: boolean
  dependencies?: { task: number; run?: number; holder: number; bytes?: number }[]
}

/** An `execute` message from a list of tasks. */
export function execute(tasks: readonly TaskSpec[]): ExecuteInstruction {
  const dependencies = tasks.flatMap((task) => task.dependencies ?? [])
  const offsets = (lengths: number[]): Uint32Array => {
    const ends = new Uint32Array(lengths.length + 1)
    lengths.forEach((length, i) => {
      ends[i + 1] = ends[i] + length
    })
    return ends
  }
  return {
    type: 'execute',
    tasks: Int32Array.from(tasks, ({ task }) => task),
    runs: Int32Array.from(tasks, ({ run }) => run ?? 1),
    priorities: Float64Array.from(tasks, ({ priority }, i) => priority ?? i),
    callables: Uint32Array.from(tasks, ({ callable }) => callable),
    args: new Uint8Array(Buffer.concat(tasks.map(({ args }) => args))),
    argOffsets: offsets(tasks.map(({ args }) => args.length)),
    dependencyOffsets: offsets(tasks.map((task) => task.dependencies?.length ?? 0)),
    dependencies: Int32Array.from(dependencies, ({ task }) => task),
    dependencyRuns: Int32Array.from(dependencies, ({ run }) => run ?? 1),
    dependencyHolders: Int32Array.from(dependencies, ({ holder }) => holder),
    dependencySizes: Float64Array.from(dependencies, ({ bytes }) => bytes ?? 8),
    inline: Uint8Array.from(tasks, ({ inline }) => (inline ? 1 : 0)),
    timeouts: Float64Array.from(tasks, ({ timeoutMs }) => timeoutMs ?? 0),
  }
}

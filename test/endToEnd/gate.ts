// A gate that tasks of a test knock at and wait before: the test sees what runs, and decides when it ends.

import { connect, createServer, type Server, type Socket } from 'node:net'

/** One task that stands before the gate. */
export interface Knock {
  name: string
  /** The worker's process. */
  pid: number
  /** Lets the task go on. */
  open(): void
  /** Resolves when the task, its thread or its worker is gone. */
  gone: Promise<void>
}

export class Gate implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #knocks: Knock[] = []
  #wake: (() => void) | undefined

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => this.#heard(socket))
  }

  static async listen(): Promise<Gate> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new Gate(server)
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  /** How many have knocked that nobody has asked for yet. */
  get waiting(): number {
    return this.#knocks.length
  }

  /** The next task that knocks, in the order they came. */
  async next(): Promise<Knock> {
    for (;;) {
      const knock = this.#knocks.shift()
      if (knock) return knock
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  #heard(socket: Socket): void {
    this.#sockets.add(socket)
    const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    void gone.then(() => this.#sockets.delete(socket))
    socket.on('error', () => {})
    socket.setEncoding('utf8').once('data', (line: string) => {
      const [name, pid] = line.trim().split(' ')
      this.#knocks.push({ name, pid: Number(pid), open: () => void socket.end('open'), gone })
      this.#wake?.()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** A task: knocks, waits until it is let in, and gives the process that it ran in. */
export function knockAt(port: number, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${name} ${process.pid}\n`))
    let opened = false
    socket.on('data', () => {
      opened = true
    })
    socket.on('error', reject)
    socket.on('close', () => (opened ? resolve(process.pid) : reject(new Error('the gate is gone'))))
  })
}

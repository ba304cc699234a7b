// ssh's questions (passphrase, password, one-time code, host key) brought to whoever can ask the person: a box, a terminal.

import { chmodSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createRunFolder, newClusterId, removeRunFolder } from '../host/runFolder.ts'

/** A question of ssh's. */
export interface SshQuestion {
  /** Who is connected to. */
  host: string
  /** In ssh's own words. */
  prompt: string
  /** Whether the answer must not be seen while it is typed. */
  secret: boolean
  /** `confirm`: yes or no. */
  kind: 'answer' | 'confirm'
}

/** Answers a question; nothing when the person will not. */
export type Ask = (question: SshQuestion) => Promise<string | undefined>

/** What ssh starts for a question: asks over the socket, prints the answer, fails when there is none. */
const PROGRAM = `const socket = require('node:net').connect(process.env.HEDDLE_ASKPASS)
let said = ''
socket.on('connect', () => socket.write(JSON.stringify({ prompt: process.argv[2], kind: process.env.SSH_ASKPASS_PROMPT }) + '\\n'))
socket.on('data', (bytes) => { said += bytes })
socket.on('error', () => process.exit(1))
socket.on('end', () => {
  const { answer } = JSON.parse(said)
  if (answer === undefined) process.exit(1)
  process.stdout.write(answer + '\\n')
})
`

export class Askpass {
  /** For ssh: it then asks nobody else. */
  readonly env: NodeJS.ProcessEnv
  readonly #id = newClusterId()
  readonly #server: Server

  private constructor(host: string, ask: Ask) {
    const folder = createRunFolder(this.#id)
    const socket = join(folder, 'ask.sock')
    const program = join(folder, 'ask.cjs')
    const script = join(folder, 'ask')
    writeFileSync(program, PROGRAM, { mode: 0o600 })
    writeFileSync(
      script,
      `#!/bin/sh\nexec '${process.execPath.replaceAll("'", "'\\''")}' '${program}' "$@"\n`,
    )
    chmodSync(script, 0o700)
    this.env = {
      ...process.env,
      SSH_ASKPASS: script,
      SSH_ASKPASS_REQUIRE: 'force',
      // Older versions ask in this way only where there is a display.
      DISPLAY: process.env.DISPLAY ?? ':0',
      HEDDLE_ASKPASS: socket,
    }
    this.#server = createServer({ allowHalfOpen: true }, (connection) => serve(connection, host, ask))
    this.#server.listen(socket, () => chmodSync(socket, 0o600))
  }

  /** Resolves when questions are heard. */
  static async open(host: string, ask: Ask): Promise<Askpass> {
    const askpass = new Askpass(host, ask)
    await new Promise((resolve) => askpass.#server.once('listening', resolve))
    askpass.#server.unref()
    return askpass
  }

  close(): void {
    this.#server.close()
    removeRunFolder(this.#id)
  }
}

function serve(connection: Socket, host: string, ask: Ask): void {
  let said = ''
  connection.on('error', () => {}) // ssh was ended meanwhile.
  connection.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (!said.endsWith('\n')) return
    const { prompt = '', kind } = JSON.parse(said) as { prompt?: string; kind?: string }
    const question = questionOf(host, prompt, kind)
    ask(question)
      .catch(() => undefined)
      .then((answer) => connection.end(JSON.stringify({ answer })))
  })
}

/**
 * @param kind what ssh says of it: `confirm` for yes or no, `none` for a notice
 * @example questionOf('h', "me@h's password: ", undefined).secret // true
 */
export function questionOf(host: string, prompt: string, kind: string | undefined): SshQuestion {
  const confirms = kind === 'confirm' || /\(yes\/no/i.test(prompt)
  return { host, prompt: prompt.trim(), secret: !confirms, kind: confirms ? 'confirm' : 'answer' }
}

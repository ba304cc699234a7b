// A shell on the other side of ssh, before any program of ours is there: runs scripts, hears their marked lines, then becomes the link.

import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { readyLine } from '../agent/attach.ts'
import { HostError, SshError, silentShellError, sshErrorOf } from './hostErrors.ts'
import { markedLines, type Said } from './hostFacts.ts'
import { REMOTE_COMMAND, SCRIPT_END } from './probeScript.ts'
import { type SshOptions, sshArguments } from './sshArguments.ts'

export interface ShellOptions extends SshOptions {
  /** Variables for ssh, e.g. those of an askpass. */
  env?: NodeJS.ProcessEnv
  /** Somebody can answer ssh's questions, on the terminal or through an askpass. */
  interactive?: boolean
  /** How long the shell may take to answer; a person's typing counts. */
  patienceMs?: number
}

const PATIENCE_MS = 60_000
const PATIENCE_MS_INTERACTIVE = 300_000
const STDERR_CHARACTERS_MAX = 16_000

export class RemoteShell {
  readonly host: string
  readonly marker: string = randomBytes(12).toString('hex')
  readonly child: ChildProcess
  readonly #patienceMs: number
  #said = ''
  #stderr = ''
  #hear: ((text: string) => void) | undefined
  #failed: ((error: Error) => void) | undefined
  #failure: Error | undefined

  /** @throws {HostError} when the name is none for ssh */
  constructor(host: string, options: ShellOptions) {
    const interactive = options.interactive ?? false
    this.host = host
    this.#patienceMs = options.patienceMs ?? (interactive ? PATIENCE_MS_INTERACTIVE : PATIENCE_MS)
    this.child = spawn(options.ssh ?? 'ssh', sshArguments(host, REMOTE_COMMAND, options, interactive), {
      env: options.env ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    })
    this.child.stdin!.on('error', () => {}) // Its end says why.
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_CHARACTERS_MAX)
    })
    this.child.stdout!.on('data', this.#onData)
    this.child.once('error', (cause: NodeJS.ErrnoException) =>
      this.#fail(
        cause.code === 'ENOENT'
          ? new HostError(
              host,
              `there is no ${options.ssh ?? 'ssh'} on this machine: install OpenSSH's client`,
              cause,
            )
          : new SshError(host, `ssh cannot be started: ${cause.message}`, false, cause),
      ),
    )
    this.child.once('close', (exitCode, signal) =>
      this.#fail(sshErrorOf(host, { exitCode, signal, stderr: this.#stderr, stdout: this.#said })),
    )
  }

  /**
   * Runs a script, with bytes on its input behind it; resolves with what it said up to its `end`.
   * @throws {HostError} when ssh or the shell does not come through
   */
  async run(script: string, input?: Iterable<Uint8Array>): Promise<Said> {
    const { stdin } = this.child
    stdin!.write(script + SCRIPT_END)
    // The end of ssh says why.
    const sent = input && pipeline(input, stdin!, { end: false }).catch(() => {})
    const end = `${this.marker} end`
    const text = await this.#until((said) => {
      const at = said.indexOf(end)
      return at < 0 ? undefined : at + end.length
    }, !input)
    await sent
    return markedLines(text, this.marker)
  }

  /**
   * Runs the script that becomes the agent's end of the link; from then on ssh's input and output are the link's.
   * @throws {HostError}
   */
  async become(script: string): Promise<void> {
    this.child.stdin!.write(script + SCRIPT_END)
    const ready = readyLine(this.marker)
    await this.#until((said) => {
      const at = said.indexOf(ready)
      return at < 0 ? undefined : at + ready.length
    }, true)
    const { stdout } = this.child
    stdout!.off('data', this.#onData)
    stdout!.pause()
    if (this.#said.length > 0) stdout!.unshift(Buffer.from(this.#said, 'latin1'))
    this.#said = ''
  }

  /** From now on the connection alone keeps no program alive. */
  unref(): void {
    this.child.unref()
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr])
      (stream as { unref?: () => void } | null)?.unref?.()
  }

  /** What ssh said of itself so far. */
  get stderr(): string {
    return this.#stderr
  }

  end(): void {
    this.#failure ??= new SshError(this.host, 'the connection was closed', false)
    this.child.stdin!.end()
    this.child.kill('SIGTERM')
  }

  // One character a byte: the link's first bytes may come right behind the last line.
  readonly #onData = (bytes: Buffer): void => {
    this.#said += bytes.toString('latin1')
    this.#hear?.(this.#said)
  }

  #until(end: (said: string) => number | undefined, isHasty: boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const patience = isHasty
        ? setTimeout(() => {
            this.#fail(silentShellError(this.host, this.#said, Math.round(this.#patienceMs / 1000)))
            this.end()
          }, this.#patienceMs)
        : undefined
      const finish = (): void => {
        clearTimeout(patience)
        this.#hear = undefined
        this.#failed = undefined
      }
      this.#failed = (error) => {
        finish()
        reject(error)
      }
      this.#hear = (said) => {
        const at = end(said)
        if (at === undefined) return
        finish()
        this.#said = said.slice(at)
        resolve(Buffer.from(said.slice(0, at), 'latin1').toString())
      }
      if (this.#failure) this.#failed(this.#failure)
      else this.#hear(this.#said)
    })
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#failed?.(error)
  }
}

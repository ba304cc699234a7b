// A real sshd for one test: its own port, keys, home and login shell; connections that can be cut and frozen; nothing is left.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { installLab, programPath } from './install.ts'

export interface SshServerOptions {
  /** Login shell: `csh`, `fish`, `zsh`, …; the user's own by default. */
  shell?: string
  /** What runs in place of any command, as a menu or a proxy does. */
  forceCommand?: string
  /** Lines for sshd_config. */
  config?: string[]
  /** Of the other side; without a Node by default. */
  path?: string
  /** Variables of the other side. */
  env?: Record<string, string>
  /** The home; an empty folder of the server's own by default. */
  home?: string
}

const START_MS_MAX = 60_000
/** A port that was free may be another program's by the time that sshd takes it: then another is taken. */
const PORTS_MAX = 3
const LOOK_MS = 10

export class SshServer {
  /** Everything of it is below. */
  readonly folder: string
  readonly home: string
  readonly port: number
  readonly configFile: string
  /** The name of the host in the configuration. */
  readonly host = 'lab'
  readonly #daemon: ChildProcess

  private constructor(folder: string, home: string, port: number, daemon: ChildProcess) {
    this.folder = folder
    this.home = home
    this.port = port
    this.configFile = join(folder, 'ssh_config')
    this.#daemon = daemon
  }

  static async start(options: SshServerOptions = {}, portsMax = PORTS_MAX): Promise<SshServer> {
    installLab('ssh', ...(options.shell ? (['shells'] as const) : []))
    const folder = mkdtempSync(join(tmpdir(), 'hs-'))
    const home = options.home ?? join(folder, 'home')
    for (const name of [home, join(folder, 'ssh'), join(folder, 'tmp')]) mkdirSync(name, { recursive: true })
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
    const port = await freePort()
    makeKeys(folder, port)
    writeFileSync(join(folder, 'sshd_config'), serverConfig(folder, home, port, options))
    writeFileSync(join(folder, 'ssh_config'), clientConfig(folder, port))
    // sshd insists on being started by its whole path.
    const args = ['-D', '-e', '-f', join(folder, 'sshd_config'), '-E', join(folder, 'sshd.log')]
    const daemon = spawn(programPath('sshd')!, args, { stdio: 'ignore', detached: true })
    const server = new SshServer(folder, home, port, daemon)
    try {
      await server.#listens()
    } catch (error) {
      const isTaken = /already in use/.test(String(error))
      await server.close()
      if (isTaken && portsMax > 1) return SshServer.start(options, portsMax - 1)
      throw error
    }
    return server
  }

  /** Processes that serve the connections of now. */
  connections(): number[] {
    return childrenOf(this.#daemon.pid!)
  }

  /** The connections of now are gone, as when a network is. */
  drop(): void {
    for (const pid of this.connections().flatMap(withDescendantsOfSshd)) signal(pid, 'SIGKILL')
  }

  /** The connections of now stay open and silent. */
  freeze(): void {
    for (const pid of this.connections().flatMap(withDescendantsOfSshd)) signal(pid, 'SIGSTOP')
  }

  /** What sshd said; nothing before it has begun. */
  log(): string {
    const file = join(this.folder, 'sshd.log')
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }

  /** Starts listening no more, and lets nobody new in. */
  async stop(): Promise<void> {
    this.drop()
    const ended = new Promise((resolve) => this.#daemon.once('exit', resolve))
    if (this.#daemon.exitCode === null && this.#daemon.signalCode === null) {
      signal(this.#daemon.pid!, 'SIGKILL')
      await ended
    }
    this.drop()
  }

  async close(): Promise<void> {
    await this.stop()
    this.endAgents()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** The folder in which agents and clusters of this host have their sockets. */
  get runFolder(): string {
    return join(this.folder, 'tmp', `heddle-${userInfo().uid}`)
  }

  /** Ends what was started through this server and outlives its connections: told by its temporary folder. */
  endAgents(): void {
    for (const pid of this.processes()) signal(pid, 'SIGKILL')
  }

  /** What was started through this server and still runs. */
  processes(): number[] {
    const mark = `TMPDIR=${join(this.folder, 'tmp')}`
    const found = execFileSync(
      'sh',
      ['-c', `grep -lzxF '${mark}' /proc/[0-9]*/environ 2>/dev/null || true`],
      {
        encoding: 'utf8',
      },
    )
    return found
      .split('\n')
      .map((file) => Number(file.split('/')[2]))
      .filter((pid) => pid > 0 && pid !== process.pid)
  }

  async #listens(): Promise<void> {
    const deadline = performance.now() + START_MS_MAX
    while (performance.now() < deadline) {
      if (this.#daemon.exitCode !== null) throw new Error(`sshd ended as it started: ${this.log()}`)
      // That somebody answers at the port is not enough: it may be another program's by now.
      if (this.log().includes('Server listening on')) return
      await setTimeout(LOOK_MS)
    }
    throw new Error(`sshd does not listen: ${this.log()}`)
  }
}

/** The configuration of the laptop's side. */
const clientConfig = (folder: string, port: number): string => `Host lab lab2
  HostName 127.0.0.1
  Port ${port}
  User ${userInfo().username}
  IdentityFile ${folder}/ssh/id
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ${folder}/ssh/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
`

function serverConfig(folder: string, home: string, port: number, options: SshServerOptions): string {
  const { shell, forceCommand, config = [], path = withoutNode(folder), env = {} } = options
  const variables = Object.entries({ ...env, HOME: home, TMPDIR: join(folder, 'tmp'), PATH: path })
  const force = forceCommand ?? (shell && `exec ${programPath(shell)} -c "$SSH_ORIGINAL_COMMAND"`)
  return [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${folder}/ssh/host`,
    `PidFile ${folder}/sshd.pid`,
    `AuthorizedKeysFile ${folder}/ssh/id.pub`,
    // Below a folder that everybody may write to, as /tmp is.
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PrintMotd no',
    'PrintLastLog no',
    'PermitUserRC no',
    `SetEnv ${variables.map(([name, value]) => `${name}="${value}"`).join(' ')}`,
    ...(force ? [`ForceCommand ${force}`] : []),
    ...config,
    '',
  ].join('\n')
}

/** The programs of the system, without any Node: a folder of links. */
function withoutNode(folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  // What stands in both folders is linked once; that is no failure.
  execFileSync('sh', ['-c', `ln -s /usr/bin/* ${bin}/ 2>/dev/null; ln -s /bin/* ${bin}/ 2>/dev/null; true`])
  for (const name of ['node', 'nodejs', 'npm']) rmSync(join(bin, name), { force: true })
  return bin
}

function makeKeys(folder: string, port: number): void {
  for (const name of ['host', 'id'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(folder, 'ssh', name)])
  const [kind, key] = readFileSync(join(folder, 'ssh', 'host.pub'), 'utf8').split(' ')
  writeFileSync(join(folder, 'ssh', 'known_hosts'), `[127.0.0.1]:${port} ${kind} ${key}\n`)
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`
  if (!existsSync(dirname(file))) return []
  return readFileSync(file, 'utf8').split(' ').map(Number).filter(Boolean)
}

/** A connection of another user than root has a second process of sshd below it. */
function withDescendantsOfSshd(pid: number): number[] {
  const isSshd = (one: number): boolean => {
    try {
      return readFileSync(`/proc/${one}/comm`, 'utf8').startsWith('sshd')
    } catch {
      return false
    }
  }
  return [pid, ...childrenOf(pid).filter(isSshd)]
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It is gone.
  }
}

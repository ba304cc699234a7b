// A real Slurm for one test: munged, a controller and four nodes on this machine, with faults on demand; nothing is left.

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type AccountingPorts, accountingConf, databaseArgs, prepareAccounting } from './accounting.ts'
import { installLab, programPath } from './install.ts'
import { GRES_CONF, NODES, type NodeName, slurmConf } from './slurmConf.ts'
import { freePort } from './sshServer.ts'

const run = promisify(execFile)
const START_MS_MAX = 30_000
const LOOK_MS = 25
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export interface SlurmOptions {
  /** Lines for slurm.conf, which win over the lab's own. */
  config?: string[]
  /** Accounts that this user may name, with accounting; without it any account is taken. The first is the user's own. */
  accounts?: readonly string[]
}

export class SlurmLab {
  /** Everything of it is below. */
  readonly folder: string
  /** For whoever runs Slurm's commands. */
  readonly env: { SLURM_CONF: string; PATH: string }
  readonly #daemons = new Map<string, ChildProcess>()

  private constructor(folder: string) {
    this.folder = folder
    this.env = { SLURM_CONF: join(folder, 'etc', 'slurm.conf'), PATH }
  }

  static async start({ config = [], accounts = [] }: SlurmOptions = {}): Promise<SlurmLab> {
    installLab('slurm', ...(accounts.length > 0 ? (['accounting'] as const) : []))
    // slurmstepd has unix sockets below: short names.
    const folder = mkdtempSync(join(tmpdir(), 'hl-'))
    const lab = new SlurmLab(folder)
    try {
      await lab.#start(config, accounts)
      return lab
    } catch (error) {
      const said = ['munged', 'slurmdbd', 'slurmctld', 'node1']
        .map((name) => lab.log(name).slice(-500))
        .join('\n')
      await lab.close()
      throw new Error(`the lab's Slurm does not start: ${(error as Error).message}\n${said}`)
    }
  }

  /** Runs a command of Slurm's; gives what it printed. */
  command(name: string, ...args: string[]): Promise<string> {
    return this.commandAs(process.env, name, ...args)
  }

  /** The same with variables of a user's own. */
  async commandAs(env: NodeJS.ProcessEnv, name: string, ...args: string[]): Promise<string> {
    return (await run(name, args, { env: { ...env, ...this.env } })).stdout
  }

  /** Jobs that have not ended, as `id state`. */
  async jobs(): Promise<string[]> {
    const text = await this.command('squeue', '-h', '-r', '-o', '%i %T')
    return text.split('\n').filter(Boolean)
  }

  /** The node and all that runs on it is gone at once. */
  crashNode(node: NodeName): void {
    // Daemons before jobs: a living slurmstepd would still report its job as failed.
    for (const pid of this.#nodeDaemons(node)) signal(pid, 'SIGKILL')
    for (const pid of this.#jobProcesses(node)) signal(pid, 'SIGKILL')
  }

  /** The node's connections stay open and silent, as when a cable is cut. */
  freezeNode(node: NodeName): void {
    for (const pid of [...this.#nodeDaemons(node), ...this.#jobProcesses(node)]) signal(pid, 'SIGSTOP')
  }

  /** What runs on the node goes on, and Slurm hears of it no more. */
  freezeDaemons(node: NodeName): void {
    for (const pid of this.#nodeDaemons(node)) signal(pid, 'SIGSTOP')
  }

  thawNode(node: NodeName): void {
    for (const pid of [...this.#jobProcesses(node), ...this.#nodeDaemons(node)]) signal(pid, 'SIGCONT')
  }

  startNode(node: NodeName): void {
    this.#spawn(node, join(this.folder, 'spool', node), 'slurmd', this.#daemonArgs(node))
  }

  /** From now on the node, and all that runs on it, has a home of its own; of ours it sees the folder `shared` alone. */
  unshareHome(node: NodeName, home: string, shared: string): void {
    this.crashNode(node)
    const kept = join(this.folder, 'spool', node, 'shared')
    mkdirSync(kept, { recursive: true })
    const script =
      'mount --bind "$2" "$3" && mount -t tmpfs none "$1" && mkdir -p "$2" "$1/tmp" "$1/run" && mount --bind "$3" "$2" && shift 3 && exec "$@"'
    this.#spawn(node, join(this.folder, 'spool', node), 'unshare', [
      ...['-m', 'sh', '-c', script, 'sh', home, shared, kept],
      ...[programPath('slurmd')!, ...this.#daemonArgs(node)],
    ])
  }

  #daemonArgs(node: NodeName): string[] {
    return ['-D', '-N', node, '-f', this.env.SLURM_CONF]
  }

  /** `squeue` and `sbatch` fail or hang until it is back. */
  freezeController(): void {
    this.#daemons.get('slurmctld')?.kill('SIGSTOP')
  }

  thawController(): void {
    this.#daemons.get('slurmctld')?.kill('SIGCONT')
  }

  async crashController(): Promise<void> {
    await end(this.#daemons.get('slurmctld'))
  }

  async startController(): Promise<void> {
    this.#spawn('slurmctld', this.folder, 'slurmctld', ['-D', '-f', this.env.SLURM_CONF])
    await this.#until('the controller', () => run('scontrol', ['ping'], { env: this.env }))
  }

  log(name: string): string {
    try {
      return readFileSync(join(this.folder, 'log', `${name}.out`), 'utf8')
    } catch {
      return ''
    }
  }

  /** What jobs started and what still runs, on any node. */
  jobProcesses(): number[] {
    return this.#jobProcesses()
  }

  async close(): Promise<void> {
    this.thawController()
    for (const node of NODES) this.thawNode(node)
    // The controller first, so that nothing is scheduled anew.
    await this.crashController()
    for (const node of NODES) this.crashNode(node)
    for (const daemon of this.#daemons.values()) await end(daemon)
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  async #start(config: string[], accounts: readonly string[]): Promise<void> {
    const { folder } = this
    for (const name of ['etc', 'run', 'log', 'state', ...NODES.map((node) => `spool/${node}`)])
      mkdirSync(join(folder, name), { recursive: true })
    execFileSync('chmod', ['755', folder])
    execFileSync('chmod', ['700', join(folder, 'state')])
    const [database, slurmdbd, ...ports] = await Promise.all(
      ['database', 'slurmdbd', ...NODES, 'slurmctld'].map(() => freePort()),
    )
    const accounting = accounts.length > 0 ? accountingConf(folder, { database, slurmdbd }) : []
    writeFileSync(this.env.SLURM_CONF, slurmConf(folder, ports, [...accounting, ...config]))
    writeFileSync(join(folder, 'etc', 'gres.conf'), GRES_CONF.replaceAll('@', folder))
    // slurmd 22.05 loads a cgroup plugin even where nothing uses it, and finds none on many machines by itself.
    writeFileSync(join(folder, 'etc', 'cgroup.conf'), 'CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n')
    for (const gpu of [0, 1]) symlinkSync('/dev/null', join(folder, 'etc', `nvidia${gpu}`))
    const key = join(folder, 'etc', 'munge.key')
    writeFileSync(key, crypto.getRandomValues(new Uint8Array(128)), { mode: 0o600 })
    const socket = join(folder, 'run', 'munge.sock')
    this.#spawn('munged', folder, 'munged', [
      ...['--foreground', `--socket=${socket}`, `--key-file=${key}`],
      ...[`--pid-file=${folder}/run/munged.pid`, `--seed-file=${folder}/state/munged.seed`],
    ])
    await this.#until('munged', () => run('munge', ['-S', socket, '-n'], { env: { PATH } }))
    if (accounts.length > 0) await this.#startAccounting(accounts, { database, slurmdbd })
    await this.startController()
    for (const node of NODES) this.startNode(node)
    await this.#until('four idle nodes', async () => {
      const { stdout } = await run('sinfo', ['-h', '-N', '-o', '%N %T'], { env: this.env })
      const idle = new Set(stdout.split('\n').filter((line) => line.trim().endsWith(' idle')))
      if (idle.size < NODES.length) throw new Error(stdout)
    })
  }

  async #startAccounting(accounts: readonly string[], ports: AccountingPorts): Promise<void> {
    const { folder } = this
    await prepareAccounting(folder, ports)
    this.#spawn('database', folder, 'mariadbd', databaseArgs(folder, ports))
    await this.#until('the database', () => listens(ports.database))
    this.#spawn('slurmdbd', folder, 'slurmdbd', ['-D'])
    await this.#until('slurmdbd', () => this.command('sacctmgr', '-n', 'show', 'cluster'))
    const user = userInfo().username
    await this.command('sacctmgr', '-i', 'add', 'cluster', 'lab')
    for (const account of accounts) {
      await this.command('sacctmgr', '-i', 'add', 'account', account, 'cluster=lab')
      await this.command('sacctmgr', '-i', 'add', 'user', user, `account=${account}`, 'cluster=lab')
    }
    await this.command('sacctmgr', '-i', 'modify', 'user', user, 'set', `defaultaccount=${accounts[0]}`)
  }

  #spawn(name: string, cwd: string, program: string, args: string[]): void {
    const log = openSync(join(this.folder, 'log', `${name}.out`), 'a')
    const child = spawn(programPath(program)!, args, {
      ...{ cwd, detached: true, stdio: ['ignore', log, log] },
      env: { PATH, LANG: 'C', SLURM_CONF: this.env.SLURM_CONF },
    })
    closeSync(log)
    this.#daemons.set(name, child)
  }

  async #until(what: string, holds: () => Promise<unknown>): Promise<void> {
    const deadline = performance.now() + START_MS_MAX
    let last: unknown
    while (performance.now() < deadline) {
      for (const [name, { exitCode }] of this.#daemons)
        if (exitCode !== null) throw new Error(`${name} ended with exit code ${exitCode}`)
      try {
        await holds()
        return
      } catch (error) {
        last = error
      }
      await setTimeout(LOOK_MS)
    }
    throw new Error(`${what} did not come up: ${last}`)
  }

  /** slurmd and every slurmstepd of a node: told by the working folder that they share, for slurmstepd hides its name. */
  #nodeDaemons(node: NodeName): number[] {
    const spool = join(this.folder, 'spool', node)
    return processes().filter((pid) => workingFolder(pid) === spool)
  }

  /** What jobs started: told by two variables that Slurm sets in every job. */
  #jobProcesses(node?: NodeName): number[] {
    const conf = `SLURM_CONF=${this.env.SLURM_CONF}`
    return processes().filter((pid) => {
      const variables = environmentOf(pid)
      const where = variables.find((one) => one.startsWith('SLURMD_NODENAME='))
      return where !== undefined && variables.includes(conf) && (!node || where.endsWith(`=${node}`))
    })
  }
}

const processes = (): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return []
  }
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It is gone.
  }
}

/** Resolves when a server of this machine takes connections. */
const listens = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
  })

// `heddle ssh up|down|list`: clusters on machines that the system's ssh reaches.

import { linkText } from '../remote/linkText.ts'
import { supplyFromFolder, supplyFromNpm } from '../remote/npmSupply.ts'
import {
  clustersOn,
  joinSshCluster,
  type SshCluster,
  type SshClusterOptions,
  startSshCluster,
} from '../remote/sshCluster.ts'
import { parseCommandLine } from './commandLine.ts'
import { EXIT } from './exitCodes.ts'
import { UsageError } from './usageError.ts'

const OPTIONS = {
  workers: { type: 'string' },
  threads: { type: 'string' },
  'memory-limit': { type: 'string' },
  folder: { type: 'string' },
  node: { type: 'string' },
  'fetch-node': { type: 'boolean' },
  bundle: { type: 'string' },
  config: { type: 'string' },
  cluster: { type: 'string' },
  new: { type: 'boolean' },
} as const

type Values = ReturnType<typeof read>['values']

const read = (args: readonly string[]) => parseCommandLine(args, OPTIONS, true)

export async function sshCommand(args: readonly string[]): Promise<number> {
  const [action, ...rest] = args
  // An editor's: it has a host for every question.
  if (action === 'desk') return (await import('./sshDesk.ts')).sshDesk()
  const { values, positionals } = read(rest)
  if (action === 'up') return up(positionals, values)
  if (action === 'down') return down(positionals, values)
  if (action === 'list') return list(positionals, values)
  throw new UsageError(
    `heddle ssh takes up, down or list${action === undefined ? '' : `, not ${JSON.stringify(action)}`}`,
  )
}

const say = (text: string): void => void process.stderr.write(`heddle: ${text}\n`)

async function up(hosts: readonly string[], values: Values): Promise<number> {
  if (hosts.length === 0) throw new UsageError("say which hosts, the scheduler's first: heddle ssh up HOST…")
  const options = optionsOf(values)
  const joined = values.new ? undefined : await joinSshCluster(hosts[0], values.cluster, options)
  if (!joined && values.cluster !== undefined)
    throw new UsageError(`no cluster ${JSON.stringify(values.cluster)} of yours runs on ${hosts[0]}`)
  const cluster = joined ?? (await startSshCluster({ ...options, hosts }))
  // Listened for before anybody is told of it.
  const left = untilSignal(cluster)
  process.stderr.write(
    `heddle cluster ${cluster.remote.id} ${joined ? 'was found' : 'is running'} on ${hosts.join(', ')}\n` +
      `  dashboard    ${cluster.address.dashboardUrl}\n` +
      `  use it       heddle run FILE --connect ${cluster.file}\n` +
      '  leave it     Ctrl-C; it goes on, and `heddle ssh up` with the same host finds it again\n' +
      `  end it       heddle ssh down ${hosts[0]}\n`,
  )
  await left
  return EXIT.ok
}

/** Ctrl-C leaves the cluster; `heddle stop` ends it. */
function untilSignal(cluster: SshCluster): Promise<void> {
  // Nothing else may keep this process: the near ends of sockets do not.
  const stay = setInterval(() => {}, 1 << 30)
  return new Promise((resolve, reject) => {
    const leave = (end: () => Promise<void>): void => {
      clearInterval(stay)
      end().then(resolve, reject)
    }
    for (const signal of ['SIGINT', 'SIGHUP'] as const) process.once(signal, () => leave(cluster.close))
    process.once('SIGTERM', () => leave(cluster.stop))
  })
}

async function down(hosts: readonly string[], values: Values): Promise<number> {
  if (hosts.length !== 1) throw new UsageError('say which host: heddle ssh down HOST')
  const cluster = await joinSshCluster(hosts[0], values.cluster, optionsOf(values))
  if (!cluster) {
    say(`no cluster of yours runs on ${hosts[0]}`)
    return EXIT.ok
  }
  await cluster.stop()
  say(`cluster ${cluster.remote.id} on ${hosts[0]} has ended`)
  return EXIT.ok
}

async function list(hosts: readonly string[], values: Values): Promise<number> {
  if (hosts.length === 0) throw new UsageError('say which hosts: heddle ssh list HOST…')
  for (const host of hosts) {
    const found = await clustersOn(host, optionsOf(values))
    if (found.length === 0) process.stdout.write(`${host}: no cluster of yours\n`)
    for (const { id, version, pid } of found)
      process.stdout.write(`${host}: cluster ${id}, heddle ${version}, process ${pid}\n`)
  }
  return EXIT.ok
}

function optionsOf(values: Values): Omit<SshClusterOptions, 'hosts'> {
  const { workers, threads, folder, node, bundle, config, 'memory-limit': memoryLimit } = values
  const supply =
    bundle !== undefined ? supplyFromFolder(bundle) : values['fetch-node'] ? supplyFromNpm(say) : undefined
  return {
    owned: false,
    interactive: process.stdin.isTTY === true,
    notice: say,
    onLink: (host, state) => {
      const text = linkText(host, state)
      if (text !== undefined) say(text)
    },
    ...(workers !== undefined && { workers: count('--workers', workers) }),
    ...(threads !== undefined && { threadsPerWorker: count('--threads', threads) }),
    ...(memoryLimit !== undefined && { memoryLimit }),
    ...(folder !== undefined && { folder }),
    ...(node !== undefined && { nodePath: node }),
    ...(config !== undefined && { configFile: config }),
    ...(supply && { supply }),
  }
}

function count(option: string, given: string): number {
  if (!/^\d{1,4}$/.test(given) || Number(given) < 1)
    throw new UsageError(`${option} must be a whole number ≥ 1, not ${JSON.stringify(given)}`)
  return Number(given)
}

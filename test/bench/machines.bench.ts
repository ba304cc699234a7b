// Clusters that a real ssh and a real Slurm bring up, on this machine's loopback: cold and warm, jobs, clicks, and what idle ones cost.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Attachment } from '../../client/cluster/attachment.ts'
import { applyFeed, noClusterModel } from '../../client/cluster/clusterModel.ts'
import { FeedConnection } from '../../client/connection/feedConnection.ts'
import type { RunEventMessage } from '../../client/runs/runsModel.ts'
import type { ClusterAddress } from '../../runtime/protocol/cluster.ts'
import { FEED_MESSAGES } from '../../runtime/protocol/feed.ts'
import { decodeFrame } from '../../runtime/protocol/frame.ts'
import { NODE_PACKAGES } from '../../runtime/protocol/nodePackages.ts'
import { HEDDLE_VERSION } from '../../runtime/protocol/version.ts'
import { openSshHost, type SshHost } from '../../runtime/remote/sshCluster.ts'
import { openLoginNode } from '../../runtime/slurm/loginNode.ts'
import {
  endSlurmCluster,
  planCluster,
  type SlurmCluster,
  startSlurmCluster,
} from '../../runtime/slurm/slurmCluster.ts'
import { Shell } from '../host/schedulerKit.ts'
import { workerHello } from '../host/workerHello.ts'
import { packNode } from '../kit/nodeRegistry.ts'
import { SlurmLab } from '../slurmLab/slurmController.ts'
import { SshServer } from '../slurmLab/sshServer.ts'
import { isAsked } from './asked.ts'
import type { Figure } from './figure.ts'

const bench = 'machines'
const CLICKS = 7
const IDLE_MS = 20_000
const CONNECTIONS = 100

export async function figures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hm-'))
  const before = process.env.XDG_RUNTIME_DIR
  process.env.XDG_RUNTIME_DIR = join(folder, 'r')
  mkdirSync(process.env.XDG_RUNTIME_DIR, { mode: 0o700 })
  try {
    return [
      ...(isAsked('ssh') ? await sshFigures(folder) : []),
      ...(isAsked('slurm') ? await slurmFigures() : []),
      ...(isAsked('connections') ? await connectionFigures() : []),
    ]
  } finally {
    if (before === undefined) delete process.env.XDG_RUNTIME_DIR
    else process.env.XDG_RUNTIME_DIR = before
    rmSync(folder, { recursive: true, force: true })
  }
}

const inSeconds = (figure: string, ms: number): Figure => ({ bench, figure, unit: 's', value: ms / 1000 })
const inMs = (figure: string, value: number): Figure => ({ bench, figure, unit: 'ms', value })

async function timed<T>(work: () => Promise<T>): Promise<[ms: number, value: T]> {
  const begun = performance.now()
  const value = await work()
  return [performance.now() - begun, value]
}

/** A host that has nothing, not even a Node. */
async function sshFigures(folder: string): Promise<Figure[]> {
  const server = await SshServer.start()
  const node = packNode(folder)
  const options = {
    ...{ configFile: server.configFile, owned: false, threadsPerWorker: 2, memoryLimit: '1GB' },
    supply: {
      node: async () => ({ file: node, version: NODE_PACKAGES['linux-x64'].version }),
      package: async (name: string) => Promise.reject(new Error(`${name} is not here`)),
    },
  }
  try {
    const [coldMs, { host, cluster }] = await timed(async () => {
      const host = await openSshHost('lab', options)
      const cluster = await host.start()
      await workersOf(cluster.address, 1)
      return { host, cluster }
    })
    const [warmMs, { again, joined }] = await timed(async () => {
      const again = await openSshHost('lab', options)
      return { again, joined: await again.join(cluster.remote.id) }
    })
    await joined?.close()
    again.close()
    const clicks = await clicksOf(folder, cluster.address, cluster.remote, host)
    await cluster.stop()
    host.close()
    return [
      inSeconds('ssh, cold: a host without Node, to its first worker', coldMs),
      inSeconds('ssh, warm: connected to the cluster there', warmMs),
      ...clicks,
    ]
  } finally {
    await server.close()
  }
}

/** Clicks through ssh, beside the same cluster reached without it. */
async function clicksOf(
  folder: string,
  near: ClusterAddress,
  far: ClusterAddress,
  host: SshHost,
): Promise<Figure[]> {
  const trips: number[] = []
  for (let trip = 0; trip < 20; trip++) trips.push((await timed(() => host.clusters()))[0])
  const through = await clickMs(folder, near, host)
  const beside = await clickMs(folder, far, undefined)
  return [
    inMs('ssh: a round trip of the link', median(trips)),
    inMs('ssh: click to result, through the link', through),
    inMs('ssh: click to result, the same cluster without ssh', beside),
  ]
}

async function clickMs(folder: string, address: ClusterAddress, host: SshHost | undefined): Promise<number> {
  let heard: (message: RunEventMessage) => void = () => {}
  const attachment = await Attachment.open(
    {
      ...{ kind: 'ssh', name: 'lab', address, note: { kind: 'ssh', host: 'lab', id: address.id } },
      ...(host && {
        mirror: async (run) => {
          const mirror = await host.mirror(run)
          return mirror === undefined ? {} : { mirror }
        },
      }),
      leave: () => {},
    },
    HEDDLE_VERSION,
    { runEvent: (message) => heard(message), log: () => {}, lost: () => {} },
  )
  const shown: number[] = []
  const file = join(folder, 'analysis.ts')
  for (let click = 0; click <= CLICKS; click++) {
    const text = `import { bag } from 'heddle'\nawait bag.range(100).map((n: number) => n + ${click}).sum().compute()\n`
    writeFileSync(file, text)
    // As a person reads the result and moves on.
    await pause(2500)
    const over = Promise.withResolvers<void>()
    const clickedMs = performance.now()
    heard = ({ event }) => {
      if (event.kind === 'result') shown[click] = performance.now() - clickedMs
      if (event.kind === 'ended') over.resolve()
    }
    const expression = { start: text.indexOf('await'), end: text.length - 1, label: 'sum' }
    await attachment.run({ file, cwd: folder, expression })
    await over.promise
  }
  attachment.leave()
  return median(shown.slice(1))
}

async function slurmFigures(): Promise<Figure[]> {
  const lab = await SlurmLab.start({
    config: ['PartitionName=all Nodes=node[1-4] DefaultTime=10 MaxTime=60 State=UP'],
  })
  const server = await SshServer.start({ env: { SLURM_CONF: lab.env.SLURM_CONF } })
  const profile = {
    ...{ cores: 1, memory: '300MB', partition: 'all', scheduler: 'login' as const },
    ...{ host: server.host, configFile: server.configFile, nodePath: process.execPath },
    folder: join(lab.folder, 'shared'),
  }
  /** Connects, starts so many jobs, and waits until each has a worker. */
  const start = async (jobs: number, hold: (cluster: SlurmCluster) => Promise<void>): Promise<number> => {
    const begun = performance.now()
    const login = await openLoginNode(profile)
    const setup = await planCluster(profile, login, { jobs })
    const cluster = await startSlurmCluster(login, setup)
    await workersOf(cluster.address, jobs)
    const ms = performance.now() - begun
    await hold(cluster)
    await endSlurmCluster(login, { setup }, false)
    // The way there goes with it.
    cluster.close()
    return ms
  }
  try {
    // What is brought once is there afterwards.
    await start(1, async () => {})
    let idle = Number.NaN
    const four = await start(4, async () => {
      idle = await idlePercent(server)
    })
    const sixteen = await start(16, async () => {})
    return [
      inSeconds('slurm, warm: connected and 4 workers ready', four),
      inSeconds('slurm, warm: connected and 16 jobs joined', sixteen),
      { bench, figure: 'slurm: idle agent and scheduler', unit: '% of a core', value: idle },
    ]
  } finally {
    await server.close()
    await lab.close()
  }
}

/** A scheduler's connections and those who connect, in this one process. */
async function connectionFigures(): Promise<Figure[]> {
  await using shell = await new Shell().listen()
  const [ms] = await timed(async () => {
    for (let number = 0; number < CONNECTIONS; number++) shell.worker().send(workerHello(`w${number}`))
    await shell.workersAre(CONNECTIONS)
  })
  return [inSeconds(`${CONNECTIONS} workers' connections in one process`, ms)]
}

/** Resolves when so many workers are there. */
function workersOf(address: ClusterAddress, count: number): Promise<void> {
  const model = noClusterModel()
  return new Promise((resolve, reject) => {
    const feed = new FeedConnection(address, 'workers', {
      frame(frame) {
        applyFeed(model, decodeFrame(FEED_MESSAGES, frame))
        if (model.workers.size < count) return
        feed.close()
        resolve()
      },
      closed: () => reject(new Error('the cluster ended')),
    })
  })
}

/** What agent and scheduler of a host use while nothing happens. */
async function idlePercent(server: SshServer): Promise<number> {
  await pause(5000)
  const ticks = (): number => {
    let sum = 0
    for (const pid of server.processes()) {
      const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      if (!/^heddle (agent|scheduler)/.test(title)) continue
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
      sum += Number(fields[11]) + Number(fields[12])
    }
    return sum
  }
  const before = ticks()
  await pause(IDLE_MS)
  // A tick is 10 ms.
  return ((ticks() - before) * 10 * 100) / IDLE_MS
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]

// A cluster whose workers are jobs of Slurm: started, found again, and ended, from wherever its login node can be reached.

import { setTimeout } from 'node:timers/promises'
import type { AdaptOptions } from '../cluster/adapt.ts'
import { settingArguments } from '../cluster/schedulerSettings.ts'
import { newClusterId } from '../host/runFolder.ts'
import type { ClusterAddress } from '../protocol/cluster.ts'
import {
  type FoundSlurmCluster,
  foldersOf,
  readAddress,
  readFolders,
  readTail,
  removeFolder,
  writeSchedulerJob,
  writeSetup,
} from './clusterFolder.ts'
import {
  addressFileOf,
  jobNamesOf,
  logFileOf,
  MAIN_POOL,
  schedulerKind,
  schedulerScript,
  workerScript,
} from './jobScript.ts'
import { endText, neverStarts, phaseOf, phaseText, reasonText } from './jobStates.ts'
import type { LoginNode } from './loginNode.ts'
import { openNearEnd } from './nearEnd.ts'
import { siteTrouble } from './siteTrouble.ts'
import { SlurmCommands, SlurmError } from './slurmCommands.ts'
import type { SlurmProfile } from './slurmProfile.ts'
import type { SlurmSetup } from './slurmSetup.ts'

export interface SlurmStart {
  /** Jobs to begin with; 0 by default, so that it can follow its load from nothing. */
  jobs?: number
  adapt?: AdaptOptions
  /** Whether it ends with the program that starts it. */
  owned?: boolean
  notice?: (text: string) => void
}

export interface SlurmCluster {
  id: string
  /** The path of its `cluster.json` on this machine. */
  file: string
  address: ClusterAddress
  /** Whether the way there ends with this process. */
  isLinked: boolean
  /** Leaves the cluster, which goes on. */
  close(): void
}

/** The scheduler's job did not come up. */
export class SchedulerJobError extends Error {
  override name = 'SchedulerJobError'
}

const LOOK_MS = 200
/** A shared file system may show a file so late. */
const SEEN_MS_MAX = 20_000

/** What a new cluster of a profile is to be, before anything is submitted: Node is brought for all kinds of its machines. */
export async function planCluster(
  profile: SlurmProfile,
  login: LoginNode,
  start: SlurmStart = {},
): Promise<SlurmSetup> {
  const nodes = await login.otherNodes(profile)
  const id = newClusterId()
  const folder = `${foldersOf(profile, login.home)}/${id}`
  const logFolder = profile.logFolder?.replace(/^~(?=\/|$)/, login.home) ?? `${folder}/logs`
  const { node, runtime } = login
  return {
    ...{ profile, sinceMs: Date.now(), jobs: start.jobs ?? 0 },
    place: { id, folder, logFolder, node, runtime, ...(Object.keys(nodes).length > 0 && { nodes }) },
    ...(start.adapt && { adapt: start.adapt }),
    ...(start.owned && { owned: true }),
  }
}

/** The scripts that Slurm would get, for whoever wants to see them first. */
export function scriptsOf(setup: SlurmSetup): { name: string; script: string }[] {
  const { profile, place, jobs } = setup
  const pools = [MAIN_POOL, ...Object.keys(profile.pools ?? {})]
  return [
    ...(schedulerKind(profile) === 'job'
      ? [{ name: 'scheduler', script: schedulerScript(profile, place, schedulerArgs(setup)) }]
      : []),
    ...pools.map((pool) => ({
      name: pool,
      script: workerScript(profile, pool, place, pool === MAIN_POOL ? Math.max(1, jobs) : 1),
    })),
  ]
}

/**
 * @throws {SlurmError} when Slurm refuses what is asked of it
 * @throws {ClusterFolderError} {@link SchedulerJobError}
 * @param signal gives the start up: nothing of it is left then
 */
export async function startSlurmCluster(
  login: LoginNode,
  setup: SlurmSetup,
  notice: (text: string) => void = () => {},
  signal?: AbortSignal,
): Promise<SlurmCluster> {
  const { profile, place } = setup
  const slurm = new SlurmCommands(login.run)
  // What would be refused is refused before anything is there.
  const estimateMs = await slurm.estimate(workerScript(profile, MAIN_POOL, place, 1))
  if (estimateMs !== undefined && estimateMs > Date.now() + 60_000)
    notice(`Slurm expects to start jobs of this kind about ${new Date(estimateMs).toLocaleString()}`)
  signal?.throwIfAborted()
  await writeSetup(login, setup)
  try {
    if (schedulerKind(profile) === 'login')
      await login.call('startScheduler', {
        ...{ runtime: place.runtime, args: schedulerArgs(setup), owned: false },
        logFolder: place.logFolder,
      })
    else {
      const [job] = await slurm.submit(schedulerScript(profile, place, schedulerArgs(setup)))
      await writeSchedulerJob(login, place.folder, job)
      await schedulerUp(login, slurm, setup, job, notice, signal)
    }
    signal?.throwIfAborted()
    return await joinSlurmCluster(login, setup)
  } catch (error) {
    await endSlurmCluster(login, { setup }, false).catch(() => {})
    throw error
  }
}

/** Opens the way to a cluster that runs. @throws {SchedulerJobError} when its scheduler is gone */
export async function joinSlurmCluster(login: LoginNode, setup: SlurmSetup): Promise<SlurmCluster> {
  const { id, folder } = setup.place
  const remote = await readAddress(login, folder)
  if (!remote)
    throw new SchedulerJobError(
      `cluster ${id} has no scheduler any more: \`heddle slurm down\` clears away what is left of it`,
    )
  if (login.isHere && schedulerKind(setup.profile) === 'login')
    return { id, file: addressFileOf(folder), address: remote, isLinked: false, close: () => login.close() }
  const { gateway, address, file } = await openNearEnd(remote, login.dial)
  const close = (): void => {
    gateway.close()
    login.close()
  }
  return { id, file, address, isLinked: true, close }
}

/** Clusters of a profile that have a folder on the login node, the youngest last. */
export const slurmClusters = (login: LoginNode, profile: SlurmProfile): Promise<FoundSlurmCluster[]> =>
  readFolders(login, foldersOf(profile, login.home))

const GONE_MS_MAX = 60_000

/** Ends scheduler and jobs, whatever is left of them; resolves when Slurm has none and the folder is gone. */
export async function endSlurmCluster(
  login: LoginNode,
  { setup, schedulerJob }: FoundSlurmCluster,
  keepLogs: boolean,
): Promise<void> {
  const { profile, place } = setup
  const slurm = new SlurmCommands(login.run)
  // The scheduler first: it would submit new jobs for those that end.
  if (schedulerKind(profile) === 'login') await login.call('stopCluster', { id: place.id })
  else if (schedulerJob !== undefined) await slurm.cancel([schedulerJob])
  const names = jobNamesOf(profile, place.id)
  const deadline = performance.now() + GONE_MS_MAX
  const cancelled = new Set<string>()
  for (;;) {
    const rows = (await slurm.jobs(names)).filter((row) => phaseOf(row).kind !== 'ended')
    if (rows.length === 0) break
    if (performance.now() > deadline)
      throw new SlurmError(
        'scancel',
        `jobs ${rows.map(({ id }) => id).join(', ')} do not end: look with squeue, and try \`heddle slurm down\` again`,
        true,
      )
    const left = rows.map(({ id }) => id).filter((id) => !cancelled.has(id))
    if (left.length > 0) await slurm.cancel(left)
    for (const id of left) cancelled.add(id)
    await setTimeout(LOOK_MS)
  }
  await removeFolder(login, place.folder, keepLogs)
}

async function schedulerUp(
  login: LoginNode,
  slurm: SlurmCommands,
  { profile, place }: SlurmSetup,
  job: string,
  notice: (text: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const names = jobNamesOf(profile, place.id)
  let told = ''
  let runningSince: number | undefined
  for (;;) {
    signal?.throwIfAborted()
    if (await readAddress(login, place.folder)) return
    const row = (await slurm.jobs(names)).find(({ id }) => id === job)
    const phase = row && phaseOf(row)
    if (phase?.kind === 'pending') {
      if (neverStarts(phase.reason))
        throw new SchedulerJobError(
          `the scheduler's job ${job} cannot start as it is: ${reasonText(phase.reason)}`,
        )
      const text = `the scheduler's job ${job} is ${phaseText(phase, Date.now())}`
      if (text !== told && phase.reason !== '') notice(text)
      told = text
    }
    if (phase?.kind === 'running') runningSince ??= performance.now()
    const late = runningSince !== undefined && performance.now() - runningSince > SEEN_MS_MAX
    if (phase?.kind === 'ended' || late) {
      const said = (await readTail(login, logFileOf(place.logFolder, job), 5)).trim()
      const details = await slurm.job(job).catch(() => undefined)
      const trouble = details && siteTrouble(details, place)
      if (trouble !== undefined)
        throw new SchedulerJobError(
          `the scheduler's job ${job} failed: ${said.split('\n').at(-1) || trouble}`,
        )
      const what = phase?.kind === 'ended' ? endText(phase.how, phase.reason, phase.nodes) : 'runs'
      throw new SchedulerJobError(
        `the scheduler's job ${job} ${what} and did not say where it is${said ? `: ${said}` : ''}`,
      )
    }
    await setTimeout(LOOK_MS)
  }
}

function schedulerArgs({ profile, place }: SlurmSetup): string[] {
  return [
    ...['--port', '0', '--network', '--id', place.id, '--slurm', place.folder],
    ...(profile.interface === undefined ? [] : ['--interface', profile.interface]),
    ...settingArguments(profile.schedulerSettings ?? {}),
  ]
}

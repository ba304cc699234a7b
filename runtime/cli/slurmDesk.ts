// `heddle slurm desk`: what an editor does with one profile, a line of JSON for each question. It ends with its input; clusters do not.

import type { SlurmDeskCalls, SlurmReached } from '../protocol/slurmDesk.ts'
import { checkProfile } from '../slurm/checkProfile.ts'
import { MAIN_POOL, workerScript } from '../slurm/jobScript.ts'
import { type LoginNode, openLoginNode } from '../slurm/loginNode.ts'
import { choicesOf } from '../slurm/profileChoices.ts'
import {
  endSlurmCluster,
  joinSlurmCluster,
  planCluster,
  type SlurmCluster,
  scriptsOf,
  slurmClusters,
  startSlurmCluster,
} from '../slurm/slurmCluster.ts'
import { SlurmCommands, SlurmError } from '../slurm/slurmCommands.ts'
import type { SlurmProfile } from '../slurm/slurmProfile.ts'
import type { SlurmSetup } from '../slurm/slurmSetup.ts'
import { type DeskPerson, type DeskWork, serveDesk } from './desk.ts'

/** Where a profile stands in an editor's settings: errors name its fields so. */
const SETTING = 'heddle.slurm.profiles'

export const slurmDesk = (): Promise<number> => serveDesk<SlurmDeskCalls>((person) => new SlurmDesk(person))

class SlurmDesk implements DeskWork<SlurmDeskCalls> {
  readonly #person: DeskPerson
  #login: LoginNode | undefined
  #profile: SlurmProfile | undefined
  #planned: SlurmSetup | undefined
  #starting: AbortController | undefined
  #going: Promise<unknown> = Promise.resolve()
  #reached: SlurmCluster | undefined

  constructor(person: DeskPerson) {
    this.#person = person
  }

  stop(): void {
    this.#starting?.abort()
  }

  /** What was begun and is not there yet is given up; clusters that run go on. */
  async close(): Promise<void> {
    this.#starting?.abort()
    await this.#going
    this.#reached?.close()
    this.#login?.close()
  }

  readonly handlers: DeskWork<SlurmDeskCalls>['handlers'] = {
    open: async ({ name, profile, draft }) => {
      this.#profile = draft ? (profile as SlurmProfile) : checkProfile(profile, `${SETTING}.${name}`)
      this.#login = await openLoginNode(this.#profile, this.#person)
      return { host: this.#login.name, isHere: this.#login.isHere }
    },
    plan: async ({ jobs }) => {
      const { profile, login } = this.#opened()
      const setup = await planCluster(profile, login, { jobs })
      this.#planned = setup
      const plan = { id: setup.place.id, scripts: scriptsOf(setup) }
      try {
        const script = workerScript(profile, MAIN_POOL, setup.place, 1)
        const startMs = await new SlurmCommands(login.run).estimate(script)
        return { ...plan, ...(startMs !== undefined && { startMs }) }
      } catch (error) {
        if (!(error instanceof SlurmError)) throw error
        return { ...plan, refused: error.message }
      }
    },
    up: async () => {
      const { login } = this.#opened()
      if (!this.#planned) throw new Error('nothing was planned')
      const starting = new AbortController()
      this.#starting = starting
      try {
        const going = startSlurmCluster(login, this.#planned, this.#person.notice, starting.signal)
        this.#going = going.catch(() => {})
        return this.#reach(await going)
      } finally {
        this.#starting = undefined
      }
    },
    clusters: async () => {
      const { profile, login } = this.#opened()
      const found = await slurmClusters(login, profile)
      return found.map(({ setup }) => ({ id: setup.place.id, sinceMs: setup.sinceMs }))
    },
    join: async ({ id }) => {
      const { login } = this.#opened()
      return this.#reach(await joinSlurmCluster(login, (await this.#found(id)).setup))
    },
    down: async ({ id, keepLogs }) => {
      const { login } = this.#opened()
      await endSlurmCluster(login, await this.#found(id), keepLogs === true)
      return { ended: id }
    },
    mirror: async (run) => {
      const mirror = await this.#opened().login.mirror(run)
      return mirror === undefined ? {} : { mirror }
    },
    choices: async () => choicesOf(new SlurmCommands(this.#opened().login.run)),
  }

  #opened(): { profile: SlurmProfile; login: LoginNode } {
    if (!this.#profile || !this.#login) throw new Error('the desk is not open')
    return { profile: this.#profile, login: this.#login }
  }

  async #found(id: string) {
    const { profile, login } = this.#opened()
    const found = (await slurmClusters(login, profile)).find(({ setup }) => setup.place.id === id)
    if (!found) throw new Error(`cluster ${id} is not on ${login.name} any more`)
    return found
  }

  #reach(cluster: SlurmCluster): SlurmReached {
    this.#reached = cluster
    return { address: cluster.address }
  }
}

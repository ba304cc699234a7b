// `heddle slurm desk`: what an editor does with one profile, a line of JSON for each question. It ends with its input; clusters do not.

import { createInterface } from 'node:readline'
import type {
  FromSlurmDesk,
  SlurmDeskCalls,
  SlurmDeskName,
  SlurmReached,
  ToSlurmDesk,
} from '../protocol/slurmDesk.ts'
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
import { EXIT } from './exitCodes.ts'

/** Where a profile stands in an editor's settings: errors name its fields so. */
const SETTING = 'heddle.slurm.profiles'

type Handlers = {
  [K in SlurmDeskName]: (params: SlurmDeskCalls[K]['params']) => Promise<SlurmDeskCalls[K]['answer']>
}

export async function slurmDesk(
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stdout,
): Promise<number> {
  const desk = new SlurmDesk((line) => void output.write(`${JSON.stringify(line)}\n`))
  output.on('error', () => {}) // Who asked is gone; the input ends too.
  for await (const line of createInterface({ input })) desk.heard(JSON.parse(line) as ToSlurmDesk)
  await desk.close()
  return EXIT.ok
}

class SlurmDesk {
  readonly #say: (line: FromSlurmDesk) => void
  readonly #questions = new Map<number, (text: string | undefined) => void>()
  #question = 0
  #login: LoginNode | undefined
  #profile: SlurmProfile | undefined
  #planned: SlurmSetup | undefined
  #starting: AbortController | undefined
  #going: Promise<unknown> = Promise.resolve()
  #reached: SlurmCluster | undefined

  constructor(say: (line: FromSlurmDesk) => void) {
    this.#say = say
  }

  heard(line: ToSlurmDesk): void {
    if (line.kind === 'stop') this.#starting?.abort()
    else if (line.kind === 'reply') {
      this.#questions.get(line.question)?.(line.text)
      this.#questions.delete(line.question)
    } else void this.#answer(line)
  }

  /** What was begun and is not there yet is given up; clusters that run go on. */
  async close(): Promise<void> {
    this.#starting?.abort()
    await this.#going
    this.#reached?.close()
    this.#login?.close()
  }

  async #answer({ id, what, params }: Extract<ToSlurmDesk, { kind: 'ask' }>): Promise<void> {
    try {
      const handler = this.#handlers[what] as (params: unknown) => Promise<unknown>
      this.#say({ kind: 'answer', id, value: await handler(params) })
    } catch (error) {
      this.#say({ kind: 'failed', id, text: (error as Error).message })
    }
  }

  readonly #handlers: Handlers = {
    open: async ({ name, profile, draft }) => {
      this.#profile = draft ? (profile as SlurmProfile) : checkProfile(profile, `${SETTING}.${name}`)
      this.#login = await openLoginNode(this.#profile, {
        notice: (text) => this.#say({ kind: 'notice', text }),
        ask: ({ prompt, secret, kind }) => this.#ask(prompt, secret, kind === 'confirm'),
      })
      return { host: this.#login.name, isHere: this.#login.isHere }
    },
    plan: async ({ jobs }) => {
      const { profile, login } = this.#opened()
      const setup = planCluster(profile, login, { jobs })
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
        const notice = (text: string): void => this.#say({ kind: 'notice', text })
        const going = startSlurmCluster(login, this.#planned, notice, starting.signal)
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

  #ask(prompt: string, secret: boolean, confirm: boolean): Promise<string | undefined> {
    const question = ++this.#question
    this.#say({ kind: 'question', question, prompt, secret, confirm })
    return new Promise((resolve) => this.#questions.set(question, resolve))
  }
}

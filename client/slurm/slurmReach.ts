// Reaches clusters of a profile through a desk of its own, as clusters that the window can attach to.

import type * as vscode from 'vscode'
import type { SlurmDeskCalls, SlurmReached } from '../../runtime/protocol/slurmDesk.ts'
import type { AttachNote, FoundCluster } from '../cluster/foundCluster.ts'
import { askPerson } from '../desk/askPerson.ts'
import { Desk, DeskError } from '../desk/desk.ts'
import { readProfiles } from './profiles.ts'

export type SlurmDesk = Desk<SlurmDeskCalls>

export class SlurmReach {
  readonly #programs: () => Promise<{ node: string; runtime: string }>
  readonly #log: vscode.LogOutputChannel

  constructor(programs: () => Promise<{ node: string; runtime: string }>, log: vscode.LogOutputChannel) {
    this.#programs = programs
    this.#log = log
  }

  /** @throws {DeskError} naming the profile and what is wrong with it, or why its login node is not reached */
  async open(name: string, notice?: (text: string) => void): Promise<SlurmDesk> {
    const profile = readProfiles().get(name)
    if (!profile) throw new DeskError(`there is no profile ${name} in the setting heddle.slurm.profiles`)
    return await this.openDraft({ name, profile }, notice)
  }

  /** The same for a profile that is still being written. */
  async openDraft(
    params: { name: string; profile: Record<string, unknown>; draft?: boolean },
    notice: (text: string) => void = () => {},
  ): Promise<SlurmDesk> {
    const desk = new Desk<SlurmDeskCalls>('slurm', await this.#programs(), {
      notice: (text) => {
        this.#log.info(`${params.name}: ${text}`)
        notice(text)
      },
      ask: askPerson,
    })
    try {
      await desk.ask('open', params)
      return desk
    } catch (error) {
      desk.close()
      throw error
    }
  }

  found(name: string, desk: SlurmDesk, { address }: SlurmReached): FoundCluster {
    const { id } = address
    return {
      ...{ kind: 'slurm', name, address },
      note: { kind: 'slurm', profile: name, id },
      mirror: (run) => desk.ask('mirror', run),
      down: async () => {
        await desk.ask('down', { id })
      },
      leave: () => desk.close(),
    }
  }

  /** The cluster that a window noted, if it still runs. */
  async findAgain(note: Extract<AttachNote, { kind: 'slurm' }>): Promise<FoundCluster | undefined> {
    const desk = await this.open(note.profile)
    try {
      return this.found(note.profile, desk, await desk.ask('join', { id: note.id }))
    } catch (error) {
      desk.close()
      this.#log.info(`${note.profile}: ${(error as Error).message}`)
      return undefined
    }
  }
}

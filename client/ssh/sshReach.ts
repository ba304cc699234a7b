// Reaches clusters on a host of ssh through a desk of its own, as clusters that the window can attach to.

import type * as vscode from 'vscode'
import type { ClusterAddress } from '../../runtime/protocol/cluster.ts'
import type { SshDeskCalls } from '../../runtime/protocol/sshDesk.ts'
import type { AttachNote, FoundCluster } from '../cluster/foundCluster.ts'
import { askPerson } from '../desk/askPerson.ts'
import { Desk } from '../desk/desk.ts'
import { readHostSettings } from './hostSettings.ts'
import { configFile } from './sshHosts.ts'

export type SshDesk = Desk<SshDeskCalls>

export class SshReach {
  readonly #programs: () => Promise<{ node: string; runtime: string }>
  readonly #log: vscode.LogOutputChannel

  constructor(programs: () => Promise<{ node: string; runtime: string }>, log: vscode.LogOutputChannel) {
    this.#programs = programs
    this.#log = log
  }

  /** @throws {DeskError} naming why the host is not reached, and the way out */
  async open(
    host: string,
    notice: (text: string) => void = () => {},
  ): Promise<{ desk: SshDesk; clusters: SshDeskCalls['open']['answer']['clusters'] }> {
    const desk: SshDesk = new Desk('ssh', await this.#programs(), {
      notice: (text) => {
        this.#log.info(`${host}: ${text}`)
        notice(text)
      },
      ask: askPerson,
    })
    const file = configFile()
    try {
      const { clusters } = await desk.ask('open', {
        host,
        settings: readHostSettings(host),
        ...(file !== undefined && { configFile: file }),
      })
      return { desk, clusters }
    } catch (error) {
      desk.close()
      throw error
    }
  }

  found(host: string, desk: SshDesk, address: ClusterAddress): FoundCluster {
    return {
      ...{ kind: 'ssh', name: host, address },
      note: { kind: 'ssh', host, id: address.id },
      mirror: (run) => desk.ask('mirror', run),
      down: async () => {
        await desk.ask('down', {})
      },
      leave: () => desk.close(),
    }
  }

  /** The cluster that a window noted, if it still runs. */
  async findAgain({ host, id }: Extract<AttachNote, { kind: 'ssh' }>): Promise<FoundCluster | undefined> {
    const { desk } = await this.open(host)
    const { address } = await desk.ask('join', { id })
    if (address) return this.found(host, desk, address)
    desk.close()
    return undefined
  }
}

// `heddle ssh desk`: what an editor does with one host that ssh reaches, a line of JSON for each question. It ends with its input; clusters do not.

import type { SshDeskCalls } from '../protocol/sshDesk.ts'
import { checkHostSettings } from '../remote/hostSettings.ts'
import { linkText } from '../remote/linkText.ts'
import { supplyFromFolder } from '../remote/npmSupply.ts'
import { openSshHost, type SshCluster, type SshHost } from '../remote/sshCluster.ts'
import { type DeskPerson, type DeskWork, serveDesk } from './desk.ts'

/** Where hosts stand in an editor's settings: errors name their parts so. */
const SETTING = 'heddle.ssh.hosts'

export const sshDesk = (): Promise<number> => serveDesk<SshDeskCalls>((person) => new SshDesk(person))

class SshDesk implements DeskWork<SshDeskCalls> {
  readonly #person: DeskPerson
  #host: SshHost | undefined
  #moreHosts: readonly string[] = []
  #reached: SshCluster | undefined

  constructor(person: DeskPerson) {
    this.#person = person
  }

  async close(): Promise<void> {
    await this.#reached?.close()
    this.#host?.close()
  }

  readonly handlers: DeskWork<SshDeskCalls>['handlers'] = {
    open: async ({ host, configFile, settings = {} }) => {
      const { moreHosts = [], bundle, ...others } = checkHostSettings(settings, `${SETTING}.${host}`)
      this.#moreHosts = moreHosts
      this.#host = await openSshHost(host, {
        ...this.#person,
        ...others,
        ...(bundle !== undefined && { supply: supplyFromFolder(bundle) }),
        owned: false,
        onLink: (name, state) => {
          const text = linkText(name, state)
          if (text !== undefined) this.#person.notice(text)
        },
        ...(configFile !== undefined && { configFile }),
      })
      const clusters = await this.#host.clusters()
      return { clusters: clusters.map(({ id, version }) => ({ id, version })) }
    },
    up: async () => {
      this.#reached = await this.#opened().start(this.#moreHosts)
      return { address: this.#reached.address }
    },
    join: async ({ id }) => {
      this.#reached = await this.#opened().join(id)
      return this.#reached ? { address: this.#reached.address } : {}
    },
    mirror: async (run) => {
      const mirror = await this.#opened().mirror(run)
      return mirror === undefined ? {} : { mirror }
    },
    down: async () => {
      await this.#reached?.stop()
      return {}
    },
  }

  #opened(): SshHost {
    if (!this.#host) throw new Error('the desk is not open')
    return this.#host
  }
}

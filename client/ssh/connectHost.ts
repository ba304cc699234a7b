// Connects the window to a cluster on a host that ssh reaches: one that runs there, or a new one.

import * as vscode from 'vscode'
import { plural } from '../cluster/quantity.ts'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import { inProgress } from '../desk/inProgress.ts'
import { pickRunning } from '../desk/pickRunning.ts'
import { openHostSettings, readHostSettings } from './hostSettings.ts'
import { setUpHost } from './setUpHost.ts'
import type { SshHosts } from './sshHosts.ts'
import type { SshReach } from './sshReach.ts'

export class ConnectHost {
  readonly #cluster: WindowCluster
  readonly #reach: SshReach
  readonly #hosts: SshHosts

  constructor(cluster: WindowCluster, reach: SshReach, hosts: SshHosts) {
    this.#cluster = cluster
    this.#reach = reach
    this.#hosts = hosts
  }

  /** Asks which host; any name that ssh knows can be typed. */
  async choose(): Promise<void> {
    const host = await pickHost(await this.#hosts.all(), 'Connect over ssh')
    if (host !== undefined) await this.to(host)
  }

  /** Asks what clusters there are to be like, and writes it into the settings. */
  async setUp(given?: string): Promise<void> {
    const host = given ?? (await pickHost(await this.#hosts.all(), 'Set up a host'))
    if (host === undefined || !(await setUpHost(host))) return
    const choice = await vscode.window.showInformationMessage(
      `How clusters start on ${host} is in the settings.`,
      'Connect',
      'Open Settings',
    )
    if (choice === 'Connect') await this.to(host)
    if (choice === 'Open Settings') await openHostSettings()
  }

  /** @param fresh starts another one, whatever runs there */
  async to(host: string, fresh = false): Promise<void> {
    const attached = this.#cluster.all.find(({ found }) => found.kind === 'ssh' && found.name === host)
    if (attached) {
      this.#cluster.switchTo(attached)
      return
    }
    const { desk, clusters } = await inProgress(`Reaching ${host}`, (tell) => this.#reach.open(host, tell))
    try {
      await this.#hosts.remember(host)
      const id = fresh
        ? undefined
        : await pickRunning(
            `A cluster runs on ${host} already`,
            clusters.map((each) => ({ id: each.id, says: `heddle ${each.version}` })),
          )
      await this.#cluster.connect(host, async () => {
        const { address } =
          id === undefined
            ? await inProgress(`Starting a cluster on ${startsOn(host)}`, () => desk.ask('up', {}))
            : await desk.ask('join', { id })
        if (!address) throw new Error(`cluster ${id} on ${host} has ended meanwhile`)
        return this.#reach.found(host, desk, address)
      })
    } catch (error) {
      desk.close()
      throw error
    }
  }
}

const startsOn = (host: string): string => {
  const { moreHosts } = readHostSettings(host)
  // What is wrong there is told by the desk.
  return Array.isArray(moreHosts) && moreHosts.length > 0
    ? `${host} and ${plural(moreHosts.length, 'more host')}`
    : host
}

function pickHost(hosts: readonly string[], title: string): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick()
  const known = hosts.map((label) => ({ label, iconPath: new vscode.ThemeIcon('remote') }))
  Object.assign(pick, {
    title,
    placeholder: 'A host as ssh knows it, e.g. me@server.example.org',
    ignoreFocusOut: true,
    items: known,
  })
  return new Promise((resolve) => {
    pick.onDidChangeValue((value) => {
      const typed = value.trim()
      pick.items =
        typed === '' || hosts.includes(typed) ? known : [{ label: typed, alwaysShow: true }, ...known]
    })
    pick.onDidAccept(() => {
      resolve(pick.activeItems[0]?.label)
      pick.hide()
    })
    pick.onDidHide(() => {
      resolve(undefined)
      pick.dispose()
    })
    pick.show()
  })
}

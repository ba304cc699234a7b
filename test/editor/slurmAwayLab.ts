// A VS Code that has no network but ssh to a real Slurm, and what tests of it do with runs, jobs and rows.

import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Locator } from 'playwright-core'
import { NoNetwork } from '../slurmLab/noNetwork.ts'
import { SlurmLab } from '../slurmLab/slurmController.ts'
import { SlurmUser } from '../slurmLab/slurmUser.ts'
import { SshServer } from '../slurmLab/sshServer.ts'
import { type Lab, openLab, until } from './kit.ts'
import { answerBox, notifications, runAndPick, runCommand, settledLenses } from './workbench.ts'

export interface AwayOptions {
  /** Lines for slurm.conf. */
  config?: string[]
  /** Parts of the profile `loom`, beside those that every profile here has. */
  profile: object
  /** Names of computations, each of which waits for a file: the n-th is the sum of 2, 4, … of `4 + n` numbers. */
  computations: readonly string[]
}

export class SlurmAway {
  readonly slurm: SlurmLab
  readonly user: SlurmUser
  readonly lab: Lab
  readonly #computations: readonly string[]
  readonly #server: SshServer
  readonly #network: NoNetwork
  readonly dropLink: () => void

  private constructor(
    computations: readonly string[],
    parts: { slurm: SlurmLab; user: SlurmUser; lab: Lab; server: SshServer; network: NoNetwork },
  ) {
    this.#computations = computations
    this.slurm = parts.slurm
    this.user = parts.user
    this.lab = parts.lab
    this.#server = parts.server
    this.#network = parts.network
    this.dropLink = () => parts.server.drop()
  }

  static async open({ config, profile, computations }: AwayOptions): Promise<SlurmAway> {
    const slurm = await SlurmLab.start({ config })
    let server: SshServer | undefined
    let network: NoNetwork | undefined
    let lab: Lab | undefined
    try {
      const user = new SlurmUser(slurm)
      const path = `${dirname(process.execPath)}:/usr/bin:/bin`
      server = await SshServer.start({ path, env: { SLURM_CONF: slurm.env.SLURM_CONF } })
      network = await NoNetwork.open()
      network.doorTo(server)
      const reached = { host: server.host, configFile: server.configFile, nodePath: process.execPath }
      lab = await openLab({
        network,
        settings: { 'heddle.slurm.profiles': { loom: { ...user.profile, ...reached, ...profile } } },
      })
      // Of a tree only the rows that have room are there: many jobs end in these tests.
      await lab.page.setViewportSize({ width: 1280, height: 1400 })
      const away = new SlurmAway(computations, { slurm, user, lab, server, network })
      writeFileSync(join(lab.folder, 'gate.ts'), gate(user.folder))
      writeFileSync(join(lab.folder, 'gated.ts'), away.#gated())
      await lab.open('gated.ts')
      await settledLenses(lab.page, /▷ Run$/, computations.length)
      await runCommand(lab.page, 'Heddle: Set Up This Folder')
      return away
    } catch (error) {
      await lab?.close()
      network?.close()
      await server?.close()
      await slurm.close()
      throw error
    }
  }

  /** Lets a computation go on. */
  give(computation: string): void {
    writeFileSync(this.#gate(computation), '')
  }

  statusBar(text: RegExp): Locator {
    return this.lab.page.locator('.statusbar-item', { hasText: text }).first()
  }

  pick(text: string | RegExp): Locator {
    return this.lab.page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: text }).first()
  }

  /** Rows of the view of clusters. */
  rows(text: string | RegExp): Locator {
    return this.lab.page.locator('.customview-tree .monaco-list-row', { hasText: text })
  }

  /** Answers the box that a command opens. */
  async answer(command: string, title: string, text: string): Promise<void> {
    await runCommand(this.lab.page, command)
    await answerBox(this.lab.page, title, text)
  }

  /** Clicks the lens of a computation. */
  async run(computation: string): Promise<void> {
    const lenses = await settledLenses(this.lab.page, /▷ Run$/, this.#computations.length)
    await lenses.nth(this.#computations.indexOf(computation)).click()
  }

  /** Connects as a person does: the profile is picked, its script seen, and sent. */
  async connect(): Promise<void> {
    const { page } = this.lab
    await runAndPick(page, 'Heddle: Connect to Cluster…', this.pick('loom'))
    await page.locator('.view-lines', { hasText: '#SBATCH' }).first().waitFor()
    const asked = (await notifications(page, /Start a cluster of loom\?/)).first()
    await asked.getByRole('button', { name: 'Submit' }).click()
    await this.statusBar(/loom: 1 worker · 0\/1 busy/).waitFor()
  }

  /** Ends the cluster; resolves when no job, process or file of it is left. */
  async end(): Promise<void> {
    const { slurm, user, lab } = this
    await runCommand(lab.page, 'Heddle: End Cluster')
    await lab.page.locator('.monaco-dialog-box').getByRole('button', { name: 'End It' }).click()
    await this.statusBar(/^ ?Heddle$/).waitFor()
    // What was brought over there stays for the next time: heddle's own files, which are no cluster's.
    await until(async () => (await slurm.jobs()).length === 0, 'no job is left')
    await until(() => slurm.jobProcesses().length === 0, 'no process is left over there')
    await until(() => !existsSync(join(user.shared, 'slurm')), 'no folder of the cluster is left')
    await until(() => lab.processes().length === 0, 'no process is left')
  }

  async close(): Promise<void> {
    await this.lab.close()
    this.#network.close()
    await this.#server.close()
    await this.slurm.close()
  }

  #gate(computation: string): string {
    return join(this.user.folder, computation)
  }

  #gated(): string {
    const computations = this.#computations.map(
      (name, i) =>
        `const ${name} = await bag.range(${4 + i}).map((n) => twice(n, '${name}')).sum().compute()\n`,
    )
    return `import { bag } from 'heddle'
import { twice } from './gate'

${computations.join('\n')}
console.log(${this.#computations.join(', ')})
`
  }
}

/** A module whose function waits for a file. */
const gate = (folder: string): string => `import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

export async function twice(n: number, gate: string): Promise<number> {
  while (!existsSync('${folder}/' + gate)) await setTimeout(20)
  return 2 * n
}
`

// Heddle: Connect to Cluster…: the local cluster, profiles, addresses, a new profile; shows what Slurm would get before it gets it.

import * as vscode from 'vscode'
import { findByFile } from '../cluster/addressCluster.ts'
import { isAlive, readClusterFile } from '../cluster/clusterFile.ts'
import { NotStarted } from '../cluster/notAttached.ts'
import { otherClusters } from '../cluster/otherClusters.ts'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import { inProgress } from '../desk/inProgress.ts'
import { pickRunning } from '../desk/pickRunning.ts'
import type { ConnectHost } from '../ssh/connectHost.ts'
import { openHostSettings } from '../ssh/hostSettings.ts'
import type { SshHosts } from '../ssh/sshHosts.ts'
import type { TreeNode } from '../tree/treeModel.ts'
import { JobScripts } from './jobScripts.ts'
import { newProfile } from './newProfile.ts'
import { startText } from './planText.ts'
import { openProfileSettings, readProfiles } from './profiles.ts'
import type { SlurmDesk, SlurmReach } from './slurmReach.ts'

interface Choice extends vscode.QuickPickItem {
  go?(): Promise<unknown>
}

export function registerConnectCommand(
  context: vscode.ExtensionContext,
  cluster: WindowCluster,
  reach: SlurmReach,
  ssh: { connect: ConnectHost; hosts: SshHosts },
  log: vscode.LogOutputChannel,
): void {
  const scripts = new JobScripts()
  const connect = new Connecting(cluster, reach, scripts, ssh)
  const tried = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof NotStarted || error instanceof vscode.CancellationError))
        void tellFailure(error as Error, log)
    }
  }
  context.subscriptions.push(
    scripts,
    vscode.commands.registerCommand('heddle.connectCluster', (given?: unknown, jobs?: unknown) => {
      const file = (given as TreeNode | undefined)?.file
      return tried(() => {
        if (typeof given === 'string')
          return connect.profile(given, typeof jobs === 'number' ? jobs : undefined)
        return file === undefined ? connect.choose() : cluster.connect(file, () => findByFile(file))
      })
    }),
    vscode.commands.registerCommand('heddle.newSlurmProfile', () =>
      tried(async () => {
        const name = await newProfile(reach)
        if (name === undefined) return
        const choice = await vscode.window.showInformationMessage(
          `The profile ${name} is in the settings.`,
          'Connect',
          'Open Settings',
        )
        if (choice === 'Connect') await connect.profile(name)
        if (choice === 'Open Settings') await openProfileSettings()
      }),
    ),
    vscode.commands.registerCommand('heddle.connectHost', (given?: unknown, fresh?: unknown) => {
      const host = typeof given === 'string' ? given : (given as TreeNode | undefined)?.host
      return tried(() => (host === undefined ? ssh.connect.choose() : ssh.connect.to(host, fresh === true)))
    }),
    vscode.commands.registerCommand('heddle.setUpHost', (given?: unknown) =>
      tried(() =>
        ssh.connect.setUp(typeof given === 'string' ? given : (given as TreeNode | undefined)?.host),
      ),
    ),
    vscode.commands.registerCommand('heddle.forgetHost', async (row?: TreeNode) => {
      if (row?.host !== undefined) await ssh.hosts.forget(row.host)
    }),
    vscode.commands.registerCommand('heddle.disconnectCluster', () => {
      const { current } = cluster
      if (current) cluster.disconnect(current)
    }),
  )
}

class Connecting {
  readonly #cluster: WindowCluster
  readonly #reach: SlurmReach
  readonly #scripts: JobScripts
  readonly #ssh: { connect: ConnectHost; hosts: SshHosts }

  constructor(
    cluster: WindowCluster,
    reach: SlurmReach,
    scripts: JobScripts,
    ssh: { connect: ConnectHost; hosts: SshHosts },
  ) {
    this.#cluster = cluster
    this.#reach = reach
    this.#scripts = scripts
    this.#ssh = ssh
  }

  async choose(): Promise<void> {
    const choice = await vscode.window.showQuickPick(this.#choices(), {
      title: 'Connect to Cluster',
      placeHolder: 'Where runs, panels and lenses of this window go',
      matchOnDescription: true,
      // The first command of a window starts the extension, and focus moves meanwhile.
      ignoreFocusOut: true,
    })
    await choice?.go?.()
  }

  #choices(): Choice[] {
    const { all, current } = this.#cluster
    const separator = (label: string): Choice => ({ label, kind: vscode.QuickPickItemKind.Separator })
    const attached = all.map((each): Choice => {
      const isCurrent = each === current
      return {
        label: `$(${isCurrent ? 'check' : 'arrow-swap'}) ${each.found.name}`,
        description: isCurrent ? 'this window is here' : 'connected: switch to it',
        go: async () => this.#cluster.switchTo(each),
      }
    })
    const local: Choice[] = all.some(({ found }) => found.kind === 'local')
      ? []
      : [
          {
            label: '$(vm) Local cluster',
            description: 'workers on this machine',
            go: () => this.#cluster.startLocal(vscode.window.activeTextEditor?.document.uri),
          },
        ]
    const profiles = [...readProfiles()].map(
      ([name, profile]): Choice => ({
        label: `$(server-environment) ${name}`,
        description: profileText(profile),
        go: () => this.profile(name),
      }),
    )
    const known = new Set(all.map(({ id }) => id))
    const others = otherClusters(undefined)
      .filter(({ id, pid }) => !known.has(id) && isAlive(pid))
      .map(
        ({ id, file }): Choice => ({
          label: `$(server) Cluster ${id}`,
          description: 'started by code or in a terminal',
          go: () => this.#cluster.connect(id, () => findByFile(file)),
        }),
      )
    return [
      ...(attached.length > 0 ? [separator('connected'), ...attached] : []),
      separator('this machine'),
      ...local,
      ...others,
      { label: '$(plug) Scheduler address…', description: 'a cluster.json', go: () => this.#address() },
      separator('ssh'),
      ...this.#ssh.hosts.known
        .filter((host) => !all.some(({ found }) => found.kind === 'ssh' && found.name === host))
        .map((host): Choice => ({ label: `$(remote) ${host}`, go: () => this.#ssh.connect.to(host) })),
      {
        label: '$(remote) Host over ssh…',
        description: 'workers on another machine',
        go: () => this.#ssh.connect.choose(),
      },
      separator('Slurm'),
      ...profiles,
      {
        label: '$(add) New Profile…',
        description: 'partition, cores, memory, time: completed from the cluster',
        go: async () => vscode.commands.executeCommand('heddle.newSlurmProfile'),
      },
    ]
  }

  async #address(): Promise<void> {
    const file = await vscode.window.showInputBox({
      title: 'Connect to a Scheduler',
      prompt: 'The cluster.json that `heddle scheduler` or `heddle slurm up` has named',
      ignoreFocusOut: true,
      validateInput: async (value) =>
        (await readClusterFile(value.trim())) ? undefined : 'No running scheduler is named by this file.',
    })
    if (file === undefined) return
    await this.#cluster.connect(file, () => findByFile(file.trim()))
  }

  /**
   * Joins a cluster of the profile that runs, or starts one after its scripts were seen.
   * @param jobs to begin with, where one is started
   */
  async profile(name: string, jobs = 1): Promise<void> {
    const attached = this.#cluster.all.find(({ found }) => found.kind === 'slurm' && found.name === name)
    if (attached) {
      this.#cluster.switchTo(attached)
      return
    }
    const desk = await inProgress(`Reaching ${name}`, (tell) => this.#reach.open(name, tell))
    try {
      const running = await desk.ask('clusters', {})
      const id = await pickRunning(
        `A cluster of ${name} runs already`,
        running.map((each) => ({
          id: each.id,
          says: `it runs since ${new Date(each.sinceMs).toLocaleString()}`,
        })),
      )
      if (id !== undefined) {
        await this.#cluster.connect(name, async () =>
          this.#reach.found(name, desk, await desk.ask('join', { id })),
        )
        return
      }
      await this.#start(name, desk, jobs)
    } catch (error) {
      desk.close()
      throw error
    }
  }

  async #start(name: string, desk: SlurmDesk, jobs: number): Promise<void> {
    const plan = await inProgress(`Asking Slurm of ${name}`, () => desk.ask('plan', { jobs }))
    const said = startText(plan, Date.now())
    const sends = await this.#scripts.ask(name, plan, () =>
      plan.refused === undefined ? askToSend(name, said) : tellRefused(name, said),
    )
    if (!sends) throw new vscode.CancellationError()
    await this.#cluster.connect(name, () =>
      inProgress(
        `Starting ${name}`,
        async () => this.#reach.found(name, desk, await desk.ask('up', {})),
        () => desk.stop(),
      ),
    )
  }
}

async function askToSend(name: string, said: string): Promise<boolean | undefined> {
  const choice = await vscode.window.showInformationMessage(
    `Start a cluster of ${name}? ${said}`,
    'Submit',
    'Cancel',
  )
  return choice && choice === 'Submit'
}

async function tellRefused(name: string, said: string): Promise<false | undefined> {
  const choice = await vscode.window.showErrorMessage(`${name}: ${said}`, 'Open Settings')
  if (choice === undefined) return undefined
  await openProfileSettings()
  return false
}

const profileText = (profile: Record<string, unknown> | null): string =>
  ['host', 'partition', 'cores', 'memory', 'walltime']
    .flatMap((field) => {
      const value = profile?.[field]
      return value === undefined
        ? []
        : [field === 'cores' ? `${String(value)} ${value === 1 ? 'core' : 'cores'}` : String(value)]
    })
    .join(' · ')

async function tellFailure(error: Error, log: vscode.LogOutputChannel): Promise<void> {
  log.error(error.message)
  const isProfile = error.message.startsWith('heddle.slurm.profiles.')
  const isHost = error.message.startsWith('heddle.ssh.hosts.')
  const choice = await vscode.window.showErrorMessage(
    `Heddle: ${error.message}`,
    ...(isProfile || isHost ? ['Open Settings', 'Show Output'] : ['Show Output']),
  )
  if (choice === 'Open Settings') await (isHost ? openHostSettings() : openProfileSettings())
  if (choice === 'Show Output') log.show(true)
}

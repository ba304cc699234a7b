// Heddle: Connect to Cluster…: the local cluster, profiles, addresses, a new profile; shows what Slurm would get before it gets it.

import * as vscode from 'vscode'
import { findByFile } from '../cluster/addressCluster.ts'
import { isAlive, readClusterFile } from '../cluster/clusterFile.ts'
import { NotStarted } from '../cluster/notAttached.ts'
import { otherClusters } from '../cluster/otherClusters.ts'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import { JobScripts } from './jobScripts.ts'
import { newProfile } from './newProfile.ts'
import { startText } from './planText.ts'
import { openProfileSettings, readProfiles } from './profiles.ts'
import type { SlurmDesk } from './slurmDesk.ts'
import type { SlurmReach } from './slurmReach.ts'

interface Choice extends vscode.QuickPickItem {
  go?(): Promise<unknown>
}

export function registerConnectCommand(
  context: vscode.ExtensionContext,
  cluster: WindowCluster,
  reach: SlurmReach,
  log: vscode.LogOutputChannel,
): void {
  const scripts = new JobScripts()
  const connect = new Connecting(cluster, reach, scripts)
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
    vscode.commands.registerCommand('heddle.connectCluster', (profile?: unknown, jobs?: unknown) =>
      tried(() =>
        typeof profile === 'string'
          ? connect.profile(profile, typeof jobs === 'number' ? jobs : undefined)
          : connect.choose(),
      ),
    ),
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

  constructor(cluster: WindowCluster, reach: SlurmReach, scripts: JobScripts) {
    this.#cluster = cluster
    this.#reach = reach
    this.#scripts = scripts
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
      const id = running.at(-1)?.id
      if (id !== undefined && (await this.#wantsRunning(name, id, running.at(-1)!.sinceMs))) {
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

  async #wantsRunning(name: string, id: string, sinceMs: number): Promise<boolean> {
    const choice = await vscode.window.showQuickPick(
      [
        {
          label: `$(debug-continue) Cluster ${id}`,
          description: `it runs since ${new Date(sinceMs).toLocaleString()}`,
          joins: true,
        },
        { label: '$(add) Another one', description: 'new jobs of this profile', joins: false },
      ],
      { title: `A cluster of ${name} runs already` },
    )
    if (!choice) throw new vscode.CancellationError()
    return choice.joins
  }

  async #start(name: string, desk: SlurmDesk, jobs: number): Promise<void> {
    const plan = await inProgress(`Asking Slurm of ${name}`, () => desk.ask('plan', { jobs }))
    const document = await this.#scripts.show(name, plan)
    const send = 'Submit'
    const said = startText(plan, Date.now())
    const choice =
      plan.refused === undefined
        ? await vscode.window.showInformationMessage(`Start a cluster of ${name}? ${said}`, send, 'Cancel')
        : await vscode.window.showErrorMessage(`${name}: ${said}`, 'Open Settings')
    await this.#scripts.close(document)
    if (choice === 'Open Settings') await openProfileSettings()
    if (choice !== send) throw new vscode.CancellationError()
    await this.#cluster.connect(name, () =>
      inProgress(
        `Starting ${name}`,
        async () => this.#reach.found(name, desk, await desk.ask('up', {})),
        () => desk.stop(),
      ),
    )
  }
}

/** `cancel` makes it one that the person can give up. */
function inProgress<T>(
  title: string,
  work: (tell: (text: string) => void) => Promise<T>,
  cancel?: () => void,
): Promise<T> {
  const location = vscode.ProgressLocation.Notification
  return Promise.resolve(
    vscode.window.withProgress(
      { location, title, cancellable: cancel !== undefined },
      async (progress, token) => {
        const cancelled = token.onCancellationRequested(() => cancel?.())
        try {
          return await work((message) => progress.report({ message }))
        } catch (error) {
          if (token.isCancellationRequested) throw new vscode.CancellationError()
          throw error
        } finally {
          cancelled.dispose()
        }
      },
    ),
  )
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
  const choice = await vscode.window.showErrorMessage(
    `Heddle: ${error.message}`,
    ...(isProfile ? ['Open Settings', 'Show Output'] : ['Show Output']),
  )
  if (choice === 'Open Settings') await openProfileSettings()
  if (choice === 'Show Output') log.show(true)
}

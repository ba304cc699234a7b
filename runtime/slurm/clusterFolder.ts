// The folder that a cluster's machines share: what it is, where its scheduler is, and what its jobs print. On the login node.

import type { ClusterAddress } from '../protocol/cluster.ts'
import { addressFileOf } from './jobScript.ts'
import type { LoginNode } from './loginNode.ts'
import type { SlurmProfile } from './slurmProfile.ts'
import type { SlurmSetup } from './slurmSetup.ts'

/** The shared folder cannot be used: names it and why. */
export class ClusterFolderError extends Error {
  override name = 'ClusterFolderError'
}

/** What the cluster's folder holds beside its setup: the job that the scheduler runs in. */
export interface FoundSlurmCluster {
  setup: SlurmSetup
  schedulerJob?: string
}

/** Where all clusters of a profile have their folders. */
export function foldersOf({ folder = '~/.cache/heddle' }: SlurmProfile, home: string): string {
  return `${folder.replace(/^~(?=\/|$)/, home)}/slurm`
}

/** Makes the folder with its setup, readable by its owner alone. @throws {ClusterFolderError} */
export function writeSetup(login: LoginNode, setup: SlurmSetup): Promise<void> {
  const { folder, logFolder } = setup.place
  return inShell(
    login,
    'umask 077 && mkdir -p "$1" "$2" && cat > "$1/setup.json"',
    [folder, logFolder],
    JSON.stringify(setup),
  ).then(() => undefined)
}

export async function writeSchedulerJob(login: LoginNode, folder: string, job: string): Promise<void> {
  await inShell(login, 'umask 077 && cat > "$1/scheduler.job"', [folder], job)
}

/** Every cluster that has a folder there, the oldest first. */
export async function readFolders(login: LoginNode, folders: string): Promise<FoundSlurmCluster[]> {
  const text = await inShell(
    login,
    'for d in "$1"/*/; do [ -f "$d/setup.json" ] || continue; cat "$d/setup.json"; echo; cat "$d/scheduler.job" 2>/dev/null; echo; done',
    [folders],
  )
  const lines = text.split('\n')
  const found: (FoundSlurmCluster & { sinceMs: number })[] = []
  for (const [i, line] of lines.entries()) {
    if (!line.startsWith('{')) continue
    const setup = JSON.parse(line) as SlurmSetup
    const job = /^\d+$/.exec(lines[i + 1] ?? '')?.[0]
    found.push({ setup, sinceMs: setup.sinceMs, ...(job !== undefined && { schedulerJob: job }) })
  }
  return found.sort((a, b) => a.sinceMs - b.sinceMs)
}

/** Where the scheduler is, once it says so. */
export async function readAddress(login: LoginNode, folder: string): Promise<ClusterAddress | undefined> {
  const text = await inShell(login, 'cat "$1" 2>/dev/null || true', [addressFileOf(folder)])
  return text.trim() === '' ? undefined : (JSON.parse(text) as ClusterAddress)
}

/** The last lines of a file there. */
export async function readTail(login: LoginNode, file: string, lines: number): Promise<string> {
  return inShell(login, 'tail -n "$2" "$1" 2>/dev/null || true', [file, String(lines)])
}

/** Removes the folder; where a log folder inside it should stay, all but that. */
export async function removeFolder(login: LoginNode, folder: string, keepLogs: boolean): Promise<void> {
  const script = keepLogs
    ? 'rm -f "$1"/*.json* "$1/scheduler.job"'
    : 'rm -rf "$1"; rmdir "$(dirname "$1")" 2>/dev/null || true'
  await inShell(login, script, [folder])
}

async function inShell(
  login: LoginNode,
  script: string,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const { exitCode, stdout, stderr } = await login.run({
    command: 'sh',
    args: ['-c', script, 'sh', ...args],
    ...(input !== undefined && { input }),
  })
  if (exitCode === 0) return stdout
  const [why] = stderr.trim().split('\n')
  throw new ClusterFolderError(
    `${args[0]} on ${login.name} cannot be used: ${why.replace(/^\w+: (\d+: )?/, '')}. Name another folder that all machines of the cluster share with "folder" in the profile.`,
  )
}

// A local cluster on a machine that has sbatch computes on a login node, which sites do not like: it is said once, before.

import { access, constants } from 'node:fs/promises'
import path from 'node:path'
import * as vscode from 'vscode'
import { readProfiles } from './profiles.ts'

const KNOWN = 'heddle.loginNodeKnown'
const SETTING = 'slurm.warnOnLoginNode'

/** @returns whether the local cluster is to start */
export async function mayStartLocal(context: vscode.ExtensionContext): Promise<boolean> {
  if (!vscode.workspace.getConfiguration('heddle').get(SETTING, true)) return true
  if (context.workspaceState.get(KNOWN, false) || !(await hasSbatch())) return true
  const here = 'Start Here'
  const never = "Don't Warn Again"
  const connect = readProfiles().size > 0 ? 'Connect to Cluster…' : 'New Profile…'
  const choice = await vscode.window.showWarningMessage(
    'This machine has sbatch: it may be a login node, and a local cluster would compute on it. Let jobs of Slurm do the work?',
    ...[connect, here, never],
  )
  if (choice === here) await context.workspaceState.update(KNOWN, true)
  if (choice === never)
    await vscode.workspace
      .getConfiguration('heddle')
      .update(SETTING, false, vscode.ConfigurationTarget.Global)
  if (choice === connect)
    void vscode.commands.executeCommand(
      connect === 'New Profile…' ? 'heddle.newSlurmProfile' : 'heddle.connectCluster',
    )
  return choice === here || choice === never
}

async function hasSbatch(): Promise<boolean> {
  // Inside a job of Slurm's this is where work belongs.
  if (process.env.SLURM_JOB_ID !== undefined) return false
  for (const folder of (process.env.PATH ?? '').split(path.delimiter))
    try {
      await access(path.join(folder, 'sbatch'), constants.X_OK)
      return true
    } catch {
      // Not in this one.
    }
  return false
}

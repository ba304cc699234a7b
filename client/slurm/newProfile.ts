// New Profile…: a few questions with the cluster's own answers to choose from, written into the settings.

import * as vscode from 'vscode'
import type { SlurmChoices } from '../../runtime/protocol/slurmDesk.ts'
import { readProfiles, writeProfile } from './profiles.ts'
import type { SlurmReach } from './slurmReach.ts'

/** @returns the profile's name; nothing when the person gave it up */
export async function newProfile(reach: SlurmReach): Promise<string | undefined> {
  try {
    return await asked(reach)
  } catch (error) {
    if (error instanceof GivenUp) return undefined
    throw error
  }
}

async function asked(reach: SlurmReach): Promise<string> {
  const taken = readProfiles()
  const name = await input('Name', 'How menus and lenses call it', '', (value) =>
    !/^[A-Za-z][\w.-]{0,31}$/.test(value)
      ? 'Letters, digits, ".", "-" and "_", at most 32.'
      : taken.has(value)
        ? 'There is a profile of this name.'
        : undefined,
  )
  const host = await input(
    'Login node',
    'As ssh knows it; empty when sbatch is on this machine',
    '',
    () => undefined,
  )
  const profile: Record<string, unknown> = host === '' ? {} : { host }
  const desk = await reach.openDraft({ name, profile, draft: true })
  let choices: SlurmChoices
  try {
    choices = await desk.ask('choices', {})
  } finally {
    desk.close()
  }
  const partition = await pick(
    'Partition',
    choices.partitions.map((each) => ({
      label: each.name,
      description: each.text,
      detail: each.features.length > 0 ? `features: ${each.features.join(', ')}` : undefined,
      each,
    })),
  )
  const { cores, memoryBytes, walltime, gres } = partition.each
  const account = choices.accounts.length > 0 ? await optional('Account', choices.accounts) : undefined
  const qos = choices.qos.length > 1 ? await optional('Quality of service', choices.qos) : undefined
  const asked = await input(
    'Cores of a job',
    `A node of ${partition.label} has ${cores}`,
    String(cores),
    (value) =>
      /^[1-9]\d{0,4}$/.test(value) && Number(value) <= cores
        ? undefined
        : `A whole number from 1 to ${cores}.`,
  )
  const share = Math.max(1, Math.floor((memoryBytes / 1e9) * 0.95 * (Number(asked) / cores)))
  const memory = await input(
    'Memory of a job',
    `A node has ${(memoryBytes / 1e9).toFixed(1)} GB`,
    `${share}GB`,
    (value) => (/^\d+(\.\d+)?\s*[kMGT]i?B$/.test(value) ? undefined : 'An amount like 16GB or 500MB.'),
  )
  const time = await input(
    'Walltime',
    `How long a job may run: 30 (minutes), 01:00:00, 2-12:00:00${walltime === undefined ? '' : `; at most ${walltime}`}`,
    '01:00:00',
    (value) => (/^((\d+-)?\d+(:\d\d){0,2})$/.test(value) ? undefined : 'A time as Slurm writes it.'),
  )
  const gpus = gres.includes('gpu')
    ? await input('GPUs of a job', `A node has ${gres}`, '1', (value) =>
        /^([\w.-]+:)?\d+$/.test(value) ? undefined : 'A number, or a kind and a number like a100:2.',
      )
    : '0'
  await writeProfile(name, {
    ...profile,
    ...{ partition: partition.label, cores: Number(asked), memory, walltime: time },
    ...(account !== undefined && { account }),
    ...(qos !== undefined && { qos }),
    ...(gpus !== '0' && { gpus: /^\d+$/.test(gpus) ? Number(gpus) : gpus }),
  })
  return name
}

class GivenUp extends Error {
  override name = 'GivenUp'
}

async function input(
  title: string,
  prompt: string,
  value: string,
  validateInput: (value: string) => string | undefined,
): Promise<string> {
  const given = await vscode.window.showInputBox({
    title: `New Slurm Profile: ${title}`,
    ...{ prompt, value, ignoreFocusOut: true },
    validateInput: (text) => validateInput(text.trim()),
  })
  if (given === undefined) throw new GivenUp()
  return given.trim()
}

async function pick<T extends vscode.QuickPickItem>(title: string, items: T[]): Promise<T> {
  const given = await vscode.window.showQuickPick(items, {
    ...{ title: `New Slurm Profile: ${title}`, ignoreFocusOut: true, matchOnDescription: true },
  })
  if (!given) throw new GivenUp()
  return given
}

const OWN = "the cluster's own"

async function optional(title: string, values: readonly string[]): Promise<string | undefined> {
  const { label } = await pick(title, [{ label: OWN }, ...values.map((value) => ({ label: value }))])
  return label === OWN ? undefined : label
}

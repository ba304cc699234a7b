// What a cluster is to be: written into its folder by who starts it, read by its scheduler.

import { readFileSync } from 'node:fs'
import type { AdaptOptions } from '../cluster/adapt.ts'
import { checkProfile } from './checkProfile.ts'
import type { ClusterPlace } from './jobScript.ts'
import type { SlurmProfile } from './slurmProfile.ts'

export interface SlurmSetup {
  profile: SlurmProfile
  place: ClusterPlace
  /** When the cluster was begun, in epoch milliseconds. */
  sinceMs: number
  /** Jobs to begin with. */
  jobs: number
  adapt?: AdaptOptions
  /** It ends when the program that started it has been gone for `deathTimeoutSeconds`. */
  owned?: boolean
}

export const setupFileOf = (folder: string): string => `${folder}/setup.json`

/** Reads what a cluster's folder says of it. @throws {ProfileError} */
export function readSetup(folder: string): SlurmSetup {
  const setup = JSON.parse(readFileSync(setupFileOf(folder), 'utf8')) as SlurmSetup
  checkProfile(setup.profile)
  return setup
}

// What a compute node may lack that the login node has, and how a job says so: by its exit code, since its log may be seen by nobody. Pure.

import type { ClusterPlace } from './jobScript.ts'
import type { JobDetails } from './parseJob.ts'

/** Exit codes of a job's script, none of which is Node's or Heddle's. */
export const SITE_EXIT = { noFolder: 90, noRuntime: 91, noNode: 92 } as const

/** Slurm's own, of a job whose output could not be opened: `ExitCode=0:53`. */
const NO_OUTPUT_SIGNAL = 53

/** What a person does who has a cluster whose machines share no home. */
export const FOLDER_WAY_OUT =
  'name a folder that all machines of the cluster share with "folder" in the profile'

export const RUNTIME_WAY_OUT =
  'install heddle where all machines of the cluster see it, or name the login node with "host" and a folder that they share with "folder"'

export const NODE_WAY_OUT =
  'name a Node 24 or newer for machines of this kind with "nodePath" in the profile, in one of its pools, or in its scheduler'

/**
 * Why a job came to nothing that its site is the reason of.
 * @returns nothing where it is another's
 * @example siteTrouble({ exitCode: 92, nodes: 'n1' }, place) // 'n1 cannot run /opt/node: …'
 */
export function siteTrouble(
  { exitCode, signal, nodes }: Pick<JobDetails, 'exitCode' | 'signal' | 'nodes'>,
  { folder, logFolder, runtime }: ClusterPlace,
): string | undefined {
  const where = nodes === '' ? 'its node' : nodes
  if (signal === NO_OUTPUT_SIGNAL) {
    const isOwn = logFolder.startsWith(`${folder}/`)
    const wayOut = isOwn ? FOLDER_WAY_OUT : FOLDER_WAY_OUT.replace('"folder"', '"logFolder"')
    return `${where} does not see ${logFolder}, where jobs write what they print: ${wayOut}`
  }
  switch (exitCode) {
    case SITE_EXIT.noFolder:
      return `${where} does not see ${folder}: ${FOLDER_WAY_OUT}`
    case SITE_EXIT.noRuntime:
      return `${where} does not see ${runtime}, where heddle is: ${RUNTIME_WAY_OUT}`
    case SITE_EXIT.noNode:
      return `no Node of this cluster runs on ${where}: ${NODE_WAY_OUT}`
    default:
      return undefined
  }
}

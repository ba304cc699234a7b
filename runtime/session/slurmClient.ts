// `Client.slurm`: a cluster whose workers are jobs of Slurm, for as long as the program lives.

import type { AdaptOptions } from '../cluster/adapt.ts'
import { requireOptions } from '../kernels/optionNames.ts'
import type { SlurmProfile } from '../slurm/slurmProfile.ts'
import { notice } from './notice.ts'
import { connectCore, type OpenCluster } from './openCluster.ts'

/** What `Client.slurm` takes beside the profile. */
export interface SlurmClientOptions {
  /** Jobs to begin with. */
  jobs?: number
  /** Follows the load in place of a fixed number. */
  adapt?: AdaptOptions
  /** What the scheduler calls this client. */
  name?: string
  /** Hears what a person should know: what jobs wait for, how they ended. */
  notice?: (text: string) => void
}

export async function slurmCore(profile: SlurmProfile, options: SlurmClientOptions): Promise<OpenCluster> {
  requireOptions('Client.slurm', options, { jobs: true, adapt: true, name: true, notice: true })
  // Whoever has no Slurm needs nothing of this.
  const { checkProfile } = await import('../slurm/checkProfile.ts')
  const { openLoginNode } = await import('../slurm/loginNode.ts')
  const { endSlurmCluster, planCluster, slurmClusters, startSlurmCluster } = await import(
    '../slurm/slurmCluster.ts'
  )
  const told = options.notice ?? notice
  const login = await openLoginNode(checkProfile(profile), {
    notice: told,
    interactive: process.stdin.isTTY === true,
  })
  try {
    // A laptop may sleep while its cluster works: there it ends by `close` or `heddle slurm down` alone.
    const setup = await planCluster(profile, login, { ...options, owned: login.isHere })
    const cluster = await startSlurmCluster(login, setup, told)
    const { core } = await connectCore(cluster.file, { name: options.name })
    return {
      core,
      close: async () => {
        await core.close('close() was called')
        const found = (await slurmClusters(login, profile)).find((one) => one.setup.place.id === cluster.id)
        if (found) await endSlurmCluster(login, found, false)
        cluster.close()
      },
    }
  } catch (error) {
    login.close()
    throw error
  }
}

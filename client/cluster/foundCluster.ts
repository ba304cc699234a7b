// A cluster that a window can attach to, wherever it came from. No `vscode`.

import type { ClusterAddress } from '../../runtime/protocol/cluster.ts'
import type { FilesOfRun, Mirrored } from '../../runtime/protocol/deskLines.ts'
import type { ClusterNote } from './localCluster.ts'

export type ClusterKind = 'local' | 'slurm' | 'ssh' | 'address'

/** How a window finds a cluster again after it was reloaded. */
export type AttachNote =
  | ({ kind: 'local' } & ClusterNote)
  | { kind: 'slurm'; profile: string; id: string }
  | { kind: 'ssh'; host: string; id: string }
  | { kind: 'address'; file: string }

export interface FoundCluster {
  kind: ClusterKind
  /** As lenses, trees and menus say it: `local`, a profile's name, a host, an id. */
  name: string
  address: ClusterAddress
  note: AttachNote
  /** Says whether it should stay when no window is left; only local clusters ask. */
  keep?(keep: boolean): void
  /** Brings the files of a run to where it runs, when that is another machine which has them not. */
  mirror?(run: FilesOfRun): Promise<Mirrored>
  /** Ends all of it, where asking its scheduler is not enough. */
  down?(): Promise<void>
  /** Lets go of whatever this window holds of the way there. */
  leave(): void
}

// Sources that read files: their partitions are planned when the bag is built, or, where a server must be asked what
// there is, when it is computed.

import { placeOfCall } from '../../graph/callPlace.ts'
import type { Reached, SourceSpec } from '../../kernels/bag/plan.ts'
import type { StorageOptions } from '../../kernels/files/fileSystem.ts'
import type { FileSet, FoundFile } from './files.ts'
import { SourceNode } from './node.ts'

/** How files are cut into partitions: the argument of each partition's task. */
export interface FilePlan {
  /** For files that are known; absent where more must be waited for than what files there are. */
  now?: (files: readonly FoundFile[]) => readonly unknown[]
  later?: (files: readonly FoundFile[]) => Promise<readonly unknown[]>
}

/** A source of files. */
export function fileSource(
  set: FileSet,
  source: { label: string; spec: SourceSpec },
  plan: FilePlan,
): SourceNode {
  // What can be planned at once is, so that a broken file is an error where the bag is built.
  let parts = set.files && plan.now?.(set.files)
  let asking: Promise<void> | undefined
  const ask = async (): Promise<void> => {
    const files = await set.ask()
    parts = plan.later ? await plan.later(files) : plan.now!(files)
  }
  return new SourceNode({
    ...source,
    partitions: () => parts?.length ?? Number.NaN,
    argument: (i) => parts![i],
    place: placeOfCall(),
    prepare: async () => {
      if (parts) return
      // What failed may be there the next time.
      asking ??= ask().catch((error) => {
        asking = undefined
        throw error
      })
      await asking
    },
  })
}

/** How a worker reaches a file; nothing for one of a disk. */
export function reached(file: FoundFile, storage: StorageOptions | undefined): [] | [Reached] {
  if (file.contents) return [{ contents: file.contents }]
  return storage ? [{ storage }] : []
}

// What a lane may bring from the sender of its tasks: packages and files that this machine lacks.

import { homedir } from 'node:os'
import { join } from 'node:path'
import { Carried } from '../functions/packages/carried.ts'
import type { LockedPackage, Machine } from '../functions/packages/packageLock.ts'
import { PackageStore } from '../functions/packages/packageStore.ts'
import { tarballFiles } from '../functions/packages/tarball.ts'
import type { LaneSetup } from './laneMessages.ts'
import { type LaneWish, waitFor } from './moduleFolder.ts'

/** What it needs of a lane's set-up. */
export type CarriedSetup = Pick<LaneSetup, 'moduleFolder' | 'arrivals' | 'sharedFiles'> & {
  port: { postMessage(message: { kind: 'wish'; wish: LaneWish }): void }
}

export function laneCarried({ moduleFolder, arrivals, sharedFiles, port }: CarriedSetup): Carried {
  const wait = (wish: LaneWish): Uint8Array =>
    waitFor(moduleFolder, arrivals, wish.name, () => port.postMessage({ kind: 'wish', wish }))
  const store = new PackageStore({
    folder: join(cacheFolder(), 'packages'),
    machine: thisMachine,
    installed: process.cwd(),
    download: (locked: LockedPackage) => {
      const name = `download.${locked.name.replace('/', '+')}-${locked.version}.tgz`
      return tarballFiles(wait({ kind: 'download', name, locked }), locked.integrity)
    },
  })
  return new Carried({
    store,
    ask: (name, of) => wait({ kind: 'want', name, of }),
    fileFolder: join(moduleFolder, 'files'),
    sharedFiles,
  })
}

/** Kept between programs, and shared by all workers of this user here. */
function cacheFolder(): string {
  const { HEDDLE_CACHE, XDG_CACHE_HOME } = process.env
  return HEDDLE_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'heddle')
}

function thisMachine(): Machine {
  // Asked of the network too, it may take long.
  if (process.report) Object.assign(process.report, { excludeNetwork: true })
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined
  const glibc = report?.header?.glibcVersionRuntime !== undefined
  const libc = process.platform === 'linux' ? (glibc ? 'glibc' : 'musl') : undefined
  return { os: process.platform, cpu: process.arch, libc }
}

// Where the folders of running clusters stand: a rule that those who start clusters and those who look for them share.

/** Addresses of unix sockets end at 108 bytes on Linux and at 104 on macOS. */
const SOCKET_PATH_BYTES_MAX = 100
/** The longest name below a run folder's parent: an id and a worker's socket. */
const LONGEST_BELOW = '/01234567/worker-w99999.sock'

const lengthBytes = (text: string): number => new TextEncoder().encode(text).length

/**
 * The folder that a user's run folders stand in.
 * @param candidates folders in the order of preference, e.g. `XDG_RUNTIME_DIR` and the system's folder of temporary files;
 * one that is too long for the addresses of sockets is passed over
 * @param uid the user's number
 * @example runFolderPlace(['/run/user/1000', '/tmp'], 1000) // '/run/user/1000/heddle-1000'
 */
export function runFolderPlace(candidates: readonly (string | undefined)[], uid: number): string {
  const places = candidates
    .filter((folder) => folder !== undefined)
    .map((folder) => `${folder.replace(/\/+$/, '')}/heddle-${uid}`)
  return (
    places.find((place) => lengthBytes(place + LONGEST_BELOW) < SOCKET_PATH_BYTES_MAX) ?? `/tmp/heddle-${uid}`
  )
}

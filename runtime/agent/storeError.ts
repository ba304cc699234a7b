// What keeps files from being written on another machine, in words that name the place and the way out.

export class StoreError extends Error {
  override name = 'StoreError'
  readonly folder: string
  constructor(folder: string, text: string, cause?: unknown) {
    super(text, cause === undefined ? undefined : { cause })
    this.folder = folder
  }
}

const WAY_OUT = 'make room there, or name another folder with --folder'

/** @example storeError('/home/me/.cache/heddle', enospc).message // 'no space is left for /home/me/.cache/heddle: …' */
export function storeError(folder: string, cause: unknown): StoreError {
  const { code, message, path } = cause as NodeJS.ErrnoException
  const reasons: Record<string, string> = {
    ENOSPC: `no space is left for ${folder}: ${WAY_OUT}`,
    EDQUOT: `your quota is used up in ${folder}: ${WAY_OUT}`,
    EROFS: `${folder} is on a read-only file system: name another folder with --folder`,
    EACCES: `${folder} may not be written to by this user: name another folder with --folder`,
    ENOENT: `a file of the bundle is not in ${folder}${path ? ` (${path})` : ''}: try again`,
  }
  return new StoreError(folder, reasons[code ?? ''] ?? `${folder} cannot be written to: ${message}`, cause)
}

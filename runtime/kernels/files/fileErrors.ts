// What goes wrong with files: each error names the file and the way out.

import { kernel } from '../kernel.ts'

/** Any trouble with a file. */
export class FileError extends Error {
  override name = 'FileError'
  readonly path: string
  constructor(path: string, text: string, cause?: unknown) {
    super(text, cause === undefined ? undefined : { cause })
    this.path = path
  }
}
kernel('error.FileError', FileError)

/** A server says that there is no such file, by its name a `FileError`: who reads many files may go on without it. */
export class MissingFileError extends FileError {}

/** A file is not what it was when the work was planned. */
export class FileChangedError extends FileError {
  override name = 'FileChangedError'
}
kernel('error.FileChangedError', FileChangedError)

/** A file's contents are not what its name or the options say. */
export class FileFormatError extends FileError {
  override name = 'FileFormatError'
}
kernel('error.FileFormatError', FileFormatError)

/** Turns what the operating system says into what a person can act on. */
export function fileErrorOf(path: string, cause: unknown): FileError {
  if (cause instanceof FileError) return cause
  const code = (cause as NodeJS.ErrnoException)?.code
  switch (code) {
    case 'ENOENT':
      return new FileError(
        path,
        `there is no file ${path}: check the path, relative ones start at ${process.cwd()}`,
        cause,
      )
    case 'EACCES':
    case 'EPERM':
      return new FileError(
        path,
        `${path} may not be read by this user: change its permissions, e.g. chmod u+r`,
        cause,
      )
    case 'EISDIR':
      return new FileError(
        path,
        `${path} is a folder: name the files in it, e.g. ${path.replace(/\/$/, '')}/*`,
        cause,
      )
    case 'EMFILE':
      return new FileError(path, `${path} cannot be opened: too many files are open; raise ulimit -n`, cause)
    default:
      return new FileError(path, `${path} cannot be read: ${(cause as Error)?.message ?? cause}`, cause)
  }
}

// A file that tasks of a test write to, so that the test can count their runs.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function countingFile(): { file: string; cleanUp(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-count-'))
  return { file: join(folder, 'runs'), cleanUp: () => rmSync(folder, { recursive: true, force: true }) }
}

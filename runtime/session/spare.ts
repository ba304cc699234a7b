// A session that waits for its run: it loads what every run needs, then becomes the session that it is told to be.

import { dirname } from 'node:path'
import { instrumentModule } from '../functions/emission/instrumentModule.ts'
import { virtualModule } from '../functions/virtualModule.ts'
import { nameProcess } from '../host/processTitle.ts'
import { SPARE_ENV, type SpareOrder } from '../host/sessionProcess.ts'

export const isSpare = (): boolean => process.env[SPARE_ENV] === '1'

/** Gets ready, and waits for the run. */
export async function spareOrder(): Promise<SpareOrder> {
  delete process.env[SPARE_ENV]
  nameProcess('heddle spare session')
  const told = new Promise<SpareOrder>((resolve) => {
    // Once the channel is heard by nobody, it keeps no process alive.
    process.once('message', (order) => resolve(order as SpareOrder))
  })
  warmUp()
  return told
}

/** Takes the run on as if this process had been started for it. */
export function becomeRun({ spec, run }: SpareOrder): void {
  nameProcess('heddle session')
  process.chdir(spec.cwd ?? dirname(spec.file))
  process.env.HEDDLE_RUN = JSON.stringify(spec)
  process.env.HEDDLE_RUN_ID = run
  process.argv.push(...(spec.args ?? []))
}

/** Code that was never run has still to be compiled: the native parser is loaded here, and the analysis gets warm. */
function warmUp(): void {
  const text =
    "import { bag } from 'heddle'\nconst f = (n: number) => n + 1\nawait bag.range(3).map(f).compute()\n"
  const start = text.indexOf('await')
  const module = virtualModule(text, { start, end: text.length - 1 }, 'warm.ts')
  instrumentModule('/warm.ts', module.text, 'module')
}

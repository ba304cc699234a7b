// The one lifter of this process: all clients share what it knows of the user's functions.

import { Lifter } from '../functions/lifter.ts'
import { kernelNames } from '../kernels/kernel.ts'

let lifter: Lifter | undefined

/** Files under the folder that the program was started in are the user's; the program's own file is its entry. */
export function processLifter(): Lifter {
  lifter ??= new Lifter({ root: process.cwd(), entry: process.argv[1], kernels: kernelNames })
  return lifter
}

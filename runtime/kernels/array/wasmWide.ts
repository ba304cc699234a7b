// WebAssembly whose vectors of 128 bits V8 joins to the 256 bits of the machine's own, two by two.
//
// V8 has this for x64 with AVX2 ("revectorization", `--experimental-wasm-revectorize`) and leaves it
// off. It is turned on here for the compiling of single modules of ours, whose results are checked before they are used
// (gemmEngine.ts), and turned off again: a user's modules are compiled as ever.

import { setFlagsFromString } from 'node:v8'
import { instantiate } from './wasmBytes.ts'

/** The versions of V8 that were tried: another one would complain of a flag that it does not know. */
const KNOWN_V8 = ['13', '14']

export const canWiden = (): boolean =>
  process.arch === 'x64' && KNOWN_V8.includes(process.versions.v8.split('.')[0])

/** All of the module is compiled at once by the optimising compiler, which alone joins vectors. */
const FLAGS = ['experimental-wasm-revectorize', 'no-liftoff', 'no-wasm-lazy-compilation']
const USUAL = ['no-experimental-wasm-revectorize', 'liftoff', 'wasm-lazy-compilation']

/** As `instantiate`; where `canWiden()`, with vectors twice as wide if the machine has them. */
export function instantiateWide<T>(bytes: Uint8Array<ArrayBuffer>): T {
  if (!canWiden()) return instantiate(bytes)
  for (const flag of FLAGS) setFlagsFromString(`--${flag}`)
  try {
    return instantiate(bytes)
  } finally {
    for (const flag of USUAL) setFlagsFromString(`--${flag}`)
  }
}

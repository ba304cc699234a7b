// Functions that the tests of worker processes run as tasks.

import { execFileSync } from 'node:child_process'
import { appendFileSync, openSync, writeFileSync } from 'node:fs'

export const increment = (x: number): number => x + 1
export const add = (x: number, y: number): number => x + y
export const nothing = (): number => 1

export const ones = (length: number): Float64Array => new Float64Array(length).fill(1)

/** Numbers that no compression makes smaller, the same for the same seed. */
export const noise = (length: number, seed: number): Float64Array => {
  const bits = new Uint32Array(2 * length)
  let x = seed * 2 + 1
  for (let i = 0; i < bits.length; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    // Exponents of numbers around one: every pattern is a finite number.
    bits[i] = i % 2 === 0 ? x : (x & 0xfffff) | 0x3ff00000
  }
  return new Float64Array(bits.buffer)
}

export const sum = (values: Float64Array): number => {
  let total = 0
  for (const value of values) total += value
  return total
}

/** Notes in a file that it runs, then never ends. */
export const forever = (file: string): never => {
  writeFileSync(file, 'running')
  for (;;);
}

/** Notes each of its runs in a file. */
export const note = (file: string, line: string): string => {
  appendFileSync(file, `${line}\n`)
  return line
}

export const fails = (what: string): never => {
  throw new TypeError(`no ${what}`)
}

export const later = async (x: number): Promise<number> => {
  await new Promise((resolve) => setTimeout(resolve, 1))
  return x
}

export function* countTo(n: number): Generator<number> {
  for (let i = 1; i <= n; i++) yield i
}

export const cannotReturn = (): unknown => ({ rows: [{ open: new WeakRef({}) }] })

export const says = (text: string): number => {
  console.log(text)
  return text.length
}

export const exits = (): void => process.exit(1)

export const crashes = (): boolean => process.kill(process.pid, 'SIGKILL')

/** Grows until its thread's heap is full. */
export const grows = (): number => {
  let last: unknown
  for (let n = 0; ; n++) last = { n, text: `number ${n}`, last }
}

/** A promise that nobody waits for, and that fails. */
export const forgets = async (): Promise<string> => {
  void Promise.reject(new Error('nobody looked'))
  await new Promise((resolve) => setTimeout(resolve, 1))
  return 'done'
}

/** Waits where no thread can be ended: inside a system call, for a writer that never comes. */
export const waitsInNativeCode = (pipe: string): void => {
  execFileSync('mkfifo', [pipe])
  openSync(pipe, 'r')
}

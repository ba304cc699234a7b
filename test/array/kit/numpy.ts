// One NumPy process for a test file: cases go in as expressions over arrays, results come back as arrays.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { after } from 'node:test'
import '../../../runtime/kernels/array/blockEngine.ts'
import type { NdArray } from '../../../runtime/kernels/array/ndArray.ts'
import { npyBytes, parseNpy } from '../../../runtime/kernels/array/npy.ts'

const PYTHON = process.env.HEDDLE_TEST_PYTHON ?? '/usr/bin/python3'

export type Answer =
  | { array: NdArray; text?: undefined; error?: undefined }
  | { text: string; array?: undefined; error?: undefined }
  | { error: string; array?: undefined; text?: undefined }

/** Says that Debian's NumPy is here, installing it where that is possible. */
export function requirePython(module: string, debianPackage: string): string {
  const here = (): boolean => spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0
  if (here()) return PYTHON
  if (existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const stdio: 'ignore'[] = ['ignore', 'ignore', 'ignore']
    execFileSync('apt-get', ['-o', 'Acquire::Retries=4', 'update', '-qq'], { env, stdio })
    execFileSync(
      'apt-get',
      ['-o', 'Acquire::Retries=4', 'install', '-y', '-qq', '--no-install-recommends', debianPackage],
      {
        env,
        stdio,
      },
    )
    if (here()) return PYTHON
  }
  throw new Error(`these tests need ${module} for ${PYTHON}: apt-get install ${debianPackage}`)
}

export class Numpy {
  readonly #child: ChildProcess
  readonly #lines: Interface
  readonly #waiting: ((answer: Answer) => void)[] = []

  constructor() {
    const python = requirePython('numpy', 'python3-numpy')
    this.#child = spawn(python, ['-W', 'ignore', join(import.meta.dirname, 'numpyServer.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#lines = createInterface(this.#child.stdout!)
    this.#lines.on('line', (line) => {
      const reply = JSON.parse(line) as { npy?: string; text?: string; error?: string }
      const resolve = this.#waiting.shift()!
      if (reply.npy !== undefined) resolve({ array: parseNpy(Buffer.from(reply.npy, 'base64')) })
      else if (reply.text !== undefined) resolve({ text: reply.text })
      else resolve({ error: reply.error! })
    })
    after(() => this.close())
  }

  /**
   * What NumPy makes of an expression.
   * @param arrays by the name that the expression calls them by
   */
  eval(code: string, arrays: Record<string, NdArray> = {}): Promise<Answer> {
    const encoded = Object.entries(arrays).map(([name, array]) => [
      name,
      Buffer.from(npyBytes(array)).toString('base64'),
    ])
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#child.stdin!.write(`${JSON.stringify({ code, arrays: Object.fromEntries(encoded) })}\n`)
    })
  }

  close(): void {
    this.#child.stdin!.end()
    this.#lines.close()
  }
}

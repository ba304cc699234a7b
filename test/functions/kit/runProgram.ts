// Runs a program under the loader in a process of its own, and shows each of its tests as one of ours.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import path from 'node:path'
import test from 'node:test'

export const PROGRAMS = path.join(import.meta.dirname, '..', 'programs')
export const PRELOAD = path.join(import.meta.dirname, 'preload.ts')
const PLAIN = path.join(import.meta.dirname, 'plain.ts')

export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs a file of `programs` to its end. */
export function runProgram(
  file: string,
  options: { nodeArgs?: string[]; args?: string[]; loader?: boolean; cwd?: string } = {},
): Promise<Outcome> {
  const { nodeArgs = [], args = [], loader = true, cwd = PROGRAMS } = options
  const preload = ['--import', loader ? PRELOAD : PLAIN]
  const child = spawn(process.execPath, [...preload, ...nodeArgs, path.resolve(PROGRAMS, file), ...args], {
    cwd,
    env: { ...process.env, KIT_ROOT: cwd, NODE_TEST_CONTEXT: undefined, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** Declares a test that runs a program of `node:test` tests, with one subtest for each of them. */
export function programTests(
  title: string,
  file: string,
  options: Parameters<typeof runProgram>[1] = {},
): void {
  test(title, async (t) => {
    const { code, stdout, stderr } = await runProgram(file, {
      ...options,
      nodeArgs: ['--test-reporter=tap', ...(options.nodeArgs ?? [])],
    })
    const results = [
      ...stdout.matchAll(/^(not ok|ok) \d+ - (.*)\n([\s\S]*?)(?=^(?:not ok|ok) \d+ - |^# Subtest|^1\.\.)/gm),
    ]
    for (const [, outcome, name, detail] of results)
      await t.test(name, () => assert.equal(outcome, 'ok', detail.slice(0, 4000)))
    assert.ok(results.length > 0, `${file} told of no test\n${stdout}\n${stderr}`)
    assert.equal(code, 0, stderr)
  })
}

// Runs programs of cases through the whole path: `heddle run`, a scheduler, workers in processes of their own.

import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { Workplace } from '../../endToEnd/runKit.ts'

const PROGRAMS = path.join(import.meta.dirname, '..', 'anywhere')

/** A workplace that holds all of these programs, and more where a test needs it. */
export function anywhere(more: Record<string, string> = {}): Workplace {
  const place = new Workplace({ 'package.json': '{"type":"module"}', ...more })
  cpSync(PROGRAMS, place.folder, { recursive: true })
  return place
}

interface Told {
  case: string
  error?: string
}

/** The cases that a program told of. */
export function casesOf(stdout: string): Told[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{"case":'))
    .map((line) => JSON.parse(line) as Told)
}

/** Declares a test that runs a program of cases on two workers, with one subtest for each of them. */
export function caseTests(title: string, program: string): void {
  test(title, async (t) => {
    await using place = anywhere()
    const { code, stdout, stderr } = await place.heddle(
      'run',
      program,
      '--workers',
      '2',
      '--threads',
      '1',
      '--quiet',
    )
    const cases = casesOf(stdout)
    for (const { case: name, error } of cases) await t.test(name, () => assert.equal(error, undefined))
    assert.ok(cases.length > 0 && code === 0, `${program} ended with ${code}\n${stderr}`)
  })
}

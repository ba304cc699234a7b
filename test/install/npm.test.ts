import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { runNpm } from '../kit/npm.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

/** An `npm` that fails `failures` times with `words`, and counts its runs in the file `runs`. */
function failingNpm(folder: string, failures: number, words: string): NodeJS.ProcessEnv {
  const script = path.join(folder, 'npm')
  writeFileSync(
    script,
    `#!/bin/sh\necho run >> "${folder}/runs"\n[ $(wc -l < "${folder}/runs") -gt ${failures} ] && exit 0\necho "npm error code ${words}" >&2\nexit 1\n`,
  )
  chmodSync(script, 0o755)
  return { ...process.env, PATH: `${folder}${path.delimiter}${process.env.PATH}` }
}

const runsOf = (folder: string): number =>
  existsSync(path.join(folder, 'runs'))
    ? readFileSync(path.join(folder, 'runs'), 'utf8').trim().split('\n').length
    : 0

for (const code of ['EIDLETIMEOUT', 'ECONNRESET', 'EAI_AGAIN', 'E503'])
  test(`an install goes on after the network failed with ${code}`, (t) => {
    const folder = temporaryFolder(t)
    const said: string[] = []
    assert.equal(
      runNpm(['ci'], folder, failingNpm(folder, 2, code), (line) => said.push(line)),
      undefined,
    )
    assert.equal(runsOf(folder), 3)
    assert.deepEqual(said, Array(2).fill(`The network failed npm (${code}): trying again…`))
  })

test('a network that stays away ends the install with what npm said', (t) => {
  const folder = temporaryFolder(t)
  assert.match(runNpm(['ci'], folder, failingNpm(folder, 99, 'ETIMEDOUT'), () => {}) ?? '', /code ETIMEDOUT/)
  assert.equal(runsOf(folder), 4)
})

test('what is wrong with the packages is said at once', (t) => {
  const folder = temporaryFolder(t)
  assert.match(runNpm(['ci'], folder, failingNpm(folder, 99, 'EINTEGRITY'), () => {}) ?? '', /EINTEGRITY/)
  assert.equal(runsOf(folder), 1)
})

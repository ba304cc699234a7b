// The setting of profiles in VS Code: every part that a profile may have is there, with words for the person, and none that may not.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { checkProfile, ProfileError } from '../../runtime/slurm/checkProfile.ts'

interface Schema {
  description?: string
  markdownDescription?: string
  required?: string[]
  additionalProperties?: boolean | Schema
  properties?: Record<string, Schema>
}

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as {
  contributes: { configuration: { properties: Record<string, Schema> }[] }
}
const profiles = [manifest.contributes.configuration]
  .flat()
  .map(({ properties }) => properties['heddle.slurm.profiles'])
  .find((found) => found !== undefined)!
const profile = profiles.additionalProperties as Schema
const pool = profile.properties!.pools.additionalProperties as Schema

/** What a check lists as possible, when it is asked with a name that cannot be. */
function possible(wrong: object): string[] {
  try {
    checkProfile({ cores: 1, memory: '1GB', ...wrong })
  } catch (error) {
    assert.ok(error instanceof ProfileError)
    return error.message.split('is no part of a profile: ')[1].split(', ').sort()
  }
  return assert.fail('a name that cannot be is taken')
}

for (const [title, schema, wrong] of [
  ['a profile', profile, { zzzz: 1 }],
  ['a pool', pool, { pools: { gpu: { zzzz: 1 } } }],
] as const)
  test(`parts of ${title} in the settings are those that are taken, each described`, () => {
    const names = Object.keys(schema.properties!).sort()
    assert.deepEqual(names, possible(wrong))
    assert.equal(schema.additionalProperties, false)
    for (const name of names) {
      const { description, markdownDescription } = schema.properties![name]
      assert.ok((description ?? markdownDescription ?? '').length > 10, `${name} is not described`)
    }
  })

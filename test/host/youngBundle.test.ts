// A bundle that a long-lived program runs from stays young, for whoever looks from another machine.

import assert from 'node:assert/strict'
import { mkdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { keepYoung } from '../../runtime/host/youngBundle.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

const DAY_MS = 24 * 3600_000
const LONG_AGO = new Date('2020-01-01')

test('each day it is touched; a folder that is no bundle is not', async (t) => {
  const root = temporaryFolder(t)
  const bundle = join(root, 'bundles', '0123456789abcdef01234567')
  const other = join(root, 'heddle')
  for (const folder of [bundle, other]) {
    mkdirSync(folder, { recursive: true })
    utimesSync(folder, LONG_AGO, LONG_AGO)
  }
  const ageOf = (folder: string): number => statSync(folder).mtimeMs
  t.mock.timers.enable({ apis: ['setInterval'] })
  keepYoung(other)
  keepYoung(bundle)
  assert.equal(ageOf(bundle), LONG_AGO.getTime())
  for (let day = 0; day < 2; day++) {
    utimesSync(bundle, LONG_AGO, LONG_AGO)
    t.mock.timers.tick(DAY_MS)
    while (ageOf(bundle) === LONG_AGO.getTime()) await setImmediate()
  }
  assert.equal(ageOf(other), LONG_AGO.getTime())
})

// Settings of hosts: every part taken, every wrong part named as it was written.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { checkHostSettings, HostSettingsError } from '../../runtime/remote/hostSettings.ts'

const NAME = 'heddle.ssh.hosts.big'

const ALL = {
  moreHosts: ['other', 'me@third.example.org'],
  workers: 2,
  threadsPerWorker: 8,
  memoryLimit: '16GB',
  folder: '/scratch/me',
  nodePath: '/opt/node/bin/node',
  bundle: '/home/me/bundle',
  env: { OMP_NUM_THREADS: '1' },
}

test('every part is taken, and so is nothing', () => {
  assert.deepEqual(checkHostSettings(ALL, NAME), ALL)
  assert.deepEqual(checkHostSettings({}, NAME), {})
  for (const memoryLimit of ['0.5', '.25', '512MiB', '1']) checkHostSettings({ memoryLimit }, NAME)
})

test('the settings editor knows the same parts', () => {
  const { contributes } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
  ) as {
    contributes: {
      configuration: {
        properties: { 'heddle.ssh.hosts': { additionalProperties: { properties: object } } }
      }
    }
  }
  const { properties } = contributes.configuration.properties['heddle.ssh.hosts'].additionalProperties
  assert.deepEqual(Object.keys(properties), Object.keys(ALL))
})

test('what cannot be is named with what it could be', () => {
  const cases: [unknown, string][] = [
    [[], `${NAME} must be an object like { "workers": 2 }`],
    [
      { nodes: 2 },
      `${NAME}.nodes is no setting of a host: moreHosts, workers, threadsPerWorker, memoryLimit, folder, nodePath, bundle, env`,
    ],
    [{ workers: 0 }, `${NAME}.workers must be a whole number from 1 to 1024, not 0`],
    [{ workers: 1.5 }, `${NAME}.workers must be a whole number from 1 to 1024, not 1.5`],
    [{ threadsPerWorker: 256 }, `${NAME}.threadsPerWorker must be a whole number from 1 to 255, not 256`],
    [
      { memoryLimit: '4 apples' },
      `${NAME}.memoryLimit must be an amount like "4GB", or a fraction of the host's memory like "0.5", not "4 apples"`,
    ],
    [
      { memoryLimit: '10MB' },
      `${NAME}.memoryLimit must be an amount like "4GB", or a fraction of the host's memory like "0.5", not "10MB"`,
    ],
    [
      { moreHosts: ['-oProxyCommand=x'] },
      `${NAME}.moreHosts must be a list of hosts as ssh knows them, like ["me@other.example.org"], not ["-oProxyCommand=x"]`,
    ],
    [{ folder: 'a\nb' }, `${NAME}.folder must be the path of a folder on the host, not "a\\nb"`],
    [
      { env: { 'A B': '1' } },
      `${NAME}.env must be an object of texts like { "OMP_NUM_THREADS": "1" }, not {"A B":"1"}`,
    ],
  ]
  for (const [given, message] of cases)
    assert.throws(
      () => checkHostSettings(given, NAME),
      (error: Error) => error instanceof HostSettingsError && error.message === message,
      message,
    )
})

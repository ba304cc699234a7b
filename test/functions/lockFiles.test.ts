// Lock files of npm, pnpm, yarn and bun: what each says of a package with compiled code.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import {
  fits,
  type LockedPackage,
  lockedPackages,
  whyNotLocked,
} from '../../runtime/functions/packages/packageLock.ts'

/** What is read of a lock file, without what it does not say. */
function read(name: string, text: string): Partial<LockedPackage>[] {
  return inFile(
    name,
    text,
    (file) => JSON.parse(JSON.stringify(lockedPackages(file))) as Partial<LockedPackage>[],
  )
}

function inFile<T>(name: string, text: string, use: (file: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-lock-'))
  try {
    const file = path.join(folder, name)
    writeFileSync(file, text)
    return use(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const PNPM_9 = `lockfileVersion: '9.0'

settings:
  autoInstallPeers: true

importers:

  .:
    dependencies:
      native:
        specifier: ^1.0.0
        version: 1.0.0(peer@2.0.0)

packages:

  '@scope/native-linux-x64-gnu@1.2.3':
    resolution: {integrity: sha512-AAAA==}
    engines: {node: '>= 10'}
    cpu: [x64]
    os: [linux]
    libc: [glibc]

  native@1.0.0-beta.1:
    resolution: {integrity: sha512-BBBB==, tarball: https://packages.example/native.tgz}
    os: ['!win32', darwin]
    hasBin: true

snapshots:

  native@9.9.9:
    dependencies:
      peer: 2.0.0
`

const cases: [title: string, name: string, text: string, expected: Partial<LockedPackage>[]][] = [
  [
    'pnpm, version 9',
    'pnpm-lock.yaml',
    PNPM_9,
    [
      {
        name: '@scope/native-linux-x64-gnu',
        version: '1.2.3',
        integrity: 'sha512-AAAA==',
        os: ['linux'],
        cpu: ['x64'],
        libc: ['glibc'],
      },
      {
        name: 'native',
        version: '1.0.0-beta.1',
        integrity: 'sha512-BBBB==',
        resolved: 'https://packages.example/native.tgz',
        os: ['!win32', 'darwin'],
      },
    ],
  ],
  [
    'pnpm, versions 5 and 6, with peers and lists a line each',
    'pnpm-lock.yaml',
    `lockfileVersion: '6.0'\r
packages:\r
  /@scope/a@1.0.0(b@2.0.0):\r
    resolution:\r
      integrity: sha512-CC\r
    os:\r
      - linux\r
      - '!darwin'\r
    dev: false\r
  /b/2.0.0_react@18.0.0:\r
    resolution: {integrity: sha1-DD=}\r
  file:../local:\r
    resolution: {directory: ../local, type: directory}\r
`,
    [
      { name: '@scope/a', version: '1.0.0', integrity: 'sha512-CC', os: ['linux', '!darwin'] },
      { name: 'b', version: '2.0.0', integrity: 'sha1-DD=' },
    ],
  ],
  [
    'yarn 1: with integrity, with no more than a sha1 behind the address, by an alias',
    'yarn.lock',
    `# yarn lockfile v1


"@scope/core-darwin-arm64@1.0.0", "@scope/core-darwin-arm64@^1.0.0":
  version "1.0.0"
  resolved "https://packages.example/core-1.0.0.tgz#56c133824780de3174aed5ab6834f3026790154d"
  integrity sha512-EEEE==

old@~0.1.0:
  version "0.1.2"
  resolved "https://packages.example/old-0.1.2.tgz#56c133824780de3174aed5ab6834f3026790154d"
  dependencies:
    version "^9.0.0"

"other@npm:@scope/named@^2.0.0":
  version "2.1.0"
  resolved "https://packages.example/named-2.1.0.tgz"
  integrity sha512-FFFF==

"from-git@git+ssh://packages.example/x.git":
  version "3.0.0"
  resolved "git+ssh://packages.example/x.git#abcdef"
`,
    [
      {
        name: '@scope/core-darwin-arm64',
        version: '1.0.0',
        integrity: 'sha512-EEEE==',
        resolved: 'https://packages.example/core-1.0.0.tgz',
        os: ['darwin'],
        cpu: ['arm64'],
      },
      {
        name: 'old',
        version: '0.1.2',
        integrity: 'sha1-VsEzgkeA3jF0rtWraDTzAmeQFU0=',
        resolved: 'https://packages.example/old-0.1.2.tgz',
      },
      {
        name: '@scope/named',
        version: '2.1.0',
        integrity: 'sha512-FFFF==',
        resolved: 'https://packages.example/named-2.1.0.tgz',
      },
      { name: 'from-git', version: '3.0.0', resolved: 'git+ssh://packages.example/x.git' },
    ],
  ],
  [
    'bun',
    'bun.lock',
    `{
  "lockfileVersion": 1,
  "workspaces": { "": { "name": "of, mine", "dependencies": { "native": "^1.0.0", }, }, },
  "packages": {
    "@scope/native-linux-x64": ["@scope/native-linux-x64@1.2.3", "", { "os": "linux", "cpu": "x64" }, "sha512-GGGG=="],

    "native": ["native@1.0.0", "https://packages.example/native.tgz", { "bin": { "n": "n,}" }, "os": ["linux", "darwin"] }, "sha512-HH//=="],

    "linked": ["linked@workspace:packages/linked"],
  }
}
`,
    [
      {
        name: '@scope/native-linux-x64',
        version: '1.2.3',
        integrity: 'sha512-GGGG==',
        os: ['linux'],
        cpu: ['x64'],
      },
      {
        name: 'native',
        version: '1.0.0',
        integrity: 'sha512-HH//==',
        resolved: 'https://packages.example/native.tgz',
        os: ['linux', 'darwin'],
      },
    ],
  ],
]

for (const [title, name, text, expected] of cases)
  test(`packages of a lock file: ${title}`, () => assert.deepEqual(read(name, text), expected))

const BERRY = `__metadata:
  version: 8
  cacheKey: 10

"native@npm:^1.0.0":
  version: 1.0.0
  resolution: "native@npm:1.0.0"
  checksum: 10/c968c754
`

test('a yarn.lock of yarn 2 or later has no hash of what a registry gives, and says so', () => {
  assert.deepEqual(read('yarn.lock', BERRY), [])
  assert.match(inFile('yarn.lock', BERRY, whyNotLocked), /yarn\.lock is of yarn 2 or later/)
  assert.match(inFile('bun.lock', '{}', whyNotLocked), /bun\.lock does not name it/)
  assert.match(whyNotLocked(undefined), /no lock file/)
})

test('of the packages of a lock file those are installed that are for the machine', () => {
  const here = { os: 'linux', cpu: 'x64', libc: 'glibc' }
  const [gnu, other] = lockedPackagesOf('pnpm-lock.yaml', PNPM_9)
  assert.equal(fits(gnu, here), true)
  assert.equal(fits(gnu, { ...here, libc: 'musl' }), false)
  assert.equal(fits(other, here), false, 'for darwin alone')
})

const lockedPackagesOf = (name: string, text: string): LockedPackage[] => inFile(name, text, lockedPackages)

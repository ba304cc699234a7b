// Packages with compiled code on workers that do not have them: from the registry, by whatever lock file the program has.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'node:test'
import { gzipSync } from 'node:zlib'
import { Workplace } from '../endToEnd/runKit.ts'
import { FarCluster, run } from './kit/farWorker.ts'

const NATIVE_PROGRAM = `
import { Client } from 'heddle'
import { answer } from 'has-native'
await using client = await Client.local()
const told = await client.submit(() => answer()).result().catch((error: Error) => \`\${error.name}: \${error.message}\`)
console.log(JSON.stringify(told))
`

/** A tarball as registries give them, of plain ustar entries. */
function tarball(files: Record<string, string>): Buffer {
  const blocks: Buffer[] = []
  for (const [name, text] of Object.entries(files)) {
    const head = Buffer.alloc(512)
    head.write(`package/${name}`)
    head.write('0000644\0', 100)
    head.write(`${Buffer.byteLength(text).toString(8).padStart(11, '0')}\0`, 124)
    head.write('0', 156)
    head.write('ustar\0', 257)
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512)
    body.write(text)
    blocks.push(head, body)
  }
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

const FILES = {
  'package.json': JSON.stringify({ name: 'has-native', version: '3.1.0', main: 'index.js' }),
  'index.js': "exports.answer = () => require('fs').readFileSync(__dirname + '/build/answer.node', 'utf8')",
  'build/answer.node': 'compiled there',
}
const SENT = tarball(FILES)
const INTEGRITY = `sha512-${createHash('sha512').update(SENT).digest('base64')}`

/** What each program of package managers writes of the package. */
const LOCKS: Record<string, (integrity: string) => string> = {
  'package-lock.json': (integrity) =>
    JSON.stringify({
      lockfileVersion: 3,
      packages: { 'node_modules/has-native': { version: '3.1.0', integrity } },
    }),
  'pnpm-lock.yaml': (integrity) =>
    `lockfileVersion: '9.0'\n\npackages:\n\n  has-native@3.1.0:\n    resolution: {integrity: ${integrity}}\n\nsnapshots:\n\n  has-native@3.1.0: {}\n`,
  'yarn.lock': (integrity) =>
    `# yarn lockfile v1\n\n\nhas-native@^3.0.0:\n  version "3.1.0"\n  integrity ${integrity}\n`,
  'bun.lock': (integrity) =>
    `{\n  "lockfileVersion": 1,\n  "packages": {\n    "has-native": ["has-native@3.1.0", "", {}, "${integrity}"],\n  }\n}\n`,
}
const BERRY =
  '__metadata:\n  version: 8\n\n"has-native@npm:^3.0.0":\n  version: 3.1.0\n  checksum: 10/abcdef\n'

test('a package with compiled code is installed from the lock file, or refused by name', async (t) => {
  await using place = workplace('package-lock.json', LOCKS['package-lock.json'](INTEGRITY))
  const asked: string[] = []
  let body = SENT
  const registry: Server = createServer((request, response) => {
    asked.push(request.url!)
    response.end(body)
  })
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve))
  const { port } = registry.address() as AddressInfo
  try {
    const told = async (url: string): Promise<string> => {
      await using far = await FarCluster.start(place)
      await far.join({ npm_config_registry: url })
      return JSON.parse((await run(place, far)).text) as string
    }
    await t.test('from the registry, checked against the lock file', async () => {
      assert.equal(await told(`http://127.0.0.1:${port}/`), 'compiled there')
      assert.deepEqual(asked, ['/has-native/-/has-native-3.1.0.tgz'])
    })
    await t.test('what is not what the lock file names is refused', async () => {
      body = tarball({ ...FILES, 'index.js': 'exports.answer = () => "other"' })
      assert.match(
        await told(`http://127.0.0.1:${port}/`),
        /^PackageMissingError: the package has-native@3\.1\.0 has compiled code \(build\/answer\.node\), .* their hashes differ\. Install it there: npm install has-native@3\.1\.0 in .*\/work, the folder that the worker was started in\.$/,
      )
    })
    await t.test('where no registry can be reached, the package is named with the way out', async () => {
      await new Promise((resolve) => registry.close(resolve))
      assert.match(
        await told(`http://127.0.0.1:${port}/`),
        /^PackageMissingError: the package has-native@3\.1\.0 has compiled code \(build\/answer\.node\), which is not sent to workers, and it could not be had from the registry: http:\/\/127\.0\.0\.1:\d+\/has-native\/-\/has-native-3\.1\.0\.tgz cannot be reached \(ECONNREFUSED\)\. Install it there: npm install has-native@3\.1\.0 in .*$/,
      )
    })
  } finally {
    registry.close()
  }
})

/** The program's own copy is marked, so that what comes from the registry is told apart. */
function workplace(lock: string, text: string): Workplace {
  const place = new Workplace({
    'package.json': '{"type":"module"}',
    [lock]: text,
    'main.ts': NATIVE_PROGRAM,
    ...Object.fromEntries(
      Object.entries(FILES).map(([name, content]) => [`node_modules/has-native/${name}`, content]),
    ),
  })
  place.write('node_modules/has-native/build/answer.node', Buffer.from('compiled here'))
  return place
}

test('the lock files of pnpm, yarn 1 and bun serve as well; that of later yarns is refused with the way out', async (t) => {
  const registry = createServer((_, response) => void response.end(SENT))
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve))
  const { port } = registry.address() as AddressInfo
  const told = async (lock: string, text: string): Promise<string> => {
    await using place = workplace(lock, text)
    await using far = await FarCluster.start(place)
    await far.join({ npm_config_registry: `http://127.0.0.1:${port}/` })
    return JSON.parse((await run(place, far)).text) as string
  }
  try {
    for (const lock of ['pnpm-lock.yaml', 'yarn.lock', 'bun.lock'])
      await t.test(lock, async () => assert.equal(await told(lock, LOCKS[lock](INTEGRITY)), 'compiled there'))
    await t.test('another hash than that of what comes', async () =>
      assert.match(
        await told('bun.lock', LOCKS['bun.lock']('sha512-AAAA')),
        /has-native@3\.1\.0 .* their hashes differ/,
      ),
    )
    await t.test('yarn 2 and later', async () =>
      assert.match(
        await told('yarn.lock', BERRY),
        /^PackageMissingError: the package has-native@3\.1\.0 has compiled code \(build\/answer\.node\), .* the program's yarn\.lock is of yarn 2 or later, whose checksums are not of what a registry gives\. Install it there: npm install has-native@3\.1\.0 in /,
      ),
    )
  } finally {
    registry.close()
  }
})

// npm's registry as it is configured: settings, proxies, hashes, downloads that were cut, and packages taken apart.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { NODE_PACKAGES } from '../../runtime/protocol/nodePackages.ts'
import {
  authorizationOf,
  npmConfig,
  proxyOf,
  registryOf,
  tarballUrl,
} from '../../runtime/remote/npmConfig.ts'
import { fetchPackage, fetchTarball } from '../../runtime/remote/npmPackage.ts'
import { nativeHalf, platformOf } from '../../runtime/remote/productionPackages.ts'
import { tarFiles } from '../../runtime/remote/tarball.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

test('npm’s settings are read as npm reads them: variables over the project’s file over the user’s', () => {
  const config = npmConfig({ npm_config_registry: 'https://env.example', TOKEN: 'secret' }, [
    'registry=https://project.example/\n@ours:registry = "https://ours.example/npm" ; of this house\n# no=thing',
    `@ours:registry=https://user.example\n//ours.example/npm/:_authToken=\${TOKEN}\nproxy=http://proxy.example:3128`,
  ])
  assert.equal(registryOf(config, 'ws'), 'https://env.example/')
  assert.equal(registryOf(config, '@ours/tool'), 'https://ours.example/npm/')
  assert.equal(authorizationOf(config, 'https://ours.example/npm/@ours%2ftool/1.0.0'), 'Bearer secret')
  assert.equal(authorizationOf(config, 'https://elsewhere.example/npm/tool'), undefined)
  assert.equal(registryOf(npmConfig({}, []), 'ws'), 'https://registry.npmjs.org/')
})

test('proxies are those of npm, then those of the environment, but not for what needs none', () => {
  const none = npmConfig({}, [])
  const environment = { HTTPS_PROXY: 'http://p.example:1', no_proxy: 'localhost,.inside.example' }
  assert.equal(proxyOf(none, environment, 'https://registry.example/x'), 'http://p.example:1')
  assert.equal(proxyOf(none, environment, 'https://a.inside.example/x'), undefined)
  assert.equal(proxyOf(none, environment, 'http://registry.example/x'), undefined)
  const npm = npmConfig({}, ['https-proxy=http://npm.example:2'])
  assert.equal(proxyOf(npm, environment, 'https://registry.example/x'), 'http://npm.example:2')
})

test('a mirror’s tarballs are fetched from the mirror', () => {
  assert.equal(
    tarballUrl('https://registry.npmjs.org/a/-/a-1.tgz', 'https://mirror.example/npm/'),
    'https://mirror.example/npm/a/-/a-1.tgz',
  )
  assert.equal(
    tarballUrl('https://cdn.example/a-1.tgz', 'https://mirror.example/'),
    'https://cdn.example/a-1.tgz',
  )
})

test('the Node that is brought is the one that the checkout is pinned to', () => {
  const { optionalDependencies } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
  ) as { optionalDependencies: Record<string, string> }
  for (const { name, version } of Object.values(NODE_PACKAGES))
    assert.equal(optionalDependencies[name], version)
})

test('of a package’s native halves the one for the platform is taken', () => {
  const names = [
    '@x/linux-x64-musl',
    '@x/linux-x64-gnu',
    '@x/linux-arm64-gnu',
    '@x/darwin-arm64',
    '@x/win32-x64-msvc',
  ]
  assert.equal(nativeHalf(names, platformOf('linux-x64')), '@x/linux-x64-gnu')
  assert.equal(nativeHalf(names, platformOf('alpine-x64')), '@x/linux-x64-musl')
  assert.equal(nativeHalf(names, platformOf('darwin-arm64')), '@x/darwin-arm64')
  assert.equal(nativeHalf(names, platformOf('darwin-x64')), undefined)
})

/** One entry of a tar. */
function entry(path: string, content: string | Buffer, mode = 0o644, type = '0'): Buffer {
  const header = Buffer.alloc(512)
  const bytes = Buffer.from(content)
  header.write(path, 0)
  header.write(mode.toString(8).padStart(7, '0'), 100)
  header.write(bytes.length.toString(8).padStart(11, '0'), 124)
  header.write(type, 156)
  const padding = Buffer.alloc((512 - (bytes.length % 512)) % 512)
  return Buffer.concat([header, bytes, padding])
}

const tarOf = (...entries: Buffer[]): Buffer => Buffer.concat([...entries, Buffer.alloc(1024)])

test('a tar gives its plain files, long names included, and none that leads elsewhere', () => {
  const long = `package/${'deep/'.repeat(30)}file.js`
  const pax = `path=${long}\n`
  const files = [
    ...tarFiles(
      tarOf(
        entry('package/package.json', '{}'),
        entry('package/bin/node', 'binary', 0o755),
        entry('././@LongLink', `${long}\0`, 0o644, 'L'),
        entry('cut', 'long'),
        entry('PaxHeader', `${pax.length + 4} ${pax}`, 0o644, 'x'),
        entry('cut', 'pax'),
        entry('package/link', '', 0o644, '2'),
      ),
    ),
  ]
  assert.deepEqual(
    files.map(({ path, bytes, executable }) => [path, Buffer.from(bytes).toString(), executable]),
    [
      ['package/package.json', '{}', false],
      ['package/bin/node', 'binary', true],
      [long, 'long', false],
      [long, 'pax', false],
    ],
  )
  assert.throws(() => [...tarFiles(tarOf(entry('package/../../evil', 'x')))], {
    name: 'TarballError',
    message: 'the package holds "package/../../evil", which leads out of its folder',
  })
})

interface Registry {
  url: string
  requests: string[]
  /** Cuts the next download after so many bytes. */
  cutAfter?: number
  integrity: string
}

/** A registry with one package. */
async function registry(t: TestContext, tarball: Buffer): Promise<Registry> {
  const state: Registry = {
    url: '',
    requests: [],
    integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
  }
  const serve = ({ url, headers }: IncomingMessage, response: ServerResponse): void => {
    state.requests.push(`${url}${headers.range ? ` ${headers.range}` : ''}`)
    if (url === '/tool/1.0.0')
      return void response.end(
        JSON.stringify({ dist: { tarball: `${state.url}moved.tgz`, integrity: state.integrity } }),
      )
    if (url === '/moved.tgz')
      return void response.writeHead(302, { location: '/tool/-/tool-1.0.0.tgz' }).end()
    if (url !== '/tool/-/tool-1.0.0.tgz') return void response.writeHead(404).end()
    const start = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0)
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': tarball.length - start })
    const cut = state.cutAfter
    state.cutAfter = undefined
    if (cut === undefined) response.end(tarball.subarray(start))
    else response.write(tarball.subarray(start, start + cut), () => response.socket?.end())
  }
  const server = createServer(serve)
  state.url = `http://127.0.0.1:${await listening(t, server)}/`
  return state
}

function listening(t: TestContext, server: Server): Promise<number> {
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  )
}

const TARBALL = gzipSync(
  tarOf(
    entry('package/package.json', '{"name":"tool"}'),
    entry('package/bin/tool', Buffer.alloc(300_000, 7), 0o755),
    entry(
      'package/noise',
      Buffer.concat(Array.from({ length: 2000 }, (_, i) => createHash('sha256').update(String(i)).digest())),
    ),
  ),
)

test('a package is fetched once, checked, and taken apart', async (t) => {
  const cache = temporaryFolder(t)
  const { url, requests } = await registry(t, TARBALL)
  const options = { cache, folder: cache, environment: { npm_config_registry: url, HOME: cache } }
  const folder = await fetchPackage('tool', '1.0.0', options)
  assert.equal(readFileSync(join(folder, 'package.json'), 'utf8'), '{"name":"tool"}')
  assert.ok((statSync(join(folder, 'bin', 'tool')).mode & 0o111) !== 0)
  await fetchPackage('tool', '1.0.0', options)
  assert.deepEqual(requests, ['/tool/1.0.0', '/moved.tgz', '/tool/-/tool-1.0.0.tgz'])
})

test('how far a download has come is told a few times, from where it goes on', async (t) => {
  const cache = temporaryFolder(t)
  const served = await registry(t, TARBALL)
  const told: [string, number, number][] = []
  const options = {
    ...{ cache, folder: cache, environment: { npm_config_registry: served.url, HOME: cache } },
    progress: (what: string, done: number, total: number) => void told.push([what, done, total]),
  }
  served.cutAfter = 1000
  await assert.rejects(fetchTarball('tool', '1.0.0', options))
  await fetchTarball('tool', '1.0.0', options)
  const amounts = told.map(([, done]) => done)
  assert.deepEqual(
    [...new Set(told.map(([what, , total]) => `${what} ${total}`))],
    [`tool 1.0.0 ${TARBALL.length}`],
  )
  assert.ok(told.length >= 1 && told.length <= 13)
  assert.deepEqual(
    amounts,
    amounts.toSorted((a, b) => a - b),
  )
  assert.equal(amounts.at(-1), TARBALL.length)
})

test('a download that was cut says so, leaves no package, and goes on the next time', async (t) => {
  const cache = temporaryFolder(t)
  const served = await registry(t, TARBALL)
  const options = { cache, folder: cache, environment: { npm_config_registry: served.url, HOME: cache } }
  served.cutAfter = 1000
  await assert.rejects(fetchTarball('tool', '1.0.0', options), {
    name: 'DownloadError',
    message: /was cut off .*: try again, it goes on where it stopped$/,
  })
  const file = join(cache, 'npm', 'tool-1.0.0.tgz')
  assert.equal(existsSync(file), false)
  assert.equal(await fetchTarball('tool', '1.0.0', options), file)
  assert.ok(readFileSync(file).equals(TARBALL))
  assert.match(served.requests.at(-1)!, /^\/tool\/-\/tool-1\.0\.0\.tgz bytes=\d+-$/)
})

test('a package that is not what the registry says is refused, and nothing of it stays', async (t) => {
  const cache = temporaryFolder(t)
  const served = await registry(t, TARBALL)
  served.integrity = `sha1-${createHash('sha1').update(TARBALL).digest('base64')} sha512-${'A'.repeat(86)}==`
  const options = { cache, folder: cache, environment: { npm_config_registry: served.url, HOME: cache } }
  await assert.rejects(fetchTarball('tool', '1.0.0', options), {
    name: 'IntegrityError',
    message:
      'tool 1.0.0 came from the registry and is not what it says it is (sha512): try again, or ask who runs the registry',
  })
  assert.equal(existsSync(join(cache, 'npm', 'tool-1.0.0.tgz.part')), false)
})

test('a package that is not there, and a registry that is not, are told with the way out', async (t) => {
  const cache = temporaryFolder(t)
  const { url } = await registry(t, TARBALL)
  const environment = { npm_config_registry: url, HOME: cache }
  await assert.rejects(fetchTarball('tool', '9.9.9', { cache, folder: cache, environment }), {
    message: `${url}tool/9.9.9 answered with HTTP 404: it has no such package; check the registry that npm is configured for (npm config get registry)`,
  })
  const gone = { npm_config_registry: 'http://127.0.0.1:1/', HOME: cache }
  await assert.rejects(fetchTarball('tool', '1.0.0', { cache, folder: cache, environment: gone }), {
    message:
      /^http:\/\/127\.0\.0\.1:1\/tool\/1\.0\.0 cannot be reached \(ECONNREFUSED\): check the network, and npm's registry and proxy settings$/,
  })
})

test('a proxy carries requests, and tunnels for what is secure', async (t) => {
  const cache = temporaryFolder(t)
  const served = await registry(t, TARBALL)
  const seen: string[] = []
  const proxy = createServer((asked, response) => {
    seen.push(`${asked.method} ${asked.url}`)
    asked.pipe(
      request(asked.url!, { method: asked.method, headers: asked.headers }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(response)
      }),
    )
  })
  proxy.on('connect', ({ url }, socket) => {
    seen.push(`CONNECT ${url}`)
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
  })
  const port = await listening(t, proxy)
  const file = join(cache, '.npmrc')
  mkdirSync(cache, { recursive: true })
  writeFileSync(file, `proxy=http://127.0.0.1:${port}\n`)
  const options = { cache, folder: cache, environment: { npm_config_registry: served.url, HOME: cache } }
  await fetchTarball('tool', '1.0.0', options)
  assert.equal(seen[0], `GET ${served.url}tool/1.0.0`)
  const secure = { npm_config_registry: 'https://registry.example/', HOME: cache }
  await assert.rejects(fetchTarball('other', '1.0.0', { ...options, environment: secure }), {
    message: `https://registry.example/other/1.0.0 cannot be reached through the proxy 127.0.0.1:${port}, which answered with HTTP 407`,
  })
  assert.equal(seen.at(-1), 'CONNECT registry.example:443')
})

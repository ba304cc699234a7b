// Fetches packages from the registry that npm is configured for: into a cache, checked by the registry's hash, gone on with when cut.

import { createHash, type Hash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { DownloadError, type GetOptions, httpGet } from './httpGet.ts'
import { authorizationOf, type NpmConfig, npmConfig, proxyOf, registryOf, tarballUrl } from './npmConfig.ts'
import { inSteps } from './steps.ts'
import { unpackTarball } from './tarball.ts'

/** A package that came and is not what the registry says it is. */
export class IntegrityError extends Error {
  override name = 'IntegrityError'
}

export interface NpmOptions {
  /** Where packages are kept; the user's cache folder by default. */
  cache?: string
  environment?: NodeJS.ProcessEnv
  /** Where `.npmrc` is looked for first. */
  folder?: string
  /** Told a dozen times while a package comes: how many bytes are here. Not told where the server names no size. */
  progress?: (what: string, doneBytes: number, totalBytes: number) => void
}

export const heddleCache = (environment: NodeJS.ProcessEnv = process.env): string =>
  join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'heddle')

/** Reads npm's settings: variables, the project's file, the user's, the machine's. */
export function readNpmConfig({
  environment = process.env,
  folder = process.cwd(),
}: NpmOptions = {}): NpmConfig {
  const files = [
    ...ancestors(folder).map((each) => join(each, '.npmrc')),
    environment.npm_config_userconfig ?? join(environment.HOME ?? homedir(), '.npmrc'),
    '/etc/npmrc',
    '/usr/local/etc/npmrc',
  ]
  return npmConfig(
    environment,
    files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8')),
  )
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...ancestors(parent)]
}

/**
 * The packed package, from the cache or the registry.
 * @returns its path
 * @throws {DownloadError} {@link IntegrityError}
 */
export async function fetchTarball(name: string, version: string, options: NpmOptions = {}): Promise<string> {
  const { environment = process.env } = options
  const folder = join(options.cache ?? heddleCache(environment), 'npm')
  const file = join(folder, `${name.replace('/', '+')}-${version}.tgz`)
  if (existsSync(file)) return file
  const config = readNpmConfig(options)
  const get: GetOptions = {
    proxyOf: (url) => proxyOf(config, environment, url),
    authorizationOf: (url) => authorizationOf(config, url),
    ...(config.get('cafile') && { ca: readFileSync(config.get('cafile')!, 'utf8') }),
  }
  const registry = registryOf(config, name)
  const { tarball, integrity } = await describe(registry, name, version, get)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const part = `${file}.part`
  await download(tarballUrl(tarball, registry), part, get, (done, total) =>
    options.progress?.(`${name} ${version}`, done, total),
  )
  await requireIntegrity(part, integrity, `${name} ${version}`)
  renameSync(part, file)
  return file
}

/**
 * The unpacked package.
 * @returns its folder
 * @throws {DownloadError} {@link IntegrityError}
 */
export async function fetchPackage(name: string, version: string, options: NpmOptions = {}): Promise<string> {
  const file = await fetchTarball(name, version, options)
  const folder = file.replace(/\.tgz$/, '')
  if (!existsSync(folder)) {
    const draft = `${folder}.${process.pid}`
    unpackTarball(readFileSync(file), draft)
    renameSync(draft, folder)
  }
  return join(folder, 'package')
}

interface Described {
  tarball: string
  /** As `sha512-…`. */
  integrity: string
}

async function describe(
  registry: string,
  name: string,
  version: string,
  get: GetOptions,
): Promise<Described> {
  const url = `${registry}${name.replace('/', '%2f')}/${version}`
  const response = await httpGet(url, get)
  const parts: Buffer[] = []
  for await (const bytes of response) parts.push(bytes as Buffer)
  try {
    const { dist } = JSON.parse(Buffer.concat(parts).toString()) as {
      dist: { tarball: string; integrity?: string; shasum?: string }
    }
    const integrity =
      dist.integrity ?? (dist.shasum && `sha1-${Buffer.from(dist.shasum, 'hex').toString('base64')}`)
    if (!dist.tarball || !integrity) throw new Error('it names no tarball or no hash')
    return { tarball: dist.tarball, integrity }
  } catch (cause) {
    throw new DownloadError(url, `is no npm registry's answer: ${(cause as Error).message}`, cause)
  }
}

/** Goes on where an earlier download was cut, when the server can. */
async function download(
  url: string,
  part: string,
  get: GetOptions,
  progress: (doneBytes: number, totalBytes: number) => void,
): Promise<void> {
  const here = statSync(part, { throwIfNoEntry: false })?.size ?? 0
  // Opened before the server is asked: what comes must be read at once, since a cut takes along what nobody has read.
  const handle = await open(part, 'a', 0o600)
  try {
    const response = await httpGet(url, here > 0 ? { ...get, headers: { range: `bytes=${here}-` } } : get)
    // All of it is here already; whether it is right is seen by its hash.
    if (response.statusCode === 416) return void response.resume()
    const goesOn = response.statusCode === 206
    if (!goesOn && here > 0) await handle.truncate(0)
    const before = goesOn ? here : 0
    const total = before + Number(response.headers['content-length'] ?? Number.NaN)
    const tell = inSteps(total, progress)
    await writeAll(handle, response, url, (bytes) => tell(before + bytes))
  } finally {
    await handle.close()
  }
}

/** Writes piece by piece, so that what came before a cut is there to go on with. */
async function writeAll(
  handle: FileHandle,
  response: AsyncIterable<Buffer>,
  url: string,
  written: (bytes: number) => void,
): Promise<void> {
  let bytesWritten = 0
  try {
    for await (const bytes of response) {
      await handle.write(bytes)
      bytesWritten += bytes.length
      written(bytesWritten)
    }
  } catch (cause) {
    throw new DownloadError(
      url,
      `was cut off (${(cause as Error).message}): try again, it goes on where it stopped`,
      cause,
    )
  }
}

async function requireIntegrity(file: string, integrity: string, what: string): Promise<void> {
  // Several hashes may stand there: the strongest counts.
  const known = integrity
    .split(/\s+/)
    .map((one) => /^(sha\d+)-([^?]+)/.exec(one))
    .filter((one) => one !== null)
  const strongest = known.toSorted((a, b) => Number(b[1].slice(3)) - Number(a[1].slice(3)))[0]
  if (!strongest)
    throw new IntegrityError(`the registry tells no hash of ${what} that is known here: ${integrity}`)
  const hash: Hash = createHash(strongest[1])
  for await (const bytes of createReadStream(file)) hash.update(bytes as Buffer)
  if (hash.digest('base64') === strongest[2]) return
  rmSync(file, { force: true })
  throw new IntegrityError(
    `${what} came from the registry and is not what it says it is (${strongest[1]}): try again, or ask who runs the registry`,
  )
}

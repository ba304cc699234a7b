// The store of files on another machine: content names files, bundles are made of them, and nothing is ever there by half.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import test from 'node:test'
import { type BundleFile, bundleDigest } from '../../runtime/agent/bundle.ts'
import { BundleStore } from '../../runtime/agent/bundleStore.ts'
import { receiveFiles } from '../../runtime/agent/receiveFiles.ts'
import { storeError } from '../../runtime/agent/storeError.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

const file = (path: string, content: string, executable?: boolean): BundleFile => ({
  path,
  sha256: createHash('sha256').update(content).digest('hex'),
  sizeBytes: content.length,
  ...(executable && { executable }),
})

const SCRIPT = 'console.log(1)\n'
const LONG = 'x'.repeat(100_000)
const manifest = {
  files: [file('dist/a.js', SCRIPT), file('bin/run', LONG, true), file('dist/copy.js', SCRIPT)],
}
const contents = new Map([
  [file('', SCRIPT).sha256, SCRIPT],
  [file('', LONG).sha256, LONG],
])

/** What a client sends of the files that are missing. */
function uploadOf(store: BundleStore, cutAt?: number): Readable {
  const parts: Buffer[] = []
  for (const { sha256, offset } of store.missing(manifest)) {
    const content = contents.get(sha256)!
    const { executable } = manifest.files.find((each) => each.sha256 === sha256)!
    parts.push(Buffer.from(`${JSON.stringify({ sha256, sizeBytes: content.length, offset, executable })}\n`))
    parts.push(Buffer.from(content.slice(offset)))
  }
  const bytes = Buffer.concat(parts).subarray(0, cutAt)
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += 999) pieces.push(bytes.subarray(at, at + 999))
  return Readable.from(pieces)
}

test('a bundle may have links inside of it, and files that nobody writes to', async (t) => {
  const store = new BundleStore(temporaryFolder(t))
  await receiveFiles(uploadOf(store), store)
  const links = [{ path: 'node_modules/own', target: '../dist' }]
  const folder = store.commit({ ...manifest, links, readOnly: true })
  assert.equal(readFileSync(join(folder, 'node_modules', 'own', 'a.js'), 'utf8'), SCRIPT)
  assert.deepEqual(
    ['dist/a.js', 'bin/run'].map((path) => statSync(join(folder, path)).mode & 0o777),
    [0o400, 0o500],
  )
  assert.notEqual(bundleDigest({ ...manifest, links }), bundleDigest(manifest))
})

test('no link leads out of its bundle, or stands in for a folder of it', (t) => {
  const root = temporaryFolder(t)
  const store = new BundleStore(root)
  for (const [link, says] of [
    [{ path: 'a/b', target: '../../outside' }, /leads out of its bundle/],
    [{ path: 'a', target: '/etc' }, /leads out of its bundle/],
    [{ path: '../a', target: 'dist' }, /is no path inside a bundle/],
    [{ path: 'dist', target: 'bin' }, /is a folder of the bundle too/],
  ] as const)
    assert.throws(() => store.commit({ ...manifest, links: [link] }), { name: 'BundleError', message: says })
  assert.deepEqual(readdirSync(join(root, 'bundles')), [])
})

test('what is missing is sent once, and the bundle’s folder holds it', async (t) => {
  const root = temporaryFolder(t)
  const store = new BundleStore(root)
  assert.deepEqual(store.missing(manifest).length, 2)
  assert.equal(await receiveFiles(uploadOf(store), store), 2)
  const folder = store.commit(manifest)
  assert.equal(folder, join(root, 'bundles', bundleDigest(manifest)))
  assert.equal(readFileSync(join(folder, 'dist', 'copy.js'), 'utf8'), SCRIPT)
  assert.deepEqual(
    ['dist/a.js', 'bin/run'].map((path) => statSync(join(folder, path)).mode & 0o777),
    [0o600, 0o700],
  )
  assert.deepEqual(store.missing(manifest), [])
  assert.equal(store.commit(manifest), folder)
  assert.deepEqual(readdirSync(join(root, 'parts')), [])
})

test('an upload that was cut goes on where it stopped, and is no file before it is whole', async (t) => {
  const root = temporaryFolder(t)
  const store = new BundleStore(root)
  await receiveFiles(uploadOf(store, 60_000), store)
  const [missing] = store.missing(manifest).filter(({ offset }) => offset > 0)
  assert.equal(missing.sha256, file('', LONG).sha256)
  assert.ok(missing.offset > 50_000)
  assert.throws(() => store.commit(manifest), {
    name: 'StoreError',
    message: /^a file of the bundle is not in .*: try again$/,
  })
  assert.deepEqual(readdirSync(join(root, 'bundles')), [])
  await receiveFiles(uploadOf(store), store)
  assert.equal(readFileSync(join(store.commit(manifest), 'bin', 'run'), 'utf8'), LONG)
})

test('a file that is not what its name says is refused, and nothing of it stays', async (t) => {
  const root = temporaryFolder(t)
  const store = new BundleStore(root)
  const { sha256 } = file('', SCRIPT)
  const wrong = SCRIPT.replace('1', '2')
  const upload = Readable.from([
    Buffer.from(`${JSON.stringify({ sha256, sizeBytes: wrong.length, offset: 0 })}\n${wrong}`),
  ])
  await assert.rejects(receiveFiles(upload, store), {
    name: 'StoreError',
    message: /where .* was sent: try again$/,
  })
  assert.deepEqual([readdirSync(join(root, 'files')), readdirSync(join(root, 'parts'))], [[], []])
})

test('two clients that send the same file at once get in nobody’s way', async (t) => {
  const store = new BundleStore(temporaryFolder(t))
  await Promise.all([receiveFiles(uploadOf(store), store), receiveFiles(uploadOf(store), store)])
  assert.equal(readFileSync(join(store.commit(manifest), 'bin', 'run'), 'utf8'), LONG)
})

test('a manifest cannot lead out of its folder', (t) => {
  const store = new BundleStore(temporaryFolder(t))
  for (const path of ['../evil', '/etc/passwd', 'a//b', 'a/../../b', ''])
    assert.throws(() => store.missing({ files: [file(path, 'x')] }), {
      name: 'BundleError',
      message: `${JSON.stringify(path)} is no path inside a bundle`,
    })
  assert.throws(() => store.missing({ files: [{ path: 'a', sha256: '../../x', sizeBytes: 1 }] }), {
    message: '"../../x" is no SHA-256 digest',
  })
})

test('equal bundles have equal names, in whatever order their files stand', () => {
  const { files } = manifest
  assert.equal(bundleDigest({ files: [...files].reverse() }), bundleDigest(manifest))
  assert.notEqual(bundleDigest({ files: files.slice(1) }), bundleDigest(manifest))
})

test('what keeps files from being written is told with the way out', () => {
  const of = (code: string): string =>
    storeError('/home/me/.cache/heddle', Object.assign(new Error('x'), { code })).message
  assert.equal(
    of('ENOSPC'),
    'no space is left for /home/me/.cache/heddle: make room there, or name another folder with --folder',
  )
  assert.match(of('EDQUOT'), /^your quota is used up in/)
  assert.match(of('EROFS'), /is on a read-only file system: name another folder with --folder$/)
  assert.match(of('EACCES'), /may not be written to by this user/)
  assert.equal(existsSync('/home/me/.cache/heddle'), false)
})

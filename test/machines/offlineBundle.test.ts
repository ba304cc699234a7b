// A folder for machines without a network: it runs heddle where no Node is, and hosts are brought theirs out of it.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import type { HostPlatform } from '../../runtime/protocol/nodePackages.ts'
import { supplyFromFolder } from '../../runtime/remote/npmSupply.ts'
import { writeOfflineBundle } from '../../runtime/remote/offlineBundle.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

const here = `${process.platform}-${process.arch}` as HostPlatform

test('the folder runs a program on a machine that has nothing else', async (t) => {
  const folder = temporaryFolder(t)
  const packed = join(folder, 'packed')
  mkdirSync(join(packed, 'package', 'bin'), { recursive: true })
  symlinkSync(process.execPath, join(packed, 'package', 'bin', 'node'))
  const tarball = join(folder, 'node.tgz')
  execFileSync('tar', ['-chf', tarball, '-I', 'gzip -1', '-C', packed, 'package'])
  const out = join(folder, 'bundle')
  await writeOfflineBundle(here, out, {
    node: async () => ({ file: tarball, version: process.versions.node }),
    package: async (name) => assert.fail(`${name} is on this machine already`),
  })
  const program = join(folder, 'program.ts')
  writeFileSync(
    program,
    "import { bag } from 'heddle'\nconsole.log(await bag.range(4).map((x) => x * x).sum().compute())\n",
  )
  const env = { PATH: '/usr/bin:/bin', HOME: folder, TMPDIR: folder, XDG_RUNTIME_DIR: folder }
  const printed = execFileSync(join(out, 'heddle'), ['run', program, '--threads', '1', '--quiet'], {
    env,
    encoding: 'utf8',
  })
  assert.equal(printed, '14\n')
  const { version, file } = await supplyFromFolder(out).node(here)
  assert.deepEqual([version, file], [process.versions.node, join(out, 'node.tgz')])
  await assert.rejects(writeOfflineBundle(here, out, supplyFromFolder(out)), {
    message: `${out} is not empty: name a new folder with --out`,
  })
  const other = here === 'linux-x64' ? 'linux-arm64' : 'linux-x64'
  await assert.rejects(supplyFromFolder(out).node(other), {
    name: 'OfflineBundleError',
    message: `${out} is a bundle for ${here}, and ${other} is needed: make one with --platform ${other}`,
  })
  const described = join(out, 'bundle.json')
  writeFileSync(described, readFileSync(described, 'utf8').replace(/"heddle": "[^"]+"/, '"heddle": "0.0.1"'))
  assert.throws(() => supplyFromFolder(out), {
    message: new RegExp(`^${out} is a bundle of heddle 0\\.0\\.1, and this is `),
  })
})

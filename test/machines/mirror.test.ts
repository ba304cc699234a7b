// Runs as an editor starts them, of files that the host does not have: through a real ssh to a machine that cannot see the laptop's folder.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { Attachment } from '../../client/cluster/attachment.ts'
import type { RunEventMessage } from '../../client/runs/runsModel.ts'
import type { RunEvent, RunSpec } from '../../runtime/protocol/runs.ts'
import { HEDDLE_VERSION } from '../../runtime/protocol/version.ts'
import { openSshHost } from '../../runtime/remote/sshCluster.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'
import { SshServer } from '../slurmLab/sshServer.ts'

const FILES: Record<string, string> = {
  'package.json': '{"name":"project","type":"module"}',
  'tsconfig.json': '{"compilerOptions":{"paths":{"~/*":["./lib/*"]}}}',
  'lib/double.ts': 'export const double = (x: number): number => 2 * x\n',
  'node_modules/shout/package.json':
    '{"name":"shout","version":"1.0.0","main":"index.js","dependencies":{"mark":"1"}}',
  'node_modules/shout/index.js': "module.exports = (text) => text.toUpperCase() + require('mark')\n",
  'node_modules/mark/package.json': '{"name":"mark","version":"1.0.0","main":"index.js"}',
  'node_modules/mark/index.js': "module.exports = '!'\n",
  'data/words.txt': 'one two\ntwo\n',
  'good.ts': `import { readFileSync } from 'node:fs'
import { bag } from 'heddle'
import shout from 'shout'
import { double } from '~/double'

const lines = readFileSync('data/words.txt', 'utf8').split('\\n').length
console.log(shout('here'), lines, import.meta.filename)
const words = await bag.readText('data/*.txt').map((line: string) => shout(line.trim())).compute()
console.log(words.join())
const sum = await bag.range(4).map((x: number) => double(x)).sum().compute()
console.log(sum)
`,
  'bad.ts': `import { bag } from 'heddle'

const fails = (x: number): number => {
  if (x > 1) throw new Error('too large')
  return x
}
await bag.range(4).map(fails).compute()
`,
}

async function lab(t: TestContext) {
  const folder = temporaryFolder(t)
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  // Over there another file system lies over the laptop's folder: nothing of it is to be seen.
  const hide = `mount -t tmpfs tmpfs ${folder} && exec sh -c "$SSH_ORIGINAL_COMMAND"`
  const server = await SshServer.start({ forceCommand: `unshare -m sh -c '${hide}'` })
  let leave = async (): Promise<void> => {}
  t.after(async () => {
    await leave()
    await server.close()
  })
  const host = await openSshHost('lab', {
    ...{ configFile: server.configFile, nodePath: process.execPath, owned: false },
    ...{ threadsPerWorker: 1, memoryLimit: '500MB' },
  })
  const cluster = await host.start()
  const messages: RunEventMessage[] = []
  let heard = (): void => {}
  const attachment = await Attachment.open(
    {
      ...{ kind: 'ssh', name: 'lab', address: cluster.address },
      note: { kind: 'ssh', host: 'lab', id: cluster.address.id },
      mirror: async (run) => {
        const mirror = await host.mirror(run)
        return mirror === undefined ? {} : { mirror }
      },
      leave: () => {},
    },
    HEDDLE_VERSION,
    {
      runEvent: (message) => {
        messages.push(message)
        heard()
      },
      log: () => {},
      lost: () => {},
    },
  )
  leave = async () => {
    attachment.leave()
    await cluster.stop()
    host.close()
  }
  /** Runs a file; resolves with all events of the run. */
  const run = async (name: string, more: Partial<RunSpec> = {}): Promise<RunEvent[]> => {
    const id = await attachment.run({ file: join(folder, name), cwd: folder, ...more })
    const mine = (): RunEvent[] => messages.filter((each) => each.run === id).map(({ event }) => event)
    while (mine().at(-1)?.kind !== 'ended')
      await new Promise<void>((resolve) => {
        heard = resolve
      })
    return mine()
  }
  return { folder, server, run }
}

const outputOf = (events: readonly RunEvent[]): string =>
  events.flatMap((event) => (event.kind === 'output' ? [event.text] : [])).join('')

test('a run with its modules, paths, packages and data; what it tells are the laptop’s paths', async (t) => {
  const { folder, server, run } = await lab(t)
  const events = await run('good.ts')
  assert.equal(outputOf(events), `HERE! 3 ${folder}/good.ts\nONE TWO!,TWO!\n12\n`)
  const places = events.flatMap((event) =>
    event.kind === 'computing' && event.site.place ? [event.site.place] : [],
  )
  assert.deepEqual(
    places.map(({ file, line }) => [file, line]),
    [
      [`${folder}/good.ts`, 8],
      [`${folder}/good.ts`, 10],
    ],
  )
  const mirrors = join(server.home, '.cache', 'heddle', 'mirrors', 'bundles')
  assert.equal(readdirSync(mirrors).length, 1)

  const failed = (await run('bad.ts')).find((event) => event.kind === 'failed')
  assert.ok(failed)
  assert.deepEqual(failed.failure.frames[0], { file: `${folder}/bad.ts`, line: 4, column: 20 })
  assert.ok(!JSON.stringify(failed).includes('/mirrors/'))

  // One expression of a text that was not saved, which imports what the disk's text does not.
  const text = `import { bag } from 'heddle'\nimport { double } from './lib/double.ts'\nawait bag.range(3).map(double).sum().compute()\n`
  const start = text.indexOf('await')
  const expression = { start, end: text.trimEnd().length, label: 'sum' }
  const result = (await run('bad.ts', { text, expression })).find((event) => event.kind === 'result')
  assert.equal(result?.line, '6')
})

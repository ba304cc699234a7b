// Whatever a user gets wrong: one clear error that names the thing and the way out, a non-zero exit, nothing left running.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import test from 'node:test'
import { Workplace } from './runKit.ts'

interface Case {
  title: string
  program: string
  /** What the error has to say. */
  says: RegExp[]
  args?: string[]
}

const CASES: Case[] = [
  {
    title: "a syntax error in the user's file",
    program: 'const a = {\n  b: 1,\nconst c = 2\n',
    says: [/program\.ts:3:\d+ SyntaxError: /, /> 3 \| const c = 2/],
  },
  {
    title: "an import that isn't there",
    program: "import { x } from './not-there.ts'\nconsole.log(x)\n",
    says: [/program\.ts:1:\d+/, /not-there\.ts.*no such file/s],
  },
  {
    title: 'a function that captures a socket',
    program: `import { createServer } from 'node:net'
import { Client } from 'heddle'
const client = await Client.local()
const server = createServer()
await client.submit(() => server.listening).result()
`,
    says: [/`server` is .*Server, which cannot be sent/, /program\.ts:5:\d+/],
  },
  {
    title: 'a truncated input file',
    program: `import { writeFileSync } from 'node:fs'
import { bag } from 'heddle'
writeFileSync('cut.parquet', 'PAR1 and then nothing')
console.log(await bag.readParquet('cut.parquet').count().compute())
`,
    says: [/cut\.parquet is no whole parquet file/, /program\.ts:4:\d+/],
  },
  {
    title: 'an unreadable input file',
    program: `import { mkdirSync } from 'node:fs'
import { bag } from 'heddle'
mkdirSync('folder.txt')
console.log(await bag.readText('folder.txt').count().compute())
`,
    says: [/folder\.txt/],
  },
  {
    title: 'a glob that matches nothing',
    program: "import { bag } from 'heddle'\nawait bag.readText('logs/*.gz').count().compute()\n",
    says: [/no file matches logs\/\*\.gz/, /program\.ts:2:\d+/],
  },
  {
    title: 'a promise rejected and never awaited',
    program: "void Promise.reject(new RangeError('nobody waits'))\nsetTimeout(() => {}, 60_000)\n",
    says: [/program\.ts:1:\d+ RangeError: nobody waits/, /> 1 \| void Promise/],
  },
  {
    title: 'a result that cannot be sent back',
    program: `import { Client } from 'heddle'
const client = await Client.local()
await client.submit(() => ({ seen: new WeakRef({}) })).result()
`,
    says: [/`result\.seen` is a WeakRef, which cannot be sent/, /in task .* on worker w0/],
  },
  {
    title: 'a task that throws what is no Error',
    program: `import { Client } from 'heddle'
const client = await Client.local()
const broken = client.submit(() => {
  throw { code: 404 }
})
await broken.result()
`,
    says: [
      /program\.ts:3:23 .*a task threw a value of class Object/,
      /> 3 \| const broken/,
      /in task .* on worker w0/,
    ],
  },
  {
    title: 'an argument that cannot be sent',
    program: `import { Client } from 'heddle'
const client = await Client.local()
await client.gather(client.map((each) => each, [[{ deep: [AbortSignal.timeout(1000)] }]]))
`,
    says: [/program\.ts:3:28 .*`arguments\[0\]\[0\]\.deep\[0\]` is an AbortSignal/, /> 3 \| await client/],
  },
  {
    title: 'a thrown value that is no Error',
    program: "import 'heddle'\nthrow { code: 404 }\n",
    says: [/thrown value: \{ code: 404 \}/],
  },
  {
    title: 'a promise that nobody settles, awaited',
    program: "import { Client } from 'heddle'\nawait Client.local()\nawait new Promise(() => {})\n",
    says: [/UnsettledAwaitError: .*program\.ts waits in a top-level await for a promise that stays pending/],
  },
  {
    title: 'a truncated gzip file',
    program: `import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { bag } from 'heddle'
writeFileSync('cut.gz', gzipSync('many lines\\n'.repeat(1000)).subarray(0, -4))
console.log(await bag.readText('cut.gz').count().compute())
`,
    says: [/program\.ts:5:\d+ .*cut\.gz is not whole gzip data: unexpected end of file/, /> 5 \| /],
  },
  {
    title: 'a task that throws',
    program: `import { Client } from 'heddle'
const client = await Client.local()
function halve(n: number): number {
  if (n % 2 === 1) throw new RangeError(\`\${n} is odd\`)
  return n / 2
}
await client.gather(client.map(halve, [2, 3]))
`,
    says: [/program\.ts:4:\d+ RangeError: 3 is odd/, /> 4 \| /, /in task halve-[0-9a-f]{32} on worker w0/],
  },
]

for (const { title, program, says, args = [] } of CASES)
  test(title, async () => {
    await using place = new Workplace({ 'program.ts': program })
    const { code, stderr } = await place.heddle('run', 'program.ts', '--threads', '1', ...args)
    assert.equal(code, 1, stderr)
    for (const expected of says) assert.match(stderr, expected)
    // One error, told once: no stack of heddle's own, and no second report.
    assert.equal(stderr.match(/^heddle: .*(Error|thrown value)\b/gm)?.length ?? 0, 1, stderr)
    assert.doesNotMatch(stderr, /node:internal|runtime\/dist/)
    assert.deepEqual(await place.leftovers(), [])
  })

const USAGE: [title: string, args: string[], says: RegExp][] = [
  [
    '--workers 0',
    ['run', 'program.ts', '--workers', '0'],
    /--workers must be a whole number from 1 to 256, not "0"/,
  ],
  ['--workers lots', ['run', 'program.ts', '--workers', 'lots'], /--workers must be .*, not "lots"/],
  ['--threads 1.5', ['run', 'program.ts', '--threads', '1.5'], /--threads must be .*, not "1\.5"/],
  ['--memory-limit 4', ['run', 'program.ts', '--memory-limit', '4'], /"4" is no memory limit: .*100MB/],
  [
    '--memory-limit much',
    ['run', 'program.ts', '--memory-limit', 'much'],
    /"much" is no memory limit: .*4GB/,
  ],
  ['a file that is not there', ['run', 'nowhere.ts'], /nowhere\.ts is not there/],
  ['a folder instead of a file', ['run', '.'], /\. is no file/],
  ['no file', ['run'], /say which file to run/],
  ['two files', ['run', 'program.ts', 'other.ts'], /only one file .* after --/],
  ['an unknown option', ['run', 'program.ts', '--wrokers', '2'], /^heddle: there is no option --wrokers\n/],
  ['--workers -1', ['run', 'program.ts', '--workers', '-1'], /--workers must be .*, not "-1"/],
  ['--workers without a value', ['run', 'program.ts', '--workers'], /^heddle: --workers needs a value\n/],
  ['workers of a scheduler', ['scheduler', '--workers', 'lots'], / --workers must be .*, not "lots"/],
  ['an unknown command', ['rnu'], /no command "rnu": run, scheduler/],
  [
    'a port that is none',
    ['scheduler', '--port', '70000'],
    /--port must be a number from 0 .* to 65535, not "70000"/,
  ],
]

test('what cannot be understood ends with exit code 2 and one sentence', async () => {
  await using place = new Workplace({ 'program.ts': '' })
  for (const [title, args, says] of USAGE) {
    const { code, stderr, stdout } = await place.heddle(...args)
    assert.equal(code, 2, `${title}: ${stderr}`)
    assert.match(stderr, says, title)
    assert.match(stderr, /^heddle: .*\n\(heddle.* --help shows what there is\)\n$/, title)
    assert.equal(stdout, '', title)
  }
  assert.deepEqual(await place.leftovers(), [])
})

test('a port in use is named, with the way out', async () => {
  await using place = new Workplace()
  const taken = createServer()
  const port = await new Promise<number>((resolve) =>
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
  )
  try {
    const { code, stderr } = await place.heddle('scheduler', '--port', String(port), '--workers', '1')
    assert.equal(code, 3, stderr)
    assert.match(
      stderr,
      new RegExp(`^heddle: port ${port} is in use by another program\\. Choose another with --port`),
    )
    assert.deepEqual(await place.leftovers(), [])
  } finally {
    taken.close()
  }
})

test('a wrong token is refused with a clear error, for runs and for workers', async () => {
  await using place = new Workplace({ 'program.ts': '' })
  const scheduler = place.start('scheduler', '--port', '0')
  await scheduler.said('is running')
  const address = JSON.parse(
    await import('node:fs').then(({ readFileSync }) => readFileSync(place.clusterFile(), 'utf8')),
  ) as Record<string, unknown>
  const forged = join(place.folder, 'forged.json')
  writeFileSync(forged, JSON.stringify({ ...address, token: 'guessed' }))
  for (const args of [
    ['run', 'program.ts', '--connect', forged],
    ['worker', '--connect', forged],
  ]) {
    const { code, stderr } = await place.heddle(...args)
    assert.equal(code, 3, stderr)
    assert.match(
      stderr,
      /^heddle: the scheduler at .*forged\.json refused the token: take the one in its cluster's/,
    )
  }
  scheduler.child.kill('SIGINT')
  assert.equal((await scheduler.ended).code, 0)
  assert.deepEqual(await place.leftovers(), [])
})

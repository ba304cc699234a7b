// Reading lines: blocks, compressions, encodings, names, and files that are not as they should be.

import assert from 'node:assert/strict'
import { mkdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { bag } from '../../runtime/collections/index.ts'
import { TaskGraph } from '../../runtime/graph/taskGraph.ts'
import { randomFrom } from '../../runtime/kernels/bag/random.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

computeInProcess()

/** Lines of many lengths, with empty ones and characters of up to four bytes. */
function lines(seed: number, count: number): string[] {
  const random = randomFrom(seed)
  const letters = ['a', 'b', 'é', '–', '日', '🧵', ' ']
  return Array.from({ length: count }, () =>
    Array.from(
      { length: Math.floor(random() ** 2 * 40) },
      () => letters[Math.floor(random() * letters.length)],
    ).join(''),
  )
}

test('a file gives its lines once each, whatever the block size', async (context) => {
  const folder = temporaryFolder(context)
  const expected = lines(1, 60)
  for (const [name, text] of [
    ['lf.txt', `${expected.join('\n')}\n`],
    ['no-last-end.txt', `${expected.join('\n')}\nx`],
    ['crlf.txt', `${expected.join('\r\n')}\r\n`],
  ]) {
    const path = join(folder, name)
    writeFileSync(path, text)
    const wanted = name === 'no-last-end.txt' ? [...expected, 'x'] : expected
    for (const blocksize of [1, 2, 3, 7, 64, 1000, 5000, 1_000_000, false] as const) {
      const read = bag.readText(path, { blocksize })
      assert.deepEqual(await read.compute(), wanted, `${name} in blocks of ${blocksize}`)
    }
  }
})

test('empty files, one empty line, and only line ends are what they are', async (context) => {
  const folder = temporaryFolder(context)
  const cases: [string, string[]][] = [
    ['', []],
    ['\n', ['']],
    ['\n\n', ['', '']],
    ['a', ['a']],
    ['\r\n', ['']],
    ['\ufeffa\nb', ['a', 'b']],
  ]
  for (const [i, [text, expected]] of cases.entries()) {
    const path = join(folder, `${i}.txt`)
    writeFileSync(path, text)
    for (const blocksize of [1, 100])
      assert.deepEqual(await bag.readText(path, { blocksize }).compute(), expected)
  }
})

test('compressed files are told by their ending or by the option', async (context) => {
  const folder = temporaryFolder(context)
  const expected = lines(2, 50)
  const bytes = Buffer.from(`${expected.join('\n')}\n`)
  const files: [string, Buffer][] = [
    ['a.txt', bytes],
    ['b.txt.gz', gzipSync(bytes)],
    ['c.txt.zst', zstdCompressSync(bytes)],
    ['d.txt.br', brotliCompressSync(bytes)],
    ['e.zz', deflateSync(bytes)],
    ['f.txt.gz', Buffer.concat([gzipSync(bytes.subarray(0, 100)), gzipSync(bytes.subarray(100))])],
  ]
  for (const [name, content] of files) {
    writeFileSync(join(folder, name), content)
    assert.deepEqual(await bag.readText(join(folder, name), { blocksize: 10 }).compute(), expected, name)
  }
  assert.deepEqual(
    await bag.readText(join(folder, '*')).compute(),
    files.flatMap(() => expected),
  )
  writeFileSync(join(folder, 'plain'), gzipSync(bytes))
  assert.deepEqual(await bag.readText(join(folder, 'plain'), { compression: 'gzip' }).compute(), expected)
})

test('encodings: utf-16 both ways and latin1', async (context) => {
  const folder = temporaryFolder(context)
  const path = join(folder, 'x.txt')
  writeFileSync(path, Buffer.from('é\nzwei\n', 'utf16le'))
  assert.deepEqual(await bag.readText(path, { encoding: 'utf-16le', blocksize: 3 }).compute(), ['é', 'zwei'])
  writeFileSync(path, Buffer.from('é\nzwei\n', 'utf16le').swap16())
  assert.deepEqual(await bag.readText(path, { encoding: 'utf-16be' }).compute(), ['é', 'zwei'])
  writeFileSync(path, Buffer.from('é\nü', 'latin1'))
  assert.deepEqual(await bag.readText(path, { encoding: 'latin1', blocksize: 2 }).compute(), ['é', 'ü'])
})

test('invalid UTF-8 is an error with its byte, or replaced', async (context) => {
  const path = join(temporaryFolder(context), 'bad.txt')
  writeFileSync(
    path,
    Buffer.concat([Buffer.from('good\nalso '), Buffer.from([0xe2, 0x82]), Buffer.from(' bad\n')]),
  )
  await assert.rejects(bag.readText(path).compute(), {
    name: 'FileFormatError',
    message: `${path} is not valid UTF-8 at byte 10: name its encoding, e.g. encoding: 'latin1', or read on with errors: 'replace'`,
  })
  assert.deepEqual(await bag.readText(path, { errors: 'replace' }).compute(), ['good', 'also \ufffd bad'])
})

test('globs take files in the order of their names, numbers by size; brackets may be part of a name', async (context) => {
  const folder = temporaryFolder(context)
  const names = ['part-10.txt', 'part-2.txt', 'a b [1].txt', 'déjà {x}.txt', 'part-1.txt']
  for (const name of names) writeFileSync(join(folder, name), name)
  mkdirSync(join(folder, 'sub.txt'))
  assert.deepEqual(await bag.readText(join(folder, 'part-*.txt')).compute(), [
    'part-1.txt',
    'part-2.txt',
    'part-10.txt',
  ])
  assert.deepEqual(await bag.readText(join(folder, 'a b [1].txt')).compute(), ['a b [1].txt'])
  assert.equal(await bag.readText(join(folder, '*.txt')).count().compute(), 5)
  const listed = bag.readText([join(folder, 'déjà {x}.txt'), new URL(`file://${folder}/part-2.txt`)])
  assert.deepEqual(await listed.compute(), ['déjà {x}.txt', 'part-2.txt'])
})

test('includePath gives each line its file, readFiles gives files whole', async (context) => {
  const folder = temporaryFolder(context)
  for (const name of ['a', 'b']) writeFileSync(join(folder, name), `1${name}\n2${name}\n`)
  assert.deepEqual(await bag.readText(join(folder, '[ab]'), { includePath: true }).compute(), [
    ['1a', join(folder, 'a')],
    ['2a', join(folder, 'a')],
    ['1b', join(folder, 'b')],
    ['2b', join(folder, 'b')],
  ])
  assert.deepEqual(
    await bag
      .readFiles(join(folder, '*'))
      .map(([text, path]) => [text.length, path.slice(-1)])
      .compute(),
    [
      [6, 'a'],
      [6, 'b'],
    ],
  )
})

test('many tiny files share partitions', async (context) => {
  const folder = temporaryFolder(context)
  for (let i = 0; i < 600; i++) writeFileSync(join(folder, `${i}.txt`), `${i}\n`)
  const read = bag.readText(join(folder, '*.txt'))
  assert.equal(read.partitions, 3)
  assert.deepEqual(
    await read.map(Number).compute(),
    Array.from({ length: 600 }, (_, i) => i),
  )
  assert.equal(bag.readText(join(folder, '*.txt'), { joinSmallFiles: false }).partitions, 600)
})

test('a line of 100 MB comes whole', async (context) => {
  const path = join(temporaryFolder(context), 'long.txt')
  const long = 'x'.repeat(100_000_000)
  writeFileSync(path, `a\n${long}\nb\n`)
  const lengths = bag.readText(path, { blocksize: '1MB' }).map((line) => line.length)
  assert.deepEqual(await lengths.compute(), [1, 100_000_000, 1])
})

test('a changed file gets other keys, an unchanged one the same', (context) => {
  const path = join(temporaryFolder(context), 'x.txt')
  writeFileSync(path, 'one\n')
  const argument = (): string => {
    const graph = new TaskGraph()
    bag.readText(path).buildTasks(graph)
    return JSON.stringify(graph.args)
  }
  const before = argument()
  assert.equal(argument(), before)
  utimesSync(path, new Date(1e12), new Date(1e12))
  assert.notEqual(argument(), before)
})

test('what is wrong with a file is said with its name and the way out', async (context) => {
  const folder = temporaryFolder(context)
  const path = join(folder, 'x.txt.gz')
  const gzip = gzipSync('hello\n'.repeat(1000))
  assert.throws(
    () => bag.readText(join(folder, 'none.txt')),
    /there is no file .*none\.txt: check the path, relative ones start at/,
  )
  assert.throws(() => bag.readText(join(folder, '*.log')), {
    name: 'NoFilesError',
    message: /no file matches .*\*\.log: check the pattern/,
  })
  assert.throws(() => bag.readText(folder), /is a folder: name the files in it/)
  assert.throws(() => bag.readText([]), /the list of files to read is empty/)
  assert.throws(
    () => bag.readText(import.meta.filename, { blocksize: 'large' }),
    /readText: blocksize takes a size such as '64MB'.*not "large"/,
  )
  assert.throws(() => bag.fromUrls(['x.txt']), /fromUrls takes http\(s\) addresses, not "x\.txt"/)
  writeFileSync(path, gzip.subarray(0, gzip.length - 10))
  await assert.rejects(
    bag.readText(path).compute(),
    /x\.txt\.gz is not whole gzip data: unexpected end of file after \d+ bytes/,
  )
  writeFileSync(path, 'no gzip at all')
  await assert.rejects(
    bag.readText(path).compute(),
    /is not whole gzip data: incorrect header check after 0 bytes.*compression: 'none'/,
  )
})

test('a file that shrinks after the plan is an error', async (context) => {
  const path = join(temporaryFolder(context), 'x.txt')
  writeFileSync(path, 'one\ntwo\nthree\n')
  const read = bag.readText(path, { blocksize: 5 })
  truncateSync(path, 6)
  await assert.rejects(read.compute(), {
    name: 'FileChangedError',
    message: `${path} became shorter while it was read: it had 14 bytes and has 6. Run again once nothing writes to it.`,
  })
})

test('an error names the file and line of its item, through a chain and over blocks', async (context) => {
  const folder = temporaryFolder(context)
  const path = join(folder, 'numbers.txt')
  writeFileSync(path, Array.from({ length: 5000 }, (_, i) => (i === 3210 ? 'oops' : String(i))).join('\n'))
  for (const blocksize of [100, 4000, 1_000_000])
    await assert.rejects(
      bag
        .readText(path, { blocksize })
        .filter((line) => line !== '17')
        .flatMap((line) => [line, line])
        .map((line) => {
          if (Number.isNaN(Number(line))) throw new RangeError(`no number: ${line}`)
          return line
        })
        .count()
        .compute(),
      (error: Error) => {
        assert.equal(error.name, 'RangeError')
        assert.equal(error.message, `no number: oops (at ${path}, line 3,211)`)
        assert.equal(error.stack?.split(path).length, 2, 'the stack says the place once')
        return true
      },
    )
  await assert.rejects(
    bag
      .readText(path)
      .filter((line) => (line as never as { a: { b: number } }).a.b > 1)
      .compute(),
    /\(at .*numbers\.txt, line 1\)/,
  )
  await assert.rejects(
    bag
      .readText(path)
      .fold(
        (a, line) => (line === 'oops' ? JSON.parse(line) : a),
        '',
        (a) => a,
      )
      .compute(),
    /\(at .*, line 3,211\)/,
  )
  await assert.rejects(
    bag
      .readText(path)
      .map(Number)
      .groupBy((x) => (Number.isNaN(x) ? () => 1 : x))
      .compute(),
    /cannot be a key.*line 3,211/,
  )
})

test('JSON lines: values, blank lines left out, errors with their line', async (context) => {
  const path = join(temporaryFolder(context), 'x.jsonl')
  writeFileSync(path, '{"a":1}\n\n{"a":2}\r\n  \n')
  assert.deepEqual(await bag.readJsonLines<{ a: number }>(path).pluck('a').compute(), [1, 2])
  writeFileSync(path, '{"a":1}\n\n{"a":2\n')
  await assert.rejects(bag.readJsonLines(path).compute(), {
    name: 'SyntaxError',
    message: /\(at .*x\.jsonl, line 3\)$/,
  })
})

/** A server that answers with `bodies` by path. */
async function serve(context: TestContext, bodies: Record<string, Buffer>): Promise<string> {
  const server = createServer((request, response) => {
    const body = bodies[request.url ?? '']
    response.setHeader('etag', '"1"')
    if (!body) response.writeHead(404).end()
    else
      response
        .writeHead(200, { 'content-length': body.length })
        .end(request.method === 'HEAD' ? undefined : body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('files on the web are read like others', async (context) => {
  const at = await serve(context, { '/a.txt': Buffer.from('1\n2\n'), '/b.txt.gz': gzipSync('3\n') })
  assert.deepEqual(
    await bag
      .fromUrls([`${at}/a.txt`, `${at}/b.txt.gz`])
      .map(Number)
      .compute(),
    [1, 2, 3],
  )
  assert.deepEqual(await bag.readText(`${at}/a.txt`, { blocksize: 1 }).compute(), ['1', '2'])
  await assert.rejects(
    bag.fromUrls([`${at}/none`]).compute(),
    /\/none cannot be read: its server answers 404/,
  )
  await assert.rejects(
    bag.fromUrls(['http://127.0.0.1:1/x']).compute(),
    /cannot be reached: .*Check the address and the network/,
  )
})

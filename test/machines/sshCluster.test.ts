// Clusters on machines that a real ssh reaches: from a program and from the command line, on one host and on two.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import test, { type TestContext } from 'node:test'
import { temporaryFolder } from '../kit/temporaryFolder.ts'
import { NoNetwork } from '../slurmLab/noNetwork.ts'
import { SshServer } from '../slurmLab/sshServer.ts'

const RUNTIME = join(import.meta.dirname, '..', '..', 'runtime')

interface Laptop {
  folder: string
  /** Runs a program that imports heddle; resolves with what it printed. */
  run(program: string): Promise<{ stdout: string; stderr: string; exitCode: number | null }>
  heddle(...args: string[]): ChildProcess
}

/** @param within a command that the laptop's programs run in */
function laptop(t: TestContext, within: readonly string[] = []): Laptop {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(RUNTIME, join(folder, 'node_modules', 'heddle'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'helper.ts'), 'export const double = (x: number): number => 2 * x\n')
  // Clusters of this laptop are those of this test alone.
  const env = { ...process.env, XDG_RUNTIME_DIR: folder }
  const start = (args: string[]): ChildProcess => {
    const [command, ...rest] = [...within, process.execPath, '--disable-warning=ExperimentalWarning', ...args]
    return spawn(command, rest, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  }
  return {
    folder,
    async run(program) {
      writeFileSync(join(folder, 'program.ts'), program)
      const child = start(['--import', 'heddle/register', 'program.ts'])
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
      const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)])
      return { stdout, stderr, exitCode: await ended }
    },
    heddle: (...args) => start([join(RUNTIME, 'dist', 'cli.js'), ...args]),
  }
}

async function serverOf(t: TestContext): Promise<SshServer> {
  const server = await SshServer.start()
  t.after(() => server.close())
  return server
}

const optionsOf = (configFile: string, more = ''): string =>
  `configFile: ${JSON.stringify(configFile)}, nodePath: ${JSON.stringify(process.execPath)}, threadsPerWorker: 1, memoryLimit: '500MB' ${more}`

/** What runs on the other side, but the agent, which ends by itself later. */
const clusterProcesses = (server: SshServer): string[] =>
  server
    .processes()
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      } catch {
        return ''
      }
    })
    .filter((command) => /heddle (scheduler|supervisor|worker)|cli\.js/.test(command))

/** Fails if something of a cluster stays there. What its scheduler left alone ends a little later than that. */
async function nothingRuns(server: SshServer): Promise<void> {
  const deadline = performance.now() + 60_000
  while (clusterProcesses(server).length > 0 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 50))
  assert.deepEqual(clusterProcesses(server), [])
}

test('a laptop with no network at all but what ssh is given: answers, large results, the dashboard', async (t) => {
  const server = await serverOf(t)
  // Its namespace has a loopback of its own, on which nobody listens: ssh comes out by a socket that stands in a folder.
  const network = await NoNetwork.open()
  t.after(() => network.close())
  network.doorTo(server)
  const { run } = laptop(t, network.inside)
  const { stdout, stderr, exitCode } = await run(`
import { networkInterfaces } from 'node:os'
import { Client } from 'heddle'
await using client = await Client.ssh({ hosts: 'lab', ${optionsOf(server.configFile)} })
console.log(Object.keys(networkInterfaces()), await fetch('http://127.0.0.1:${server.port}').catch(() => 'nobody answers'))
console.log(await client.submit((x: number) => x + 1, 41).result())
console.log((await client.submit(() => new Float64Array(1_000_000).fill(0.5)).result()).length)
console.log((await fetch(client.dashboardUrl, { redirect: 'manual' })).status < 400)
`)
  assert.equal(stdout, "[ 'lo' ] nobody answers\n42\n1000000\ntrue\n", stderr)
  assert.equal(exitCode, 0)
})

test('packages of the program, with what they need, reach a machine that has none of them', async (t) => {
  const { folder, run } = laptop(t)
  for (const [name, text] of Object.entries({
    'shout/package.json': '{"name":"shout","version":"1.0.0","main":"index.js","dependencies":{"mark":"1"}}',
    'shout/index.js': "module.exports = (text) => text.toUpperCase() + require('mark').mark\n",
    'mark/package.json': '{"name":"mark","version":"1.0.0","type":"module","exports":"./mark.mjs"}',
    'mark/mark.mjs': "export const mark = '!'\n",
  })) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true })
    writeFileSync(join(folder, 'node_modules', name), text)
  }
  // Over there another file system lies over the laptop's folder: nothing of it is to be seen.
  const hide = `mount -t tmpfs tmpfs ${folder} && exec sh -c "$SSH_ORIGINAL_COMMAND"`
  const server = await SshServer.start({ forceCommand: `unshare -m sh -c '${hide}'` })
  t.after(() => server.close())
  const { stdout, stderr, exitCode } = await run(`
import { existsSync } from 'node:fs'
import { Client } from 'heddle'
import shout from 'shout'
await using client = await Client.ssh({ hosts: 'lab', ${optionsOf(server.configFile)} })
const there = client.submit((name: string) => existsSync(name), import.meta.filename)
console.log(await there.result(), existsSync(import.meta.filename))
console.log(await client.gather(client.map((text: string) => shout(text), ['one', 'two'])))
`)
  assert.equal(stdout, "false true\n[ 'ONE!', 'TWO!' ]\n", stderr)
  assert.equal(exitCode, 0)
})

test('a program computes on another machine: functions, modules, large results, the dashboard, and nothing is left', async (t) => {
  const server = await serverOf(t)
  const { run } = laptop(t)
  const { stdout, stderr, exitCode } = await run(`
import { Client } from 'heddle'
import { double } from './helper.ts'
const client = await Client.ssh({ hosts: 'lab', ${optionsOf(server.configFile)} })
console.log(await client.submit((x: number) => double(x) + 1, 20).result())
console.log(await client.submit(() => process.env.HOME).result())
const large = await client.submit(() => new Float64Array(1_000_000).fill(0.5)).result()
console.log(large.length, large.at(-1))
const answer = await fetch(client.dashboardUrl, { redirect: 'manual' })
console.log(answer.status < 400, new URL(client.dashboardUrl).hostname)
await client.close()
`)
  assert.equal(stderr, '')
  assert.deepEqual(stdout.trim().split('\n'), ['41', server.home, '1000000 0.5', 'true 127.0.0.1'])
  assert.equal(exitCode, 0)
  await nothingRuns(server)
  assert.deepEqual(
    readdirSync(server.runFolder).filter((name) => !name.startsWith('agent-')),
    [],
  )
})

test('a link that is dropped in the middle of a program loses nothing of it', async (t) => {
  const server = await serverOf(t)
  const { run } = laptop(t)
  const going = run(`
import { writeFileSync } from 'node:fs'
import { Client } from 'heddle'
const client = await Client.ssh({ hosts: ['lab'], ${optionsOf(server.configFile)} })
const gate = ${JSON.stringify(join(server.folder, 'gate'))}
const kept = client.submit(() => 'held over there')
await kept.result()
const slow = client.submit(async (path: string) => {
  const { existsSync } = await import('node:fs')
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 20))
  return 'came through'
}, gate)
writeFileSync(${JSON.stringify(join(server.folder, 'ready'))}, '')
console.log(await slow.result(), '/', await client.submit((x: string) => x, kept).result())
await client.close()
`)
  const stay = setInterval(() => {}, 1000)
  const seen = async (name: string): Promise<void> => {
    while (!readdirSync(server.folder).includes(name)) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await seen('ready')
  server.drop()
  writeFileSync(join(server.folder, 'gate'), '')
  const { stdout, stderr, exitCode } = await going
  clearInterval(stay)
  assert.equal(stdout, 'came through / held over there\n')
  assert.match(stderr, /the link to lab is lost[\s\S]*the link to lab is back/)
  assert.equal(exitCode, 0)
})

test('two hosts: workers on both, which exchange results over TLS', async (t) => {
  const [first, second] = [await serverOf(t), await serverOf(t)]
  const config = join(first.folder, 'both')
  const other = readFileSync(second.configFile, 'utf8').replace(/Host .*/, 'Host other')
  writeFileSync(config, `${readFileSync(first.configFile, 'utf8')}\n${other}`)
  const { run } = laptop(t)
  const { stdout, stderr, exitCode } = await run(`
import { Client } from 'heddle'
const client = await Client.ssh({ hosts: ['lab', 'other'], ${optionsOf(config)} })
let info = await client.info()
while (info.workers.length < 2) {
  await new Promise((resolve) => setTimeout(resolve, 50))
  info = await client.info()
}
const [a, b] = info.workers.map(({ name }) => name).sort()
console.log(a, b, info.workers.every(({ dataAddress }) => dataAddress.startsWith('tls://')))
const made = client.with({ workers: [a] }).submit(() => new Float64Array(500_000).fill(2))
const summed = client.with({ workers: [b] }).submit((x: Float64Array) => [x.reduce((s, v) => s + v, 0), process.env.HOME] as const, made)
console.log(...(await summed.result()))
console.log((await made.result()).length)
await client.close()
`)
  assert.equal(stderr, '')
  assert.deepEqual(stdout.trim().split('\n'), ['lab-0-0 other-1-0 true', `1000000 ${second.home}`, '500000'])
  assert.equal(exitCode, 0)
})

test('heddle ssh up, list and down: a cluster that outlives its terminal, and is found again', async (t) => {
  const server = await serverOf(t)
  const { heddle } = laptop(t)
  const options = ['--config', server.configFile, '--node', process.execPath]
  const up = heddle('ssh', 'up', 'lab', ...options, '--threads', '1', '--memory-limit', '500MB')
  const said = await until(up, /end it/)
  const id = /heddle cluster (\w+) is running on lab/.exec(said)![1]
  const ended = new Promise((resolve) => up.once('close', resolve))
  up.kill('SIGINT')
  assert.equal(await ended, 0)
  assert.match(
    await text(heddle('ssh', 'list', 'lab', ...options).stdout!),
    new RegExp(`^lab: cluster ${id}, heddle`),
  )
  const again = heddle('ssh', 'up', 'lab', ...options)
  assert.match(await until(again, /end it/), new RegExp(`heddle cluster ${id} was found on lab`))
  again.kill('SIGINT')
  await new Promise((resolve) => again.once('close', resolve))
  assert.match(
    await text(heddle('ssh', 'down', 'lab', ...options).stderr!),
    new RegExp(`cluster ${id} on lab has ended`),
  )
  await nothingRuns(server)
  assert.match(await text(heddle('ssh', 'list', 'lab', ...options).stdout!), /^lab: no cluster of yours\n$/)
})

test('what is asked wrongly is told in one line', async (t) => {
  const { heddle } = laptop(t)
  const said = async (...args: string[]): Promise<string> =>
    (await text(heddle(...args).stderr!)).split('\n')[0]
  assert.equal(await said('ssh', 'up'), "heddle: say which hosts, the scheduler's first: heddle ssh up HOST…")
  assert.equal(await said('ssh', 'sideways'), 'heddle: heddle ssh takes up, down or list, not "sideways"')
  assert.equal(
    await said('ssh', 'up', 'lab', '--workers', 'many'),
    'heddle: --workers must be a whole number ≥ 1, not "many"',
  )
  assert.equal(await said('bundle'), 'heddle: say where to write the bundle: --out DIR')
  assert.match(
    await said('bundle', '--out', 'x', '--platform', 'vax'),
    /^heddle: there is no bundle for "vax": linux-x64, linux-arm64/,
  )
  assert.match(
    await said('ssh', 'up', 'lab', '--bundle', 'x'),
    /^heddle: x is no bundle of heddle: make one with/,
  )
})

/** What a program has said when it has said this. */
function until(child: ChildProcess, pattern: RegExp): Promise<string> {
  let said = ''
  return new Promise((resolve, reject) => {
    child.stderr!.setEncoding('utf8').on('data', (bytes: string) => {
      said += bytes
      if (pattern.test(said)) resolve(said)
    })
    child.once('close', () => reject(new Error(`it ended and said: ${said}`)))
  })
}

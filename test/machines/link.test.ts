// A link over a real ssh: killed, frozen, dropped, its agent killed; what is open goes on, or is told why not.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import test, { type TestContext } from 'node:test'
import { DEAD_MS, LOOK_MS } from '../../runtime/agent/liveness.ts'
import { type LinkOptions, type LinkState, RemoteLink } from '../../runtime/remote/remoteLink.ts'
import { SshServer, type SshServerOptions } from '../slurmLab/sshServer.ts'

const AGENT = join(import.meta.dirname, '..', '..', 'runtime', 'dist', 'agent.js')

interface Lab {
  server: SshServer
  link: RemoteLink
  states: LinkState[]
  /** Resolves at the next state of this kind. */
  next(kind: LinkState['kind']): Promise<LinkState>
}

async function lab(
  t: TestContext,
  options: SshServerOptions = {},
  agentFile = AGENT,
  more: Partial<LinkOptions> = {},
): Promise<Lab> {
  const server = await SshServer.start(options)
  t.after(() => server.close())
  const states: LinkState[] = []
  const waiting: { kind: string; resolve(state: LinkState): void }[] = []
  const link = await RemoteLink.open(server.host, {
    configFile: server.configFile,
    nodePath: process.execPath,
    agentFile,
    ...more,
    onState: (state) => {
      states.push(state)
      for (const one of waiting.filter(({ kind }) => kind === state.kind)) one.resolve(state)
    },
  })
  t.after(() => link.close())
  return {
    server,
    link,
    states,
    next: (kind) =>
      new Promise((resolve) => {
        const stay = setInterval(() => {}, 1000)
        waiting.push({
          kind,
          resolve: (state) => {
            clearInterval(stay)
            resolve(state)
          },
        })
      }),
  }
}

/** A server of the other side that sends back what comes. */
async function echo(t: TestContext, server: SshServer): Promise<string> {
  const path = join(server.folder, 'echo.sock')
  const echoing = createServer((socket) => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => echoing.listen(path, resolve))
  t.after(() => echoing.close())
  return `unix:${path}`
}

/** Writes and resolves when as much has come back. */
async function roundTrip(channel: Duplex, text: string): Promise<string> {
  let seen = ''
  const stay = setInterval(() => {}, 1000)
  const back = new Promise<void>((resolve, reject) => {
    channel.on('data', (bytes: Buffer) => {
      seen += bytes
      if (seen.length >= text.length) resolve()
    })
    channel.once('error', reject)
  })
  channel.write(text)
  await back.finally(() => clearInterval(stay))
  channel.removeAllListeners('data')
  return seen
}

const LONG = 'the quick brown fox '.repeat(200_000)

test('ssh is killed in the middle of a transfer: every byte arrives, in order', async (t) => {
  const { server, link, states, next } = await lab(t)
  const channel = link.agent.connect(await echo(t, server))
  assert.equal(await roundTrip(channel, 'before'), 'before')
  const connected = next('connected')
  const transfer = roundTrip(channel, LONG)
  process.kill(link.sshPid!, 'SIGKILL')
  await connected
  assert.equal(await transfer, LONG)
  assert.deepEqual(
    states.map(({ kind }) => kind),
    ['connected', 'lost', 'waiting', 'connected'],
  )
  channel.destroy()
})

test('the network drops the connection, and the channel goes on over the next one', async (t) => {
  const { server, link, next } = await lab(t)
  const channel = link.agent.connect(await echo(t, server))
  assert.equal(await roundTrip(channel, 'before'), 'before')
  const connected = next('connected')
  server.drop()
  assert.equal(await roundTrip(channel, 'after'), 'after')
  await connected
  channel.destroy()
})

test('a connection that freezes is noticed within twenty seconds, and replaced', async (t) => {
  assert.ok(DEAD_MS + LOOK_MS < 20_000)
  const { server, link, next } = await lab(t)
  const channel = link.agent.connect(await echo(t, server))
  assert.equal(await roundTrip(channel, 'before'), 'before')
  const lost = next('lost')
  server.freeze()
  assert.equal(await roundTrip(channel, 'after'), 'after')
  assert.deepEqual(await lost, {
    kind: 'lost',
    reason: 'the link is frozen: nothing was heard for 15 seconds',
  })
  channel.destroy()
})

test('the agent is killed: what was open says so, and the next one answers', async (t) => {
  const { server, link, next } = await lab(t)
  const channel = link.agent.connect(await echo(t, server))
  assert.equal(await roundTrip(channel, 'before'), 'before')
  const { pid } = await link.agent.call('describe', {})
  const failed = new Promise<Error>((resolve) => channel.once('error', resolve))
  const connected = next('connected')
  process.kill(pid, 'SIGKILL')
  await connected
  assert.equal((await failed).message, 'the agent on lab is a new one: what went through the old one is lost')
  assert.notEqual((await link.agent.call('describe', {})).pid, pid)
})

test('a host that lets nobody in any more ends the link, with the reason', async (t) => {
  const { server, next } = await lab(t)
  const over = next('over')
  writeFileSync(join(server.folder, 'ssh', 'id.pub'), '')
  server.drop()
  assert.match(
    ((await over) as { reason: string }).reason,
    /^lab refused to let this user in \(it takes: publickey\)/,
  )
})

test('two laptops on one account share an agent, and one that leaves takes nothing from the other', async (t) => {
  const { server, link } = await lab(t)
  const other = await RemoteLink.open(server.host, {
    configFile: server.configFile,
    nodePath: process.execPath,
    agentFile: AGENT,
  })
  const address = await echo(t, server)
  const [mine, theirs] = [link.agent.connect(address), other.agent.connect(address)]
  assert.deepEqual(await Promise.all([roundTrip(mine, 'mine'), roundTrip(theirs, 'theirs')]), [
    'mine',
    'theirs',
  ])
  assert.equal((await link.agent.call('describe', {})).pid, (await other.agent.call('describe', {})).pid)
  other.close()
  assert.equal(await roundTrip(mine, 'still'), 'still')
  mine.destroy()
})

test('two connections that come at once start one agent', async (t) => {
  const server = await SshServer.start()
  t.after(() => server.close())
  const options = { configFile: server.configFile, nodePath: process.execPath, agentFile: AGENT }
  const links = await Promise.all([1, 2, 3].map(() => RemoteLink.open(server.host, options)))
  const pids = await Promise.all(links.map(({ agent }) => agent.call('describe', {})))
  for (const link of links) link.close()
  assert.equal(new Set(pids.map(({ pid }) => pid)).size, 1)
})

test('a newer client brings a newer agent beside the old one, which ends when nobody needs it', async (t) => {
  // Long enough for a busy machine to connect to what it has just started.
  const { server, link } = await lab(t, { env: { HEDDLE_AGENT_IDLE_MS: '2000' } })
  const old = await link.agent.call('describe', {})
  const newer = join(server.folder, 'agent.mjs')
  writeFileSync(newer, `${readFileSync(AGENT, 'utf8')}\n// A newer build.\n`)
  const other = await RemoteLink.open(server.host, {
    configFile: server.configFile,
    nodePath: process.execPath,
    agentFile: newer,
  })
  t.after(() => other.close())
  const { pid, build } = await other.agent.call('describe', {})
  assert.notEqual(pid, old.pid)
  assert.notEqual(build, old.build)
  assert.equal((await link.agent.call('describe', {})).pid, old.pid)
  link.close()
  // Its end is seen by its files: the newer agent answers whether they are there.
  const wait = 'while ls "$0" | grep -q "agent-$1"; do :; done'
  await other.agent.call('execute', { command: 'sh', args: ['-c', wait, server.runFolder, old.build] })
  assert.ok(readdirSync(server.runFolder).every((name) => !name.includes(old.build)))
})

test('everything goes over standard input and output: forwarding is forbidden, and ssh forwards nothing', async (t) => {
  const { server, link } = await lab(t, {
    config: ['AllowTcpForwarding no', 'AllowStreamLocalForwarding no', 'MaxSessions 1', 'PermitTunnel no'],
  })
  assert.equal(await roundTrip(link.agent.connect(await echo(t, server)), 'through'), 'through')
})

test('the way through a jump host is the configuration’s', async (t) => {
  const { server, link } = await lab(t)
  link.close()
  const config = readFileSync(server.configFile, 'utf8')
  const file = join(server.folder, 'jump_config')
  writeFileSync(
    file,
    `${config}\nHost behind\n  HostName 127.0.0.1\n  ProxyJump lab\n${config.replace(/Host lab.*/, '').replace(/ {2}HostName .*/, '')}`,
  )
  mkdirSync(join(server.home, '.ssh'), { recursive: true })
  const behind = await RemoteLink.open('behind', {
    configFile: file,
    nodePath: process.execPath,
    agentFile: AGENT,
  })
  t.after(() => behind.close())
  assert.equal((await behind.agent.call('describe', {})).home, server.home)
  assert.ok(execFileSync('ssh', ['-F', file, '-G', 'behind'], { encoding: 'utf8' }).includes('proxyjump lab'))
})

test('a host whose name is gone is tried again for a while, and then the link is over with its reason', async (t) => {
  const { server, link, next, states } = await lab(t, {}, AGENT, { namelessMax: 3 })
  const config = readFileSync(server.configFile, 'utf8')
  writeFileSync(server.configFile, config.replace('HostName 127.0.0.1', 'HostName gone.invalid'))
  const over = next('over')
  server.drop()
  const state = await over
  assert.match(
    (state as { reason: string }).reason,
    /^there is no host gone\.invalid \(lab\): check the name, and ~\/\.ssh\/config for its HostName$/,
  )
  assert.equal(states.filter(({ kind }) => kind === 'waiting').length, 3)
  await assert.rejects(link.agent.call('describe', {}), /there is no host gone\.invalid/)
})

test('a name that comes back in time is connected to again', async (t) => {
  const { server, link, next } = await lab(t, {}, AGENT, { namelessMax: 3 })
  const config = readFileSync(server.configFile, 'utf8')
  writeFileSync(server.configFile, config.replace('HostName 127.0.0.1', 'HostName gone.invalid'))
  const [waiting, connected] = [next('waiting'), next('connected')]
  server.drop()
  await waiting
  writeFileSync(server.configFile, config)
  await connected
  assert.equal((await link.agent.call('describe', {})).nodePath, process.execPath)
})

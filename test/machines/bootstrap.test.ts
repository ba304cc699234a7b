// A host behind a real sshd is brought to the point where our agent answers, whatever its login shell says and is.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test, { after, type TestContext } from 'node:test'
import { type LinkOptions, RemoteLink } from '../../runtime/remote/remoteLink.ts'
import { makeBundle } from '../../runtime/remote/runtimeBundle.ts'
import { packNode } from '../kit/nodeRegistry.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'
import { SshServer, type SshServerOptions } from '../slurmLab/sshServer.ts'

const AGENT = join(import.meta.dirname, '..', '..', 'runtime', 'dist', 'agent.js')

async function serverOf(t: TestContext, options: SshServerOptions = {}): Promise<SshServer> {
  const server = await SshServer.start(options)
  t.after(() => server.close())
  return server
}

async function linkTo(
  t: TestContext,
  server: SshServer,
  options: Partial<LinkOptions> = {},
): Promise<RemoteLink> {
  const link = await RemoteLink.open(server.host, {
    configFile: server.configFile,
    nodePath: process.execPath,
    agentFile: AGENT,
    ...options,
  })
  t.after(() => link.close())
  return link
}

/** Why a host cannot be used. */
async function refusal(server: SshServer, options: Partial<LinkOptions> = {}): Promise<string> {
  const { host = server.host, ...rest } = options as Partial<LinkOptions> & { host?: string }
  const opened = RemoteLink.open(host, {
    configFile: server.configFile,
    nodePath: process.execPath,
    agentFile: AGENT,
    ...rest,
  })
  return opened.then(
    (link) => {
      link.close()
      return 'it was not refused'
    },
    (error: Error) => `${error.name}: ${error.message}`,
  )
}

for (const shell of [undefined, 'csh', 'fish', 'zsh', 'dash'])
  test(`login shell ${shell ?? 'of the user'}: the agent answers, and the next connection finds it`, async (t) => {
    const server = await serverOf(t, shell ? { shell } : {})
    const first = await linkTo(t, server)
    const described = await first.agent.call('describe', {})
    assert.equal(described.home, server.home)
    const second = await linkTo(t, server)
    assert.equal((await second.agent.call('describe', {})).pid, described.pid)
    assert.equal(statSync(server.runFolder).mode & 0o777, 0o700)
    for (const name of readdirSync(server.runFolder))
      assert.equal(statSync(join(server.runFolder, name)).mode & 0o077, 0, `${name} is open to others`)
  })

test('a login that prints, before and between, garbles nothing', async (t) => {
  const server = await serverOf(t)
  writeFileSync(
    join(server.home, '.bashrc'),
    'echo "Welcome to the cluster"; printf "M os Plan9\\n#end\\nno line end"; echo warning >&2\n',
  )
  const link = await linkTo(t, server)
  assert.equal(link.found.facts.os, 'Linux')
  assert.equal((await link.agent.call('describe', {})).home, server.home)
})

test('a site’s module brings Node where there is no other', async (t) => {
  const server = await serverOf(t)
  writeFileSync(
    join(server.home, '.bash_profile'),
    `echo "loaded modules: none"
module() {
  case "$*" in
    "-t avail") printf '/opt/modules:\\ngcc/12\\nnodejs/18.1\\nnodejs/24.1(default)\\n' >&2 ;;
    "load nodejs/24.1") PATH=${dirname(process.execPath)}:$PATH ;;
  esac
}
`,
  )
  const link = await linkTo(t, server, { nodePath: undefined })
  assert.equal(link.found.plan.node?.module, 'nodejs/24.1')
  assert.equal((await link.agent.call('describe', {})).node, process.versions.node)
})

test('a Node that is brought is unpacked once, and found the next time', async (t) => {
  const server = await serverOf(t)
  const node = packedNode()
  let asked = 0
  const notices: string[] = []
  const options = {
    nodePath: undefined,
    notice: (text: string) => void notices.push(text),
    bringNode: async () => {
      asked++
      return { file: node, version: process.versions.node }
    },
  }
  const link = await linkTo(t, server, options)
  assert.match(link.found.plan.folder, /\.cache\/heddle$/)
  assert.equal((await link.agent.call('describe', {})).node, process.versions.node)
  const again = await linkTo(t, server, options)
  assert.equal(again.found.plan.node?.kind, 'cache')
  assert.equal(asked, 1)
  assert.match(notices.join('\n'), /^Node \S+ goes to lab \(\d+ MB, once\)$/)
})

test('an upload of Node that was cut goes on where it stopped', async (t) => {
  const server = await serverOf(t)
  const node = packedNode()
  const bringNode = async () => ({ file: node, version: process.versions.node })
  const options = { nodePath: undefined, bringNode }
  const folder = join(server.home, '.cache', 'heddle', 'node')
  const parts = (): string[] => readdirSync(folder).filter((name) => name.includes('.part.'))
  // An ssh whose connection ends after so many bytes.
  const cut = join(server.folder, 'cut-ssh')
  writeFileSync(cut, '#!/bin/sh\ndd bs=4096 count=1000 2>/dev/null | ssh "$@"\n', { mode: 0o755 })
  assert.match(
    await refusal(server, { ...options, ssh: cut }),
    /^HostError: \S+ cannot be written on lab: only \d+ of \d+ bytes arrived\./,
  )
  // What came is taken over when the shell that wrote it is gone.
  while (server.processes().length > 0) await new Promise((resolve) => setImmediate(resolve))
  const [part] = parts()
  const { size } = statSync(join(folder, part))
  assert.ok(size > 1_000_000 && size < 4_100_000)
  const link = await linkTo(t, server, options)
  assert.equal((await link.agent.call('describe', {})).node, process.versions.node)
  // What was sent the second time is the rest.
  assert.deepEqual(readdirSync(folder).length, 1)
})

let packed: string | undefined
// Said here, and not where it is packed: there, it would go with the first test that asks for it.
after(() => packed && rmSync(dirname(packed), { recursive: true, force: true }))

/** This Node as npm packs it: made once. */
function packedNode(): string {
  if (packed) return packed
  packed = packNode(mkdtempSync(join(tmpdir(), 'heddle-node-')))
  return packed
}

test('no Node and no leave to bring one', async (t) => {
  const server = await serverOf(t)
  assert.equal(
    await refusal(server, { nodePath: undefined }),
    "HostError: lab has no Node 24 or newer, and heddle was not allowed to bring one (npm's package of it, about 50 MB): allow it with --fetch-node, or name one that is there with --node.",
  )
  assert.match(
    await refusal(server, { nodePath: '/nowhere/node' }),
    /^HostError: the Node that was asked for on lab, \/nowhere\/node, is not there: heddle needs 24 or newer\.$/,
  )
})

test('unknown host, wrong user, refused key, unknown and changed host keys', async (t) => {
  const server = await serverOf(t, { config: ['MaxAuthTries 2'] })
  appendFileSync(server.configFile, 'Host nowhere\n  HostName nowhere.invalid\n')
  assert.match(
    await refusal(server, { host: 'nowhere' } as Partial<LinkOptions>),
    /^SshError: there is no host nowhere\.invalid \(nowhere\): check the name/,
  )
  assert.match(
    await refusal(server, { sshArguments: ['-l', 'nobody-of-that-name'] }),
    /^SshError: lab refused to let this user in \(it takes: publickey\): check the user and the key/,
  )
  const other = join(server.folder, 'ssh', 'other')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other])
  assert.match(
    await refusal(server, { sshArguments: ['-o', `IdentityFile=${other}`, '-F', wrongKey(server, other)] }),
    /^SshError: lab refused to let this user in/,
  )
  const known = join(server.folder, 'ssh', 'known_hosts')
  const right = readFileSync(known, 'utf8')
  writeFileSync(known, '')
  assert.match(
    await refusal(server),
    /^SshError: this machine does not know the host key of lab: connect once by hand/,
  )
  const key = readFileSync(`${other}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')
  writeFileSync(known, right.replace(/ssh-ed25519 \S+/, key))
  assert.match(await refusal(server), /^SshError: the host key of lab is not the one that this machine knows/)
})

function wrongKey(server: SshServer, key: string): string {
  const file = join(server.folder, 'wrong_config')
  writeFileSync(
    file,
    readFileSync(server.configFile, 'utf8').replace(/IdentityFile .*/, `IdentityFile ${key}`),
  )
  return file
}

test('a login shell that is a menu, and one that waits', async (t) => {
  const menu = await serverOf(t, { forceCommand: 'echo "Pick a machine: a) one b) two"; exit 3' })
  assert.match(
    await refusal(menu),
    /^SshError: lab let this user in and runs no commands for them: it said "Pick a machine: a\) one b\) two"\. Its login shell may be a menu or a proxy: name the machine behind it, with ProxyJump/,
  )
  const waits = await serverOf(t, { forceCommand: 'echo "Pick a machine:"; cat > /dev/null' })
  assert.match(
    await refusal(waits, { patienceMs: 5000 }),
    /^SshError: lab let this user in and did not run a command within 5 s: it said "Pick a machine:"\./,
  )
})

test('a full disk, a read-only one, and one from which nothing runs', async (t) => {
  const server = await serverOf(t)
  // Unmounted before the folder goes.
  const folder = mkdtempSync(join(tmpdir(), 'heddle-disks-'))
  const mounts: string[] = []
  t.after(() => {
    for (const at of mounts) execFileSync('umount', ['-l', at])
    rmSync(folder, { recursive: true, force: true })
  })
  const mounted = (name: string, options: string): string => {
    const at = join(folder, name)
    mkdirSync(at)
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', at])
    mounts.push(at)
    return at
  }
  const full = mounted('full', 'size=4k')
  writeFileSync(join(full, 'data'), 'x'.repeat(4096))
  const readOnly = mounted('read-only', 'ro')
  const noExec = mounted('no-exec', 'noexec')
  const small = mounted('small', 'size=50m')
  for (const [place, why] of [
    [full, 'is full'],
    [readOnly, 'is on a read-only file system'],
    [noExec, 'is mounted so that no program can run from it (noexec)'],
    [small, 'has 51 MB left of the 400 MB that heddle may need'],
  ])
    assert.equal(
      await refusal(server, { folder: place }),
      `HostError: heddle finds no room on lab: ${place} ${why}. Make room there, or name a folder with --folder.`,
    )
})

test('a bundle that is there already is not sent again, and one that was cut goes on', async (t) => {
  const server = await serverOf(t)
  const link = await linkTo(t, server)
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'a.txt'), 'a'.repeat(200_000))
  writeFileSync(join(folder, 'run.sh'), '#!/bin/sh\necho runs\n')
  chmodSync(join(folder, 'run.sh'), 0o755)
  const bundle = makeBundle([{ folder, to: 'files' }])
  const root = join(server.home, 'store')
  const first = await link.agent.putBundle(root, bundle)
  assert.equal(first.sentBytes, 200_000 + 20)
  assert.equal(execFileSync(join(first.folder, 'files', 'run.sh'), { encoding: 'utf8' }), 'runs\n')
  assert.deepEqual(await link.agent.putBundle(root, bundle), { folder: first.folder, sentBytes: 0 })
  const again = await linkTo(t, server)
  assert.deepEqual(await again.agent.putBundle(root, bundle), { folder: first.folder, sentBytes: 0 })
})

test('nobody who lacks the key is served, and only its user can read it', async (t) => {
  const server = await serverOf(t)
  await linkTo(t, server)
  const [socket] = readdirSync(server.runFolder).filter((name) => name.endsWith('.sock'))
  const { connect } = await import('node:net')
  const stranger = connect(join(server.runFolder, socket))
  stranger.write(`${'0'.repeat(64)}\n`)
  const said: Buffer[] = []
  for await (const bytes of stranger.on('error', () => {})) said.push(bytes as Buffer)
  assert.equal(Buffer.concat(said).length, 0)
})

test('files are read over the link, and followed as they grow', async (t) => {
  const server = await serverOf(t)
  const link = await linkTo(t, server)
  const file = join(server.home, 'log.txt')
  writeFileSync(file, 'one\n')
  const whole: Buffer[] = []
  for await (const bytes of link.agent.read(file)) whole.push(bytes as Buffer)
  assert.equal(Buffer.concat(whole).toString(), 'one\n')
  const followed = link.agent.read(file, { offset: 4, follow: true })
  let seen = ''
  const both = new Promise<void>((resolve) =>
    followed.on('data', (bytes: Buffer) => {
      seen += bytes
      if (seen === 'two\nthree\n') resolve()
      else appendFileSync(file, 'three\n')
    }),
  )
  appendFileSync(file, 'two\n')
  await both
  followed.destroy()
  const executed = await link.agent.call('execute', {
    command: 'sh',
    args: ['-c', 'cat; echo problem >&2; exit 3'],
    input: 'in',
  })
  assert.deepEqual(executed, { exitCode: 3, signal: null, stdout: 'in', stderr: 'problem\n' })
  await assert.rejects(link.agent.call('execute', { command: 'no-such-program', args: [] }), {
    name: 'AgentError',
    message: /^no-such-program cannot be run/,
  })
})

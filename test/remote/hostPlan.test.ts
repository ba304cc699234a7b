// What is read from a host's probe, and what is decided from it: tables of hosts as they are found at sites.

import assert from 'node:assert/strict'
import test from 'node:test'
import { backOffMs } from '../../runtime/remote/backOff.ts'
import { HostError, sshErrorOf } from '../../runtime/remote/hostErrors.ts'
import {
  type HostFacts,
  hostFacts,
  libcOf,
  markedLines,
  quotaFreeBytes,
} from '../../runtime/remote/hostFacts.ts'
import { isOlder, planHost } from '../../runtime/remote/hostPlan.ts'
import { quoted } from '../../runtime/remote/probeScript.ts'
import { sshArguments } from '../../runtime/remote/sshArguments.ts'

const NOW = 1_700_000_000_000
const PROBE = `Welcome to the cluster!
   * maintenance on Monday
no line end hereM os Linux
M arch x86_64
M host login1
M user me
M shell /bin/tcsh
M home /home/me
M clock 1700000003
M libc glibc 2.36
M hash /usr/bin/sha256sum
M quota
M sbatch /usr/bin/sbatch
M folder cache|0|yes|90000000|/home/me/.cache/heddle|
M folder scratch|1|no|500|/scratch/me/.heddle|mkdir: cannot create directory '/scratch': Permission denied
M node path|v20.11.1|/usr/bin/node
M node usual|v24.3.0|/usr/local/bin/node
M end`

const probed = (text = PROBE): HostFacts => hostFacts(markedLines(text, 'M'), NOW)
const without = (pattern: RegExp, instead = ''): HostFacts => probed(PROBE.replace(pattern, instead))

test('a probe is read out of whatever a login says around it', () => {
  const facts = probed()
  assert.deepEqual(
    [facts.os, facts.arch, facts.host, facts.user, facts.shell, facts.clockSkewMs, facts.hasSlurm],
    ['Linux', 'x86_64', 'login1', 'me', 'tcsh', 3000, true],
  )
  assert.deepEqual(facts.libc, { kind: 'glibc', version: '2.36' })
  assert.deepEqual(
    facts.nodes.map(({ version }) => version),
    ['20.11.1', '24.3.0'],
  )
  assert.deepEqual(
    facts.folders.map(({ kind, writable, executable, freeBytes }) => [kind, writable, executable, freeBytes]),
    [
      ['cache', true, true, 90000000 * 1024],
      ['scratch', false, false, 500 * 1024],
    ],
  )
})

test('the first Node that is new enough and the first folder that will do are taken', () => {
  assert.deepEqual(planHost('hpc', probed()), {
    platform: 'linux-x64',
    folder: '/home/me/.cache/heddle',
    node: { kind: 'usual', said: 'v24.3.0', path: '/usr/local/bin/node', version: '24.3.0' },
    notices: [],
  })
})

test('C libraries are told by what they say', () => {
  for (const [line, libc] of [
    ['glibc 2.17', { kind: 'glibc', version: '2.17' }],
    ['ldd (Ubuntu GLIBC 2.31-0ubuntu9) 2.31', { kind: 'glibc', version: '2.31' }],
    ['ldd (GNU libc) 2.28', { kind: 'glibc', version: '2.28' }],
    ['musl libc (x86_64)', { kind: 'musl' }],
    ['', { kind: 'unknown' }],
  ] as const)
    assert.deepEqual(libcOf(line), libc)
  assert.deepEqual(
    [isOlder('2.9', '2.28'), isOlder('2.28', '2.28'), isOlder('3.0', '2.28')],
    [true, false, false],
  )
})

test('the tightest quota counts', () => {
  assert.equal(quotaFreeBytes(''), undefined)
  assert.equal(quotaFreeBytes('/dev/a 900 0 0 0 1 0 0 0;'), undefined)
  assert.equal(quotaFreeBytes('/dev/a 900 1000 1200 0 1 0 0 0;/dev/b 40* 0 50 0 1 0 0 0;'), 10 * 1024)
  const full = without(/M quota/, 'M quota nas:/home 1000000* 1000000 1100000 0 5 0 0 0;')
  assert.throws(() => planHost('hpc', full), {
    message:
      'heddle finds no room on hpc: /home/me/.cache/heddle has 0 MB left of the 400 MB that heddle may need; ' +
      '/scratch/me/.heddle may not be written to by this user. Make room there, or name a folder with --folder.',
  })
})

const REFUSALS: readonly [string, HostFacts, RegExp][] = [
  [
    'another architecture',
    without(/x86_64/, 'ppc64le'),
    /^hpc is a Linux machine of the kind ppc64le: heddle runs on Linux and macOS, x86_64 and arm64\. Choose/,
  ],
  ['another system', without(/Linux/, 'FreeBSD'), /^hpc is a FreeBSD machine of the kind x86_64/],
  [
    'an old glibc and no Node',
    without(/M libc glibc 2.36/, 'M libc glibc 2.17').nodes.length
      ? hostFacts(markedLines(PROBE.replace('2.36', '2.17').replace(/M node usual.*/, ''), 'M'), NOW)
      : probed(),
    /^hpc has glibc 2\.17, and the Node that heddle brings needs 2\.28 \(there is \/usr\/bin\/node is 20\.11\.1\)\. Name a Node 24 that runs there with --node.*unofficial-builds/,
  ],
  [
    'musl and no Node',
    hostFacts(
      markedLines(PROBE.replace('glibc 2.36', 'musl libc (x86_64)').replace(/M node usual.*/, ''), 'M'),
      NOW,
    ),
    /^hpc has no Node 24.*where this is musl.*apk add nodejs/,
  ],
  [
    'a read-only home',
    without(
      /cache\|0\|yes\|90000000\|(\S+?)\|/,
      "cache|1|no|0|$1|mkdir: cannot create directory 'x': Read-only file system",
    ),
    /^heddle finds no room on hpc: \/home\/me\/\.cache\/heddle is on a read-only file system;/,
  ],
  [
    'a full home',
    without(
      /cache\|0\|yes\|90000000\|(\S+?)\|/,
      "cache|1|no|0|$1|dd: error writing 'x': No space left on device",
    ),
    /\/home\/me\/\.cache\/heddle is full;/,
  ],
  [
    'a quota that is used up',
    without(/cache\|0\|yes\|90000000\|(\S+?)\|/, 'cache|1|no|0|$1|mkdir: Disk quota exceeded'),
    /\/home\/me\/\.cache\/heddle is over its quota;/,
  ],
  [
    'a home from which nothing runs',
    without(/cache\|0\|yes/, 'cache|0|no'),
    /\/home\/me\/\.cache\/heddle is mounted so that no program can run from it \(noexec\);/,
  ],
  [
    'a Node that was asked for and is old',
    without(/M node path.*/, 'M node asked|v18.2.0|/opt/node'),
    /^the Node that was asked for on hpc, \/opt\/node, is version 18\.2\.0: heddle needs 24 or newer\.$/,
  ],
  [
    'a Node that was asked for and does not start',
    without(
      /M node path.*/,
      "M node asked|/opt/node: /lib64/libc.so.6: version `GLIBC_2.28' not found|/opt/node",
    ),
    /\/opt\/node, does not start: .*GLIBC_2\.28/,
  ],
]

for (const [what, facts, text] of REFUSALS)
  test(`${what} is refused with the way out`, () => {
    assert.throws(
      () => planHost('hpc', facts),
      (error: Error) => error instanceof HostError && error.host === 'hpc' && text.test(error.message),
    )
  })

test('a Node that runs with an old glibc is taken: it was built for it', () => {
  assert.equal(planHost('hpc', without(/glibc 2.36/, 'glibc 2.17')).node?.path, '/usr/local/bin/node')
})

test('a second choice and a wrong clock are told', () => {
  const { folder, notices } = planHost(
    'hpc',
    without(
      /M folder[\s\S]*?M node/,
      'M folder cache|1|no||/home/me/.cache/heddle|x: Read-only file system\nM folder temporary|0|yes|9000000|/tmp/heddle-cache-7|\nM clock-\nM node',
    ),
  )
  assert.equal(folder, '/tmp/heddle-cache-7')
  assert.match(
    notices[0],
    /^files of heddle go to \/tmp\/heddle-cache-7 on hpc, which may not last: .*read-only/,
  )
  assert.match(
    planHost('hpc', without(/1700000003/, '1699990000')).notices[0],
    /^the clock of hpc is 167 minutes behind this machine's/,
  )
})

const SSH_ENDS: readonly [string, string, RegExp, boolean][] = [
  [
    'unknown host',
    'ssh: Could not resolve hostname nowhere: Name or service not known',
    /^there is no host nowhere \(hpc\): check the name/,
    true,
  ],
  [
    'refused key',
    'me@hpc: Permission denied (publickey,password).',
    /^hpc refused to let this user in \(it takes: publickey,password\)/,
    false,
  ],
  [
    'nobody listens',
    'ssh: connect to host 10.0.0.1 port 22: Connection refused',
    /^no ssh server answers on hpc \(10\.0\.0\.1 port 22\)/,
    true,
  ],
  [
    'no network',
    'ssh: connect to host x port 22: Network is unreachable',
    /^hpc cannot be reached \(network is unreachable\)/,
    true,
  ],
  [
    'unknown host key',
    'No ED25519 host key is known for hpc and you have requested strict checking.\nHost key verification failed.',
    /^this machine does not know the host key of hpc: connect once by hand/,
    false,
  ],
  [
    'changed host key',
    '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.',
    /^the host key of hpc is not the one that this machine knows:.*ssh-keygen -R hpc$/,
    false,
  ],
  [
    'too many keys',
    'Received disconnect: Too many authentication failures',
    /^hpc refused after too many keys/,
    false,
  ],
  [
    'closed',
    'kex_exchange_identification: Connection closed by remote host',
    /^hpc closed the connection$/,
    true,
  ],
  ['something else', 'ssh: unheard of', /^ssh to hpc ended \(exit code 255\): ssh: unheard of$/, true],
]

for (const [what, stderr, text, again] of SSH_ENDS)
  test(`the words of ssh: ${what}`, () => {
    const error = sshErrorOf('hpc', { exitCode: 255, signal: null, stderr, stdout: '' })
    assert.match(error.message, text)
    assert.equal(error.again, again)
  })

test('a login shell that runs no commands is told by what it says', () => {
  const { message, again } = sshErrorOf('hpc', {
    exitCode: 1,
    signal: null,
    stderr: '',
    stdout: 'This account is currently not available.\n',
  })
  assert.match(
    message,
    /^hpc let this user in and runs no commands for them: it said "This account is currently not available\."\. Its login shell may be a menu or a proxy: name the machine behind it, with ProxyJump/,
  )
  assert.equal(again, false)
})

test('ssh gets the person’s own configuration, and no name that is an option', () => {
  const args = sshArguments('me@hpc', 'true', { configFile: '/c', sshArguments: ['-p', '2'] }, false)
  assert.deepEqual(args.slice(-5), ['-p', '2', '--', 'me@hpc', 'true'])
  assert.ok(args.includes('BatchMode=yes') && args.includes('ClearAllForwardings=yes'))
  assert.ok(!sshArguments('hpc', 'true', {}, true).includes('BatchMode=yes'))
  assert.throws(() => sshArguments('-oProxyCommand=x', 'true', {}, true), {
    message: '"-oProxyCommand=x" is no name of a host: write it as for ssh, e.g. me@login.example.org',
  })
})

test('a lost link is tried again ever more seldom, within half a minute', () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((tries) => backOffMs(tries, 0.5)),
    [250, 500, 1000, 2000],
  )
  assert.deepEqual(
    [backOffMs(50, 0), backOffMs(50, 0.999)].map((ms) => ms > 20_000 && ms < 40_000),
    [true, true],
  )
})

test('texts are quoted for sh', () => {
  assert.equal(quoted("it's $HOME"), `'it'\\''s $HOME'`)
})

// ssh's questions reach whoever can answer them, and an answer that is refused ends the attempt.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { questionOf, type SshQuestion } from '../../runtime/remote/askpass.ts'
import { RemoteLink } from '../../runtime/remote/remoteLink.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'
import { SshServer } from '../slurmLab/sshServer.ts'

const AGENT = join(import.meta.dirname, '..', '..', 'runtime', 'dist', 'agent.js')

test('the passphrase of a key and a new host key are asked for, again when the link comes back', async (t) => {
  const server = await SshServer.start()
  t.after(() => server.close())
  const place = temporaryFolder(t)
  mkdirSync(join(place, 'run'))
  process.env.XDG_RUNTIME_DIR = join(place, 'run')
  execFileSync('ssh-keygen', [
    '-q',
    '-p',
    '-P',
    '',
    '-N',
    'open sesame',
    '-f',
    join(server.folder, 'ssh', 'id'),
  ])
  writeFileSync(join(server.folder, 'ssh', 'known_hosts'), '')
  const asked: SshQuestion[] = []
  let passphrase: string | undefined = 'open sesame'
  const options = {
    configFile: server.configFile,
    sshArguments: ['-o', 'StrictHostKeyChecking=ask'],
    nodePath: process.execPath,
    agentFile: AGENT,
    ask: async (question: SshQuestion) => {
      asked.push(question)
      return question.kind === 'confirm' ? 'yes' : passphrase
    },
  }
  const connected = Promise.withResolvers<void>()
  const link = await RemoteLink.open(server.host, {
    ...options,
    onState: (state) => {
      if (state.kind === 'connected' && state.again) connected.resolve()
    },
  })
  assert.deepEqual(
    asked.map(({ host, kind, secret }) => [host, kind, secret]),
    [
      ['lab', 'confirm', false],
      ['lab', 'answer', true],
    ],
  )
  assert.match(asked[0].prompt, /authenticity of host[\s\S]*continue connecting \(yes\/no/)
  assert.match(asked[1].prompt, /^Enter passphrase for key/)
  const stay = setInterval(() => {}, 1000)
  server.drop()
  await connected.promise
  clearInterval(stay)
  assert.equal(asked.length, 3)
  link.close()
  passphrase = undefined
  await assert.rejects(RemoteLink.open(server.host, options), {
    name: 'SshError',
    message: /^lab refused to let this user in/,
  })
  // Only the agent of the other side still has something, and not here.
  assert.deepEqual(readdirSync(join(place, 'run')), [])
})

test('questions are told apart', () => {
  assert.deepEqual(questionOf('h', "me@h's password: ", undefined), {
    host: 'h',
    prompt: "me@h's password:",
    secret: true,
    kind: 'answer',
  })
  assert.equal(questionOf('h', 'Verification code: ', undefined).secret, true)
  assert.equal(questionOf('h', 'Allow use of key?', 'confirm').kind, 'confirm')
})

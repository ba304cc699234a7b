// What other machines reach of a scheduler: everything inside TLS, nothing without the token, the sign-in or the cookie.

import assert from 'node:assert/strict'
import { get as getPlain } from 'node:http'
import { get } from 'node:https'
import test from 'node:test'
import { connect } from 'node:tls'
import { clusterCertificate } from '../../runtime/host/clusterCertificate.ts'
import { pinnedTo } from '../../runtime/host/clusterTls.ts'
import { Shell, SIGN_IN, TOKEN } from './schedulerKit.ts'

interface Answer {
  status: number
  body: string
  cookie?: string
}

function ask(
  port: number,
  certificate: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path, headers, agent: false, ...pinnedTo(certificate) }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.on('end', () =>
        resolve({
          ...{ status: response.statusCode ?? 0, body },
          ...(response.headers['set-cookie'] && { cookie: response.headers['set-cookie'][0].split(';')[0] }),
        }),
      )
    }).on('error', reject)
  })
}

/** The status with which an upgrade is answered. */
function upgrade(port: number, certificate: string, path: string, headers: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ...pinnedTo(certificate) }, () =>
      socket.write(
        [
          `GET ${path} HTTP/1.1`,
          ...['Host: 127.0.0.1', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
          ...['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', ...headers, '', ''],
        ].join('\r\n'),
      ),
    )
    socket.once('data', (bytes) => {
      resolve(String(bytes).split('\r\n')[0])
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

test('plain HTTP and older TLS are not understood', async () => {
  await using shell = new Shell()
  const port = await shell.server.listenOnNetwork(await clusterCertificate('c1'))
  await assert.rejects(
    new Promise((resolve, reject) =>
      getPlain({ port, host: '127.0.0.1', path: '/info' }, resolve).on('error', reject),
    ),
  )
  await assert.rejects(
    new Promise((resolve, reject) => {
      const socket = connect(
        { port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' },
        () => resolve(undefined),
      )
      socket.once('error', reject)
    }),
  )
})

test('inside TLS nothing is told or joined without a secret, whatever name the request was meant for', async () => {
  await using shell = new Shell()
  const { certificate, key } = await clusterCertificate('c1')
  const port = await shell.server.listenOnNetwork({ certificate, key })
  const loopback = { host: '127.0.0.1' }
  const cases: [string, Record<string, string>, number][] = [
    ['/', {}, 401],
    ['/info', {}, 401],
    ['/info', { ...loopback, authorization: 'Bearer wrong' }, 401],
    ['/media/workers.js', loopback, 401],
    ['/?token=wrong', loopback, 401],
    [`/?token=${TOKEN}`, loopback, 401],
    // A page of a stranger's that points its name here.
    ['/', { host: 'evil.example' }, 403],
    [`/?token=${SIGN_IN}`, { host: 'evil.example' }, 403],
    ['/', { host: '10.0.0.1:8787' }, 403],
    ['/info', { authorization: `Bearer ${TOKEN}` }, 200],
  ]
  for (const [path, headers, status] of cases)
    assert.equal(
      (await ask(port, certificate, path, headers)).status,
      status,
      `${path} ${JSON.stringify(headers)}`,
    )
  for (const path of ['/client', '/worker', '/feed']) {
    assert.match(await upgrade(port, certificate, path, []), / 401 /)
    assert.match(await upgrade(port, certificate, path, ['Authorization: Bearer wrong']), / 401 /)
    assert.match(
      await upgrade(port, certificate, path, ['Cookie: heddle-c1=wrong', 'Origin: http://127.0.0.1']),
      / 401 /,
    )
    assert.match(await upgrade(port, certificate, path, [`Authorization: Bearer ${TOKEN}`]), / 101 /)
    assert.match(
      await upgrade(port, certificate, path, [
        `Authorization: Bearer ${TOKEN}`,
        'Origin: https://evil.example',
      ]),
      / 403 /,
    )
  }
  assert.deepEqual(shell.core.heard, [])
})

test('the near end of a dashboard signs in there as it does on the loopback', async () => {
  await using shell = new Shell()
  const { certificate, key } = await clusterCertificate('c1')
  const port = await shell.server.listenOnNetwork({ certificate, key })
  const signedIn = await ask(port, certificate, `/workers?token=${SIGN_IN}`, { host: 'localhost:1234' })
  assert.equal(signedIn.status, 303)
  const cookie = signedIn.cookie ?? ''
  assert.equal((await ask(port, certificate, '/workers', { host: 'localhost:1234', cookie })).status, 200)
  assert.match(
    await upgrade(port, certificate, '/feed', [`Cookie: ${cookie}`, 'Origin: http://127.0.0.1']),
    / 101 /,
  )
  // The cookie opens the panels alone.
  assert.match(
    await upgrade(port, certificate, '/client', [`Cookie: ${cookie}`, 'Origin: http://127.0.0.1']),
    / 401 /,
  )
})

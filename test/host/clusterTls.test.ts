// The certificate of a cluster: everyone in it takes this one, and no other, and machines are found by the address that answers.

import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import test, { type TestContext } from 'node:test'
import { connect, createServer } from 'node:tls'
import { ownAddresses, reachNetwork } from '../../runtime/cluster/reachNetwork.ts'
import { clusterCertificate } from '../../runtime/host/clusterCertificate.ts'
import { type ClusterTls, pinnedTo, serverTls } from '../../runtime/host/clusterTls.ts'

function serve(t: TestContext, tls: ClusterTls): Promise<number> {
  const server = createServer(serverTls(tls), (socket) => socket.end('hello'))
  server.on('tlsClientError', () => {})
  t.after(() => server.close())
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  )
}

/** What is heard there, or why nothing is. */
function hear(port: number, certificate: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ...pinnedTo(certificate) })
    socket.once('data', (bytes) => resolve(String(bytes)))
    socket.once('error', (error) => resolve(`refused: ${error.message}`))
  })
}

test('a certificate is the cluster’s own, valid for clocks that differ by hours', async () => {
  const { certificate, key } = await clusterCertificate('a1b2c3d4')
  const read = new X509Certificate(certificate)
  assert.equal(read.subject, 'CN=heddle cluster a1b2c3d4')
  assert.ok(read.validFromDate.getTime() < Date.now() - 12 * 3600_000)
  assert.match(key, /^-----BEGIN PRIVATE KEY-----/)
})

test('who has the cluster’s certificate is let through, and a server with another is not believed', async (t) => {
  const [mine, other] = await Promise.all([clusterCertificate('a'), clusterCertificate('a')])
  const port = await serve(t, mine)
  assert.equal(await hear(port, mine.certificate), 'hello')
  assert.match(await hear(port, other.certificate), /^refused: /)
})

test('a scheduler is reached by the first address that answers, and those that do not are named', async (t) => {
  const tls = await clusterCertificate('a')
  const port = await serve(t, tls)
  const network = { addresses: ['127.0.0.2', '127.0.0.1'], port, ...tls }
  assert.deepEqual(await reachNetwork(network), {
    control: `wss://127.0.0.1:${port}`,
    localAddress: '127.0.0.1',
  })
  await assert.rejects(reachNetwork({ ...network, addresses: ['127.0.0.2', 'nowhere.invalid'] }), {
    name: 'NetworkError',
    message: new RegExp(
      `^the scheduler cannot be reached from this machine at port ${port}: 127\\.0\\.0\\.2 \\(ECONNREFUSED\\); nowhere\\.invalid \\(E\\w+\\)\\. A firewall may be between them`,
    ),
  })
})

test('a machine’s addresses: those that others can use first, the loopback last', () => {
  const of = (address: string, family: 'IPv4' | 'IPv6', internal = false) =>
    ({ address, family, internal, netmask: '', mac: '', cidr: null, scopeid: 0 }) as never
  assert.deepEqual(
    ownAddresses({
      lo: [of('127.0.0.1', 'IPv4', true)],
      eth0: [of('fe80::1', 'IPv6'), of('2001:db8::1', 'IPv6'), of('10.0.0.1', 'IPv4')],
      ib0: [of('10.1.0.1', 'IPv4')],
    }),
    ['10.0.0.1', '10.1.0.1', '2001:db8::1', '127.0.0.1'],
  )
})

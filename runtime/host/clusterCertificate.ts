// Makes the certificate of a new cluster: signed by itself, known to its members by its fingerprint.

// What it declares would change the types of the whole program: hence through a file without any.
import './reflectMetadata.js'
import { webcrypto } from 'node:crypto'
import { cryptoProvider, PemConverter, X509CertificateGenerator } from '@peculiar/x509'
import type { ClusterTls } from './clusterTls.ts'

const DAY_MS = 24 * 3600_000
/** Longer than any cluster lives. */
const DAYS = 400

/**
 * @param id the cluster's, as its name
 * @example (await clusterCertificate('a1b2')).certificate // '-----BEGIN CERTIFICATE-----…'
 */
export async function clusterCertificate(id: string): Promise<ClusterTls> {
  cryptoProvider.set(webcrypto as Crypto)
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const now = Date.now()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=heddle cluster ${id}`,
    // Clocks of machines differ.
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + DAYS * DAY_MS),
    signingAlgorithm: algorithm,
    // Two declarations of one thing: Node's and the browser's.
    keys: keys as unknown as CryptoKeyPair,
  })
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return { certificate: certificate.toString('pem'), key: PemConverter.encode(key, 'PRIVATE KEY') }
}

// TLS between the machines of one cluster: everyone knows its one certificate, and takes no other, whoever signed it.

import { X509Certificate } from 'node:crypto'
import type { ConnectionOptions, PeerCertificate, TlsOptions } from 'node:tls'

/** A cluster's own certificate. Who serves has the key too. */
export interface ClusterTls {
  /** PEM. */
  certificate: string
  /** PEM. */
  key: string
}

export const serverTls = ({ certificate, key }: ClusterTls): TlsOptions => ({
  cert: certificate,
  key,
  minVersion: 'TLSv1.3',
})

/** Trusts this one certificate alone: names say nothing, since machines have many. */
export function pinnedTo(certificate: string): ConnectionOptions {
  const { fingerprint256 } = new X509Certificate(certificate)
  return {
    ca: certificate,
    minVersion: 'TLSv1.3',
    // A name for what is asked for by an address: servers of a cluster have one certificate for every name.
    servername: 'heddle.invalid',
    checkServerIdentity: (_host: string, shown: PeerCertificate) =>
      shown.fingerprint256 === fingerprint256
        ? undefined
        : new Error('what answers there has another certificate than this cluster'),
  }
}

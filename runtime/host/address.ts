// Addresses as they travel, `unix:/path`, `tcp://host:port` or `tls://host:port`, and what sockets make of them.

import type { NetConnectOpts } from 'node:net'

/** An address that is neither `unix:/path` nor `tcp://host:port`. */
export class AddressError extends Error {
  override name = 'AddressError'
  readonly address: string
  constructor(address: string) {
    super(`${JSON.stringify(address)} is no address: expected unix:/path/to.sock or tcp://host:port`)
    this.address = address
  }
}

/**
 * @throws {AddressError}
 * @example socketOptions('unix:/run/w.sock') // { path: '/run/w.sock' }
 */
export function socketOptions(address: string): { path: string } | { host: string; port: number } {
  if (address.startsWith('unix:')) return { path: address.slice(5) }
  const match = /^(?:tcp|tls):\/\/(\[[0-9a-fA-F:.]+\]|[^:/]+):(\d{1,5})$/.exec(address)
  if (!match || Number(match[2]) > 65535) throw new AddressError(address)
  return { host: match[1].replace(/^\[|\]$/g, ''), port: Number(match[2]) } satisfies NetConnectOpts
}

/** Whether bytes to this address never leave the machine, so that the kernel alone carries them. */
export function isLocal(address: string): boolean {
  return address.startsWith('unix:') || /^tcp:\/\/(127\.|localhost:|\[::1\])/.test(address)
}

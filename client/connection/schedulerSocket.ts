// WebSockets to a scheduler. No `vscode`.

import type { ClientOptions, WebSocket } from 'ws'
import type { ClusterAddress } from '../../runtime/protocol/cluster.ts'

/** A socket that is about to connect. Its package is loaded with the first: it brings TLS and compression along. */
export async function schedulerSocket(
  { control, token }: ClusterAddress,
  path: string,
  options: ClientOptions = {},
): Promise<WebSocket> {
  const { WebSocket } = await import('ws')
  return new WebSocket(socketUrl(control, path), {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
    maxPayload: 0,
    ...options,
  })
}

/**
 * What the WebSocket library makes of a scheduler's address.
 * @param control `unix:/path/control.sock`, `ws://host:port` or `wss://host:port`
 * @example socketUrl('unix:/run/control.sock', '/feed') // 'ws+unix:/run/control.sock:/feed'
 */
export function socketUrl(control: string, path: string): string {
  return control.startsWith('unix:') ? `ws+${control}:${path}` : `${control.replace(/\/$/, '')}${path}`
}

// What the WebSocket library makes of a scheduler's address.

/**
 * @param control `unix:/path/control.sock`, `ws://host:port` or `wss://host:port`
 * @example socketUrl('unix:/run/control.sock', '/feed') // 'ws+unix:/run/control.sock:/feed'
 */
export function socketUrl(control: string, path: string): string {
  return control.startsWith('unix:') ? `ws+${control}:${path}` : `${control.replace(/\/$/, '')}${path}`
}

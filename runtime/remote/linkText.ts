// How a link to a host is, in words for a person. Pure.

import type { LinkState } from './remoteLink.ts'

/** Nothing for what need not be told. @example linkText('lab', { kind: 'connected', again: true }) // 'the link to lab is back' */
export function linkText(host: string, state: LinkState): string | undefined {
  switch (state.kind) {
    case 'lost':
      return `the link to ${host} is lost (${state.reason}): trying again`
    case 'connected':
      return state.again ? `the link to ${host} is back` : undefined
    case 'over':
      return `the link to ${host} is over: ${state.reason}`
    case 'waiting':
      return undefined
    default:
      return state satisfies never
  }
}

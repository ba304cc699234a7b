// The first frame each way between a client and an agent: who speaks, which session, how far each had come. Pure.

import { encodeLinkFrame, HELLO, type LinkFrame, LinkFrameError } from './linkFrames.ts'

/** Raised when frames or services change their meaning. */
export const AGENT_PROTOCOL = 1

export interface Hello {
  protocol: number
  /** Of heddle, for people. */
  version: string
  /** Chosen by the client; the same for every connection of one session. */
  session: string
  /** Numbered frames that this end has. */
  received: number
  /** From an agent: whether it knew the session. */
  resumed?: boolean
  /** From an agent that will not go on: why. */
  refused?: string
}

export function helloFrame(hello: Hello): Uint8Array {
  return encodeLinkFrame({
    type: HELLO,
    channel: 0,
    payload: new TextEncoder().encode(JSON.stringify(hello)),
  })
}

/** @throws {LinkFrameError} when the frame is no hello */
export function readHello({ type, payload }: LinkFrame): Hello {
  if (type !== HELLO) throw new LinkFrameError(`a frame of kind ${type} came before the hello`)
  const hello = JSON.parse(new TextDecoder().decode(payload)) as Partial<Hello>
  const { protocol, version, session, received } = hello
  if (
    typeof protocol !== 'number' ||
    typeof version !== 'string' ||
    typeof session !== 'string' ||
    typeof received !== 'number'
  )
    throw new LinkFrameError('a hello came without its protocol, version, session or count')
  return { ...hello, protocol, version, session, received }
}

/** Why these two cannot talk, or nothing. */
export function refusalOfAgent(client: Hello, agentVersion: string): string | undefined {
  if (client.protocol === AGENT_PROTOCOL) return undefined
  const older = client.protocol < AGENT_PROTOCOL ? 'this heddle' : 'the heddle over there'
  return (
    `heddle ${client.version} speaks protocol ${client.protocol} of agents, and the agent is of heddle ${agentVersion}, ` +
    `which speaks ${AGENT_PROTOCOL}: ${older} is older. Use the same version on both machines.`
  )
}

// Node and native packages that a host lacks, brought only after a person said that they may be.

import { type HostPlatform, NODE_PACKAGES } from '../protocol/nodePackages.ts'
import type { Supply } from './sshCluster.ts'

/** A question for yes or no. */
export interface LeaveQuestion {
  title: string
  prompt: string
  /** What is done, as a button says it. */
  confirm: string
}

/** The person would not have it fetched. */
export class NoLeaveError extends Error {
  override name = 'NoLeaveError'
}

/**
 * Asks once: who lets Node be fetched lets its packages be fetched too, and who said no is not asked again.
 * @param supply where things come from
 * @param ask whether the person says yes
 */
export function supplyWithLeave(supply: Supply, ask: (question: LeaveQuestion) => Promise<boolean>): Supply {
  let leave: Promise<boolean> | undefined
  const require = async (question: LeaveQuestion, refusal: string): Promise<void> => {
    leave ??= ask(question)
    if (!(await leave)) throw new NoLeaveError(refusal)
  }
  return {
    async node(platform, host = 'the host') {
      await require(nodeQuestion(
        platform,
        host,
      ), `${host} has no Node 24 or newer, and none was to be brought: install one there, name one that is there (nodePath), ` +
        'or connect again and say yes')
      return supply.node(platform, host)
    },
    async package(name, version, host = 'the host') {
      await require({
        title: `${host} needs ${name} ${version}, which is not on this machine.`,
        prompt:
          "Fetch it from the registry that npm is configured for? It is checked by the registry's hash.",
        confirm: 'Fetch',
      }, `${name} ${version}, which ${host} needs, is not on this machine and was not to be fetched: connect again and say yes, or name a folder that \`heddle bundle\` made (bundle)`)
      return supply.package(name, version, host)
    },
  }
}

/** @example nodeQuestion('linux-x64', 'big').title // 'big has no Node 24 or newer.' */
export function nodeQuestion(platform: HostPlatform, host: string): LeaveQuestion {
  const { name, version, packedBytes } = NODE_PACKAGES[platform]
  return {
    title: `${host} has no Node 24 or newer.`,
    prompt:
      `Fetch Node ${version} for ${platform} (${name}, ${Math.round(packedBytes / 1e6)} MB) from the registry that npm is configured for, and bring it to ${host}? ` +
      "It is checked by the registry's hash and goes beside heddle's own files there; nothing is installed.",
    confirm: 'Fetch Node',
  }
}

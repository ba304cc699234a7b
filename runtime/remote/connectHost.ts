// Brings a host to the point where an agent of ours answers: probe, choose, upload what is missing, start. One ssh for all of it.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { HostError } from './hostErrors.ts'
import { type HostFacts, hostFacts, type NodeFacts, nodeOf } from './hostFacts.ts'
import { type HostPlan, isNewEnough, planHost } from './hostPlan.ts'
import { progressText } from './npmSupply.ts'
import {
  moduleScript,
  probeScript,
  startScript,
  tryModuleScript,
  type UploadScript,
  uploadedScript,
  uploadScript,
} from './probeScript.ts'
import { RemoteShell, type ShellOptions } from './remoteShell.ts'
import { inSteps } from './steps.ts'

export interface ConnectOptions extends ShellOptions {
  /** Where files go on the host; by default the user's cache folder, or scratch space when that will not do. */
  folder?: string
  /** The Node of the host; by default the first that is new enough, else one is brought. */
  nodePath?: string
  /** The agent's program on this machine. */
  agentFile: string
  /** Brings Node for a platform: the path of an npm package as it is packed. Absent: none may be brought. */
  bringNode?: (platform: HostPlan['platform']) => Promise<BroughtNode>
  /** What a person should know. */
  notice?: (text: string) => void
  /** How far something has come that takes a while, a few times. */
  progress?: (text: string) => void
}

export interface BroughtNode {
  /** A packed npm package (`.tgz`) that has `package/bin/node`. */
  file: string
  version: string
}

/** A host whose agent answers on ssh's input and output. */
export interface ConnectedHost {
  shell: RemoteShell
  facts: HostFacts
  plan: HostPlan
}

/**
 * @throws {HostError} {@link SshError} when the host cannot be reached or used: the text says why, and the way out
 */
export async function connectHost(host: string, options: ConnectOptions): Promise<ConnectedHost> {
  const shell = new RemoteShell(host, options)
  try {
    const { folder, nodePath } = options
    const { marker } = shell
    const facts = hostFacts(await shell.run(probeScript({ marker, folder, nodePath })), Date.now())
    if (!facts.nodes.some(isNewEnough) && nodePath === undefined) await addModules(shell, facts)
    const plan = planHost(host, facts)
    for (const text of plan.notices) options.notice?.(text)
    const agent = await bringAgent(shell, plan, options.agentFile)
    const node = plan.node ?? (await bringNode(shell, plan, options))
    await shell.become(startScript({ marker, node: node.path, module: node.module, agent }))
    return { shell, facts, plan }
  } catch (error) {
    shell.end()
    throw error
  }
}

/** Sites often bring newer programs as modules: the newest of those that bring Node. */
async function addModules(shell: RemoteShell, facts: HostFacts): Promise<void> {
  const { marker } = shell
  const names = (await shell.run(moduleScript(marker))).get('module') ?? []
  const newest = [...names].sort((a, b) => versionOf(b) - versionOf(a))
  for (const module of newest.slice(0, 2)) {
    const [line] = (await shell.run(tryModuleScript(marker, module))).get('node') ?? []
    if (line !== undefined) facts.nodes.push({ ...nodeOf(line), module })
  }
}

const versionOf = (module: string): number => Number.parseFloat(/\/v?(\d+(\.\d+)?)/.exec(module)?.[1] ?? '0')

async function bringAgent(shell: RemoteShell, plan: HostPlan, agentFile: string): Promise<string> {
  const bytes = await readFile(agentFile)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const path = `${plan.folder}/agents/${sha256.slice(0, 16)}.mjs`
  const upload = { marker: shell.marker, path, sha256, sizeBytes: bytes.length }
  await uploadTo(shell, upload, false, (offset) => [bytes.subarray(offset)])
  return path
}

async function bringNode(
  shell: RemoteShell,
  plan: HostPlan,
  { bringNode: bring, notice, progress }: ConnectOptions,
): Promise<NodeFacts> {
  if (!bring)
    throw new HostError(
      shell.host,
      `${shell.host} has no Node 24 or newer, and heddle was not allowed to bring one (npm's package of it, about 50 MB): ` +
        'allow it with --fetch-node, or name one that is there with --node.',
    )
  const { file, version } = await bring(plan.platform)
  const sha256 = await digestOf(file)
  const path = `${plan.folder}/node/${version}-${sha256.slice(0, 12)}`
  const { size } = await stat(file)
  notice?.(`Node ${version} goes to ${shell.host} (${Math.round(size / 1e6)} MB, once)`)
  const upload = { marker: shell.marker, path, sha256, sizeBytes: size }
  const bytes = await readFile(file)
  const tell = inSteps(size, (done) => progress?.(progressText(`bringing Node to ${shell.host}`, done, size)))
  await uploadTo(shell, upload, true, (offset) => pieces(bytes, offset, tell))
  return { kind: 'cache', path: `${path}/package/bin/node`, version, said: `v${version}` }
}

/** Sends what is missing of one file. */
async function uploadTo(
  shell: RemoteShell,
  upload: UploadScript,
  unpack: boolean,
  from: (offset: number) => Iterable<Uint8Array>,
): Promise<void> {
  const before = await shell.run(uploadedScript(upload))
  requireWell(shell, upload, before.get('failed')?.[0])
  if (before.has('whole')) return
  const offset = Number(before.get('part')?.[0] ?? 0)
  const said = await shell.run(uploadScript(upload, upload.sizeBytes - offset, unpack), from(offset))
  requireWell(shell, upload, said.get('failed')?.[0])
}

function requireWell(shell: RemoteShell, { path }: UploadScript, failed: string | undefined): void {
  if (failed !== undefined)
    throw new HostError(
      shell.host,
      `${path} cannot be written on ${shell.host}: ${failed.replace(/^\w+: /, '')}. Name another folder with --folder.`,
    )
}

const PIECE_BYTES = 1 << 18

/** @param taken hears how many bytes were asked for */
function* pieces(bytes: Uint8Array, offset: number, taken: (bytes: number) => void): Iterable<Uint8Array> {
  for (let at = offset; at < bytes.length; at += PIECE_BYTES) {
    yield bytes.subarray(at, at + PIECE_BYTES)
    taken(Math.min(at + PIECE_BYTES, bytes.length))
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of createReadStream(file)) hash.update(bytes as Buffer)
  return hash.digest('hex')
}

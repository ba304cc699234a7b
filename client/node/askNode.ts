// A machine without Node 24: asks whether one may be fetched, and fetches it into the extension's own folder.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import * as vscode from 'vscode'
import { LOCAL_NODE_PACKAGES } from '../../runtime/protocol/nodePackages.ts'
import { inProgress } from '../desk/inProgress.ts'
import type { NoNodeError } from './nodeChoice.ts'
import { programEnvironment } from './programEnvironment.ts'

/** It was allowed, and did not come. */
export class NodeFetchError extends Error {
  override name = 'NodeFetchError'
}

/**
 * @param program fetches it, on the editor's own Node
 * @param folder where the extension keeps Nodes
 * @throws {NoNodeError} when there is none for this machine, or the person would not have it
 * @throws {NodeFetchError}
 */
export async function askNode(missing: NoNodeError, program: string, folder: string): Promise<void> {
  const platform = `${process.platform}-${process.arch}`
  const found = Object.entries(LOCAL_NODE_PACKAGES).find(([name]) => name === platform)?.[1]
  if (!found) throw missing
  const { name, version, packedBytes } = found
  const fetch = 'Fetch Node'
  const choice = await vscode.window.showWarningMessage(
    'Heddle needs Node 24 or newer to run a cluster, and finds none on this machine.',
    {
      modal: true,
      detail:
        `Fetch Node ${version} for ${platform} (${name}, ${Math.round(packedBytes / 1e6)} MB) from the registry that npm is configured for? ` +
        "It is checked by the registry's hash and kept in the extension's own folder; nothing is installed.",
    },
    fetch,
  )
  if (choice !== fetch) throw missing
  await inProgress('Node for Heddle', (tell) => run(program, folder, tell))
}

function run(program: string, folder: string, tell: (text: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // The editor's program is Node when it is told so.
      env: { ...programEnvironment(), ELECTRON_RUN_AS_NODE: '1' },
      windowsHide: true,
    })
    let said = ''
    createInterface({ input: child.stdout }).on('line', tell)
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    child.once('error', (error) => reject(new NodeFetchError(`Node cannot be fetched: ${error.message}`)))
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new NodeFetchError(`Node cannot be fetched: ${said.trim() || `exit code ${code}`}`))
    })
  })
}

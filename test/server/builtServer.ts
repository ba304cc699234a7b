// The language server's process as it is built, and what a test says to it.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  createProtocolConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type ProtocolConnection,
} from 'vscode-languageserver/node.js'
import { SERVER_START } from '../../client/languageServer/serverStart.ts'

export interface BuiltServer {
  child: ChildProcess
  connection: ProtocolConnection
  close(): Promise<void>
}

/** @param folder of the workspace */
export async function startServer(folder: string): Promise<BuiltServer> {
  const child = fork(join(import.meta.dirname, '../../dist/server.cjs'), ['--node-ipc'], {
    stdio: 'ignore',
    execArgv: SERVER_START.execArgv,
  })
  const connection = createProtocolConnection(new IPCMessageReader(child), new IPCMessageWriter(child))
  connection.listen()
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'project' }],
  })
  await connection.sendNotification('initialized', {})
  return {
    child,
    connection,
    async close() {
      connection.dispose()
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill()
      await once(child, 'exit')
    },
  }
}

// A registry of npm's on this machine that has one package: the Node of the tests, as npm packs it.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { LOCAL_NODE_PACKAGES } from '../../runtime/protocol/nodePackages.ts'

const HERE = `${process.platform}-${process.arch}`

/** Packs this Node into a folder, under the name that a platform's has. @returns the file */
export function packNode(folder: string, platform = HERE): string {
  mkdirSync(join(folder, 'package', 'bin'), { recursive: true })
  const program = platform.startsWith('win32-') ? 'node.exe' : 'node'
  symlinkSync(process.execPath, join(folder, 'package', 'bin', program))
  const file = join(folder, 'node.tgz')
  execFileSync('tar', ['-chf', file, '-I', 'gzip -1', '-C', folder, 'package'])
  return file
}

export interface NodeRegistry {
  url: string
  /** The paths that were asked for. */
  asked: string[]
  close(): void
}

/**
 * @param folder for the packed Node
 * @param platform whose it passes for
 */
export async function nodeRegistry(folder: string, platform = HERE): Promise<NodeRegistry> {
  const packed = readFileSync(packNode(folder, platform))
  const integrity = `sha512-${createHash('sha512').update(packed).digest('base64')}`
  const { name, version } = LOCAL_NODE_PACKAGES[platform]
  const asked: string[] = []
  const server = createServer(({ url = '', headers }, response) => {
    asked.push(url)
    if (url === `/${name}/${version}`)
      response.end(JSON.stringify({ dist: { tarball: `http://${headers.host}/node.tgz`, integrity } }))
    else if (url === '/node.tgz') response.writeHead(200, { 'content-length': packed.length }).end(packed)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

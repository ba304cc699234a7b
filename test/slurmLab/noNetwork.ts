// A laptop without any network: a namespace that has a loopback alone, from which ssh comes out by a socket in a folder.

import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, chmodSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { installLab } from './install.ts'
import type { SshServer } from './sshServer.ts'

export class NoNetwork {
  /** What a program is started with to be inside. */
  readonly inside: readonly string[]
  readonly #holder: ChildProcess
  #relay: Server | undefined

  private constructor(holder: ChildProcess) {
    this.#holder = holder
    this.inside = ['nsenter', `--net=/proc/${holder.pid}/ns/net`, '--']
  }

  static async open(): Promise<NoNetwork> {
    installLab('ssh')
    const script = 'ip link set lo up && echo up && exec cat'
    // It ends with this process, since its input does.
    const holder = spawn('unshare', ['-n', 'sh', '-c', script], { stdio: ['pipe', 'pipe', 'inherit'] })
    const first = await new Promise<string>((resolve, reject) => {
      holder.once('error', reject)
      holder.once('exit', (code) => reject(new Error(`no namespace: unshare ended with ${code}`)))
      holder.stdout.once('data', (data: Buffer) => resolve(String(data)))
    })
    if (first !== 'up\n') throw new Error(`no namespace: ${first}`)
    return new NoNetwork(holder)
  }

  /** The way out for ssh, by its configuration. */
  doorTo(server: SshServer): void {
    const door = join(server.folder, 'door.sock')
    this.#relay = createServer((near) => {
      const far = connect(server.port, '127.0.0.1')
      for (const socket of [near, far])
        socket.on('error', () => {
          near.destroy()
          far.destroy()
        })
      near.pipe(far).pipe(near)
    }).listen(door)
    const proxy = join(server.folder, 'proxy.cjs')
    writeFileSync(
      proxy,
      `const s = require('node:net').connect(${JSON.stringify(door)}); process.stdin.pipe(s).pipe(process.stdout); s.on('close', () => process.exit())`,
    )
    appendFileSync(server.configFile, `  ProxyCommand ${process.execPath} ${proxy}\n`)
  }

  /** A program that starts another one inside: for those that take a path alone. */
  wrapper(program: string, folder: string): string {
    const file = join(folder, 'inside.sh')
    writeFileSync(file, `#!/bin/sh\nexec ${this.inside.join(' ')} ${program} "$@"\n`)
    chmodSync(file, 0o700)
    return file
  }

  close(): void {
    this.#relay?.close()
    this.#holder.stdin?.end()
  }
}

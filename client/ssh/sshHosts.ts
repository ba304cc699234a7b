// The hosts that a person may want: those that were connected to, and those that their configuration of ssh names.

import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import * as vscode from 'vscode'
import { configHosts } from './configHosts.ts'
import { hostsOfSettings } from './hostSettings.ts'

const KNOWN = 'heddle.sshHosts'

export class SshHosts {
  readonly #memento: vscode.Memento
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChange = this.#changed.event

  constructor({ globalState }: Pick<vscode.ExtensionContext, 'globalState'>) {
    this.#memento = globalState
  }

  /** Hosts that were connected to, the last one first. */
  get known(): readonly string[] {
    return this.#memento.get<string[]>(KNOWN, [])
  }

  async remember(host: string): Promise<void> {
    await this.#write([host, ...this.known.filter((each) => each !== host)])
  }

  async forget(host: string): Promise<void> {
    await this.#write(this.known.filter((each) => each !== host))
  }

  /** Known ones first; none of the configuration where there is no such file. */
  async all(): Promise<string[]> {
    const file = configFile() ?? path.join(homedir(), '.ssh', 'config')
    const text = await readFile(file, 'utf8').catch(() => '')
    return [...new Set([...this.known, ...hostsOfSettings(), ...configHosts(text)])]
  }

  async #write(hosts: readonly string[]): Promise<void> {
    await this.#memento.update(KNOWN, hosts)
    this.#changed.fire()
  }
}

/** The configuration that ssh is to use; absent: its own. */
export const configFile = (): string | undefined =>
  vscode.workspace.getConfiguration('heddle').get('ssh.configFile', '').trim() || undefined

// Starts a real VS Code's web server on a free loopback port with throw-away folders, and stops it again.

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { cpSync, createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { NoNetwork } from '../slurmLab/noNetwork.ts'
import { installServer } from './installServer.ts'

/** User settings that make the workbench quiet, offline and the same each time. */
const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Light Modern',
  'workbench.reduceMotion': 'on',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'chat.agentHost.enabled': false,
  'git.enabled': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'typescript.tsserver.web.projectWideIntellisense.enabled': false,
  // Other programs' ports would show up in the status bar.
  'remote.autoForwardPorts': false,
  'merge-conflict.codeLens.enabled': false,
  'editor.minimap.enabled': false,
  'editor.cursorBlinking': 'solid',
  // What is typed stays as it was typed, whichever suggestions come meanwhile.
  'editor.acceptSuggestionOnCommitCharacter': false,
  'editor.acceptSuggestionOnEnter': 'off',
}

/** A folder opens untrusted without a dialog in the way. */
const TRUST_SETTINGS = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
}

export interface ServerOptions {
  /** User settings on top of the quiet ones. */
  settings?: Record<string, unknown>
  /** A packaged extension to install first. */
  vsix?: string
  /** Folders of other extensions, which are copied to where installed ones are. */
  extensions?: string[]
  /** More environment variables; the extension host inherits them. */
  env?: Record<string, string>
  /** Asks whether folders are trusted, and opens them untrusted; otherwise every folder is trusted. */
  asksForTrust?: boolean
  /** 0 or absent: any free port. */
  port?: number
  /** The server and the browser are inside of it. */
  network?: NoNetwork
}

export interface VscodeServer {
  /** `127.0.0.1:PORT` */
  authority: string
  /** Its folder of logs, settings and temporary files. */
  data: string
  /** A file or folder of this machine, as the workbench names it. */
  uri(file: string): string
  /** The address of a workbench on a folder or a `.code-workspace` file; `payload` is a list of keys and values. */
  url(place: string, payload?: [string, string][]): string
  /** What the extension hosts wrote into the output channel of the extension. */
  outputOf(name: string): string
  stop(): Promise<void>
}

const UP_MS_MAX = 180_000

export async function startVscodeServer(options: ServerOptions = {}): Promise<VscodeServer> {
  const { node, serverMain } = installServer()
  const data = mkdtempSync(join(tmpdir(), 'vsc-')) // Short: sockets are made below it.
  for (const folder of ['user/User', 'user/Machine', 'extensions', 'tmp'])
    mkdirSync(join(data, folder), { recursive: true })
  const trust = options.asksForTrust ? TRUST_SETTINGS : {}
  const settings = JSON.stringify({ ...QUIET_SETTINGS, ...trust, ...options.settings }, null, 2)
  // Settings of a machine, such as paths, are read from the second one alone.
  for (const folder of ['User', 'Machine'])
    writeFileSync(join(data, 'user', folder, 'settings.json'), settings)
  const where = ['--user-data-dir', join(data, 'user'), '--extensions-dir', join(data, 'extensions')]
  where.push(
    '--server-data-dir',
    join(data, 'server'),
    '--accept-server-license-terms',
    '--telemetry-level',
    'off',
  )
  const env = {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: data,
    // Whatever is left in it goes with the folder.
    TMPDIR: join(data, 'tmp'),
    EXTENSIONS_GALLERY: '{"serviceUrl":""}', // No marketplace.
    ...options.env,
  }
  if (options.vsix)
    execFileSync(node, [serverMain, '--install-extension', resolve(options.vsix), ...where], {
      env,
      stdio: 'pipe',
    })
  for (const folder of options.extensions ?? [])
    cpSync(folder, join(data, 'extensions', basename(folder)), { recursive: true })
  const log = join(data, 'server.log')
  const output = createWriteStream(log)
  // A process group of its own: the server and the extension hosts go together.
  // Port 0 has it take a free one itself: one that was looked up before may be another's by then.
  const args = ['--host', '127.0.0.1', '--port', String(options.port ?? 0), '--without-connection-token']
  // Without the driver a released build ignores extensionDevelopmentPath and extensionTestsPath, and says nothing.
  args.push('--disable-experiments', '--enable-smoke-test-driver', ...where)
  if (!options.asksForTrust) args.push('--disable-workspace-trust')
  const inside = options.network?.inside ?? []
  const [program, ...rest] = [...inside, node, serverMain, ...args]
  const child = spawn(program, rest, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  for (const stream of [child.stdout, child.stderr]) stream.pipe(output, { end: false })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text))
  const kill = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-child.pid!, signal)
    } catch {
      // All of it has ended already.
    }
  }
  const atExit = (): void => kill('SIGKILL')
  process.once('exit', atExit)
  const exited = new Promise((done) => child.once('exit', done))
  const stop = async (): Promise<void> => {
    kill('SIGTERM')
    const timer = setTimeout(kill, 5000, 'SIGKILL')
    await exited
    clearTimeout(timer)
    kill('SIGKILL') // Whatever of the group is left.
    process.off('exit', atExit)
    output.end()
    if (process.env.KEEP_DATA) console.log(`logs and data are in ${data}`)
    else rmSync(data, { recursive: true, force: true, maxRetries: 10 })
  }
  const deadline = Date.now() + UP_MS_MAX
  let found: string | undefined
  while (!found || !(await answers(found, inside))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(
        `the VS Code server did not come up (exit code ${child.exitCode}):\n${said.slice(-2000)}`,
      )
    }
    await pause(50)
    const [, port] = /^Extension host agent listening on (\d+)\n/m.exec(said) ?? []
    found = port && `127.0.0.1:${port}`
  }
  const authority = found
  const uri = (file: string): string => `vscode-remote://${authority}${resolve(file)}`
  return {
    authority,
    data,
    uri,
    url(place, payload = []) {
      const kind = place.endsWith('.code-workspace') ? 'workspace' : 'folder'
      const all = JSON.stringify([['skipWelcome', 'true'], ['skipReleaseNotes', 'true'], ...payload])
      return `http://${authority}/?${kind}=${encodeURIComponent(place)}&payload=${encodeURIComponent(all)}`
    },
    outputOf(name) {
      const find = [
        '-c',
        `cat "${data}"/user/logs/*/exthost*/*/"${name}.log" "${data}"/user/logs/*/exthost*/output_logging_*/*"${name}.log" 2>/dev/null || true`,
      ]
      return execFileSync('sh', find, { encoding: 'utf8' })
    },
    stop,
  }
}

/** Whether a server answers there, asked from inside of where it is. */
async function answers(authority: string, inside: readonly string[]): Promise<boolean> {
  const url = `http://${authority}/version`
  if (inside.length > 0) {
    const ask = `fetch(${JSON.stringify(url)}).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`
    const [program, ...rest] = [...inside, process.execPath, '-e', ask]
    return spawnSync(program, rest, { stdio: 'ignore' }).status === 0
  }
  try {
    return (await fetch(url)).ok
  } catch {
    return false
  }
}

/** Whether the extension was built: tests of the editor say so rather than fail in a strange place. */
export function requireBuilt(root: string): void {
  if (!existsSync(join(root, 'dist', 'extension.cjs')))
    throw new Error('the extension is not built: run `npm run build` first')
}

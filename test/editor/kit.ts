// One workbench for a file of tests: a VS Code server, a browser, and a folder that has no node_modules above it.

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { requireBuilt, type ServerOptions, startVscodeServer, type VscodeServer } from './vscodeServer.ts'
import { editorTab, openBrowser, WAIT_MS } from './workbench.ts'

export const root = join(import.meta.dirname, '..', '..')
const FIXTURES = join(root, 'test', 'fixtures', 'editor')

export interface Lab {
  server: VscodeServer
  page: Page
  /** A copy of the fixtures. */
  folder: string
  /** What a terminal of this workbench has in its environment: clusters of programs are where those of the editor are. */
  terminal: NodeJS.ProcessEnv
  /** Kills the schedulers of this lab's clusters, as a crash would. */
  killScheduler(): void
  /** The schedulers of this lab's clusters. */
  schedulers(): number[]
  /** The workers of this lab's clusters. */
  workers(): number[]
  /** Has the workers stand still while something is looked at: a run takes as long as that, however slow the machine is. */
  holdWorkers<T>(look: () => Promise<T>): Promise<T>
  /** Kills one worker process, as the system does when memory runs out. */
  killWorker(): void
  /** Changes a setting of the user, as the settings editor does. */
  setting(name: string, value: unknown): Promise<void>
  /** The language servers of this lab. */
  languageServers(): number[]
  /** Loads the workbench on the folder, or on a `.code-workspace` file, with a file of the folder open. */
  open(file: string, place?: string): Promise<void>
  /** A picture of the workbench below docs/screenshots, when pictures are asked for; `afterMs` lets charts fill first. */
  picture(name: string, afterMs?: number): Promise<void>
  /** Processes of clusters that this lab started: their command lines. */
  processes(): string[]
  close(): Promise<void>
}

/** Programs of a cluster, by their title or, before they have one, by their file. */
const OURS = /^heddle |\/dist\/(keeper|scheduler|supervisor|worker|session)\.m?js/
const LANGUAGE_SERVER = /\/dist\/server\.cjs/
const WORKER = /^heddle worker/
const SCHEDULER = /^heddle scheduler|\/dist\/scheduler\.js/

const WIDTH = 1280
const HEIGHT = 800

/** @param options `vsix`: uses this packaged extension instead of the one in the checkout */
export async function openLab(options: ServerOptions = {}): Promise<Lab> {
  if (!options.vsix) requireBuilt(root)
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-lab-')))
  const folder = join(made, 'loom')
  cpSync(FIXTURES, folder, { recursive: true })
  // Clusters keep their sockets in here: short, and gone with the lab.
  const runtimeFolder = join(made, 'r')
  mkdirSync(runtimeFolder, { mode: 0o700 })
  let server: VscodeServer | undefined
  let browser: Browser | undefined
  const close = async (): Promise<void> => {
    await browser?.close()
    await server?.stop()
    for (const pid of pidsWith(runtimeFolder)) kill(pid)
    rmSync(made, { recursive: true, force: true, maxRetries: 10 })
  }
  try {
    server = await startVscodeServer({
      ...options,
      settings: {
        'heddle.nodePath': process.execPath,
        'heddle.local.threadsPerWorker': 2,
        // The machine of the tests may have Slurm: its warning has a test of its own.
        'heddle.slurm.warnOnLoginNode': false,
        ...options.settings,
      },
      env: { XDG_RUNTIME_DIR: runtimeFolder, ...options.env },
    })
    const { network } = options
    browser = await openBrowser(network && ((program) => network.wrapper(program, made)))
    const page = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT } })
    // For pages that open from this one, too.
    page.context().setDefaultTimeout(WAIT_MS)
    const { uri, url } = server
    return {
      server,
      page,
      folder,
      terminal: { ...process.env, XDG_RUNTIME_DIR: runtimeFolder },
      async open(file, place = folder) {
        const payload: [string, string][] = [['openFile', uri(join(folder, file))]]
        if (!options.vsix) payload.push(['extensionDevelopmentPath', uri(root)])
        await page.goto(url(place, payload))
        await editorTab(page, basename(file)).first().waitFor()
      },
      async picture(name, afterMs = 0) {
        if (!process.env.HEDDLE_SCREENSHOTS) return
        // Away from what shows a hint, in one step: on its way it would close hovers.
        await page.mouse.move(WIDTH / 3, HEIGHT - 100)
        await pause(afterMs)
        const path = join(root, 'docs', 'screenshots', `${name}.png`)
        await page.screenshot({ path, animations: 'disabled' })
      },
      killScheduler() {
        for (const pid of pidsWith(runtimeFolder, SCHEDULER)) kill(pid)
      },
      schedulers: () => pidsWith(runtimeFolder, SCHEDULER),
      workers: () => pidsWith(runtimeFolder, WORKER),
      async holdWorkers(look) {
        const held = pidsWith(runtimeFolder, WORKER)
        for (const pid of held) kill(pid, 'SIGSTOP')
        try {
          return await look()
        } finally {
          for (const pid of held) kill(pid, 'SIGCONT')
        }
      },
      killWorker: () => kill(pidsWith(runtimeFolder, WORKER)[0]),
      async setting(name, value) {
        for (const place of ['User', 'Machine']) {
          const file = join(server!.data, 'user', place, 'settings.json')
          const settings = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
          writeFileSync(file, JSON.stringify({ ...settings, [name]: value }, null, 2))
        }
      },
      languageServers: () => pidsWith(runtimeFolder, LANGUAGE_SERVER),
      processes: () => pidsWith(runtimeFolder).map(commandOf).filter(Boolean),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Waits until something holds; fails with what it is when it does not. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  ms = WAIT_MS,
): Promise<void> {
  const deadline = Date.now() + ms
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`timed out waiting until ${what}`)
    await pause(50)
  }
}

/** Heddle's own processes whose environment names the folder: nobody else's can be meant. */
export function pidsWith(folder: string, program = OURS): number[] {
  const found: number[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const ours = readFileSync(`/proc/${name}/environ`, 'utf8').includes(`XDG_RUNTIME_DIR=${folder}\0`)
      if (ours && program.test(commandOf(Number(name)))) found.push(Number(name))
    } catch {
      // It ended while it was looked at.
    }
  }
  return found
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}

/** Kills a process that may have ended already, or sends it another signal. */
export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has.
  }
}

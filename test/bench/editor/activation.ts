// How long the extension takes to activate in a real VS Code: as VS Code itself counts it for a window that opens a file, and
// as it is seen from inside the extension host.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Lab, openLab, until } from '../../editor/kit.ts'
import { codeLens, runCommand } from '../../editor/workbench.ts'
import { median } from '../figure.ts'

const WINDOWS = 5

/** Runs inside the extension host, as a suite of tests would. */
const PROBE = `const vscode = require('vscode')
const fs = require('node:fs')
exports.run = async () => {
  const extension = vscode.extensions.getExtension('heddle.heddle-vscode')
  const cpu = process.cpuUsage()
  const begun = performance.now()
  const api = await extension.activate()
  const wallMs = performance.now() - begun
  const { user, system } = process.cpuUsage(cpu)
  fs.appendFileSync(process.env.HEDDLE_TEST_REPORT, JSON.stringify({ wallMs, cpuMs: (user + system) / 1000, ownMs: api.activationMs }) + '\\n')
}
`

export interface Activation {
  /** What `Developer: Show Running Extensions` says of a window that starts with a file: code loaded, and `activate` done. */
  toldMs: number
  /** The same of VS Code's own extension for TypeScript, in the same windows. */
  typescriptMs: number
  /** From asking VS Code until the extension is active, its code loaded: by the clock, and CPU of the extension host. */
  wallMs: number
  cpuMs: number
  /** Of it the extension's own `activate`, by the clock. */
  ownMs: number
}

/** Medians of some windows. */
export async function activation(root: string): Promise<Activation> {
  const folder = join(root, 'dist-test', `activation-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  const report = join(folder, 'report.jsonl')
  const probe = join(folder, 'index.cjs')
  writeFileSync(probe, PROBE)
  const lab = await openLab({ env: { HEDDLE_TEST_REPORT: report } })
  try {
    const { page, server } = lab
    await page.exposeFunction('codeAutomationLog', () => {})
    await page.exposeFunction('codeAutomationExit', () => {})
    const lines = (): string[] =>
      existsSync(report) ? readFileSync(report, 'utf8').split('\n').filter(Boolean) : []
    for (let window = 1; window <= WINDOWS; window++) {
      // A folder without a file that would activate the extension by itself.
      await page.goto(
        server.url(folder, [
          ['extensionDevelopmentPath', server.uri(root)],
          ['extensionTestsPath', server.uri(probe)],
        ]),
      )
      await until(() => lines().length >= window, 'the extension is active')
    }
    const probed = lines().map((line) => JSON.parse(line) as Probed)
    const of = (name: keyof Probed): number => median(probed.map((each) => each[name]))
    return { ...(await toldByVscode(lab)), wallMs: of('wallMs'), cpuMs: of('cpuMs'), ownMs: of('ownMs') }
  } finally {
    await lab.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Told = Pick<Activation, 'toldMs' | 'typescriptMs'>
type Probed = Omit<Activation, keyof Told>

/** Medians of some windows with a file that imports heddle. */
async function toldByVscode(lab: Lab): Promise<Told> {
  const rows = lab.page.locator('.runtime-extensions-editor .monaco-list-row')
  const told = async (extension: string): Promise<number> => {
    const time = rows.filter({ hasText: extension }).getByText(/Activation: \d+ms/)
    return Number(/(\d+)ms/.exec(await time.innerText())?.[1])
  }
  const ours: number[] = []
  const typescript: number[] = []
  while (ours.length < WINDOWS) {
    await lab.open('analysis.ts')
    await codeLens(lab.page, /Run File/)
      .first()
      .waitFor()
    await runCommand(lab.page, 'Developer: Show Running Extensions')
    ours.push(await told('heddle.heddle-vscode'))
    typescript.push(await told('JavaScript and TypeScript Language Features'))
  }
  return { toldMs: median(ours), typescriptMs: median(typescript) }
}

// Clusters that programs start by themselves, in the real workbench: they appear with their workers, can be attached to, and go.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { type Lab, openLab, root, until } from './kit.ts'
import { clickOnRow, codeLens, lineText, runCommand, settledLenses, widenSideBar } from './workbench.ts'

describe('clusters started by code, in a real VS Code', { concurrency: false }, () => {
  let lab: Lab
  const programs: ChildProcess[] = []

  before(async () => {
    lab = await openLab()
    await lab.open('cells.ts')
    await settledLenses(lab.page, /▷ Run$/, 2)
    await runCommand(lab.page, 'Heddle: Set Up This Folder')
    await lab.page.locator('.activitybar .action-label[aria-label^="Heddle"]').click()
    await lab.page.getByText('No cluster runs.').waitFor()
    await widenSideBar(lab.page, 120)
  })
  after(async () => {
    for (const program of programs) program.kill('SIGKILL')
    await lab?.close()
  })

  const rows = (text: string | RegExp): Locator =>
    lab.page.locator('.customview-tree .monaco-list-row', { hasText: text })
  /** Runs in a terminal of the folder, until its input ends. */
  const start = (...words: string[]): ChildProcess => {
    const program = spawn(process.execPath, words, {
      ...{ cwd: lab.folder, env: lab.terminal },
      stdio: ['pipe', 'inherit', 'inherit'],
    })
    programs.push(program)
    return program
  }
  const ended = async (program: ChildProcess): Promise<void> => {
    if (program.exitCode === null && program.signalCode === null) await once(program, 'exit')
  }
  const gone = async (row: Locator): Promise<void> => {
    await until(async () => (await row.count()) === 0, 'its row has gone')
  }

  test('Client.local() in a program: its row comes with its workers, and goes with it', async () => {
    const program = start('ownCluster.ts')
    await rows(/^Cluster [0-9a-f]{8} ?started elsewhere · 2 workers/).waitFor()
    await until(async () => (await rows(/^w[01] ?0\/1 · CPU/).count()) === 2, 'both workers are there')
    await lab.picture('elsewhere', 1500)
    program.stdin?.end()
    await ended(program)
    await gone(rows(/^Cluster /))
    await lab.page.getByText('No cluster runs.').waitFor()
  })

  test('one that `heddle run` starts stands beside the cluster of the window, with what its threads run', async () => {
    const { page } = lab
    await codeLens(page, /▷ Run$/)
      .first()
      .click()
    await lineText(page, /^= 2646700/)
    const program = start(join(root, 'runtime', 'bin', 'heddle.cjs'), 'run', 'endless.ts')
    const row = rows(/^Cluster [0-9a-f]{8} ?started elsewhere/)
    await row.waitFor()
    await rows(/thread \d/)
      .first()
      .waitFor()
    await lab.picture('elsewhereBeside', 1500)
    program.kill('SIGINT')
    await ended(program)
    await gone(row)
    await rows(/^Local cluster/).waitFor()
  })

  test('a click attaches the window to it, and the row is that of a cluster of the window', async () => {
    const program = start('ownCluster.ts')
    const row = rows(/^Cluster [0-9a-f]{8} ?started elsewhere · 2 workers/)
    await clickOnRow(row, 'Connect to Cluster…')
    await rows(/^Cluster [0-9a-f]{8} ?2 workers/).waitFor()
    await rows(/^Local cluster ?connected/).waitFor()
    await lab.picture('elsewhereAttached', 500)
    program.stdin?.end()
    await ended(program)
    await rows(/^Local cluster/).waitFor()
  })
})

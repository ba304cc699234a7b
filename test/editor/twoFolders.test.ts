// A workspace of two folders: each is set up by itself, and its files run where they are.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Lab, openLab, until } from './kit.ts'
import { codeLens, lineText, openFile, runCommand, settledLenses } from './workbench.ts'

const PROGRAM = `import { dataframe } from 'heddle'

const table = dataframe.readCsv('rows.csv')
const rows = await table.len().compute()
const some = table.select('NAME')
`

describe('two folders in a real VS Code', { concurrency: false }, () => {
  let lab: Lab
  /** The folders, and what their own rows.csv has. */
  const folders = { warp: ['width', 3], weft: ['height', 5] } as const
  const placeOf = (folder: string): string => join(dirname(lab.folder), folder)

  before(async () => {
    lab = await openLab()
    for (const [folder, [column, rows]] of Object.entries(folders)) {
      mkdirSync(placeOf(folder))
      writeFileSync(join(placeOf(folder), `${folder}.ts`), PROGRAM.replace('NAME', `${column.slice(0, -1)}e`))
      writeFileSync(join(placeOf(folder), 'rows.csv'), `${column}\n${'1\n'.repeat(rows)}`)
    }
    const workspace = join(dirname(lab.folder), 'both.code-workspace')
    writeFileSync(workspace, JSON.stringify({ folders: Object.keys(folders).map((path) => ({ path })) }))
    await lab.open('../warp/warp.ts', workspace)
    await settledLenses(lab.page, /▷ Run$/, 1)
  })
  after(() => lab?.close())

  const show = async (folder: string): Promise<void> => {
    await openFile(lab.page, `${folder}.ts`)
    await settledLenses(lab.page, /▷ Run$/, 1)
  }
  const isSetUp = (folder: string): boolean => existsSync(join(placeOf(folder), 'node_modules', 'heddle'))

  for (const [folder, [, rows]] of Object.entries(folders))
    test(`${folder} is set up by itself, and reads its own file`, async () => {
      await show(folder)
      assert.equal(isSetUp(folder), false)
      await runCommand(lab.page, 'Heddle: Set Up This Folder')
      await until(() => isSetUp(folder), `${folder} is set up`)
      await settledLenses(lab.page, /▷ Run$/, 1)
      await codeLens(lab.page, /▷ Run$/).click()
      await lineText(lab.page, new RegExp(`^= ${rows} · `))
    })

  test('both run on one cluster, and each is told the columns of its own file', async () => {
    const { page } = lab
    await page.locator('.activitybar .action-label[aria-label^="Heddle"]').click()
    const tree = page.locator('.customview-tree .monaco-list-row')
    await tree.filter({ hasText: 'Local cluster' }).waitFor()
    assert.equal(await tree.filter({ hasText: 'Local cluster' }).count(), 1)
    for (const folder of Object.keys(folders))
      await tree
        .filter({ hasText: `${folder}.ts:4` })
        .first()
        .waitFor()
    await runCommand(page, 'Problems: Focus on Problems View')
    for (const [column] of Object.values(folders))
      await page
        .locator('.markers-panel .monaco-list-row', { hasText: `did you mean '${column}'?` })
        .waitFor()
    await lab.picture('twoFolders', 500)
  })
})

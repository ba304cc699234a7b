// `node test/editor/recordTyping.ts`: somebody writes a program in the real VS Code, with its closing brackets, suggestions,
// undo, moved lines and several cursors; what the editor sends then is written to test/fixtures/typing/recorded.jsonl. Not part of `npm test`.

import { copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suggestion } from './cursor.ts'
import { openLab, root, until } from './kit.ts'
import { runCommand } from './workbench.ts'

/** Between two keys, as of somebody who types quickly. */
const KEY_MS = 45
/** While somebody thinks, and the editor offers something. */
const THINK_MS = 900

const lab = await openLab({ extensions: [join(root, 'test', 'fixtures', 'typingRecorder')] })
try {
  writeFileSync(join(lab.folder, 'flights.csv'), 'origin,delay,distance\nHAM,3,100\nLHR,12,640\n')
  writeFileSync(join(lab.folder, 'recorded.ts'), '')
  await lab.open('recorded.ts')
  const recording = join(lab.folder, 'recording.jsonl')
  await until(() => existsSync(recording), 'changes are written down')
  const { page } = lab
  const { keyboard } = page
  await page.locator('.monaco-editor .view-lines').first().click()
  const type = async (text: string): Promise<void> => await keyboard.type(text, { delay: KEY_MS })
  const think = async (): Promise<void> => await page.waitForTimeout(THINK_MS)
  const press = async (key: string, times = 1): Promise<void> => {
    for (let i = 0; i < times; i++) await keyboard.press(key, { delay: KEY_MS })
  }
  const line = async (text: string): Promise<void> => {
    await type(text)
    await press('Escape')
    await press('End')
    await press('Enter')
  }

  const take = async (text: string): Promise<void> => await (await suggestion(page, text)).click()

  await type('import { bag, col, datafrmae')
  await think()
  await press('Escape')
  await press('Backspace', 4)
  await type('rame')
  await press('Escape')
  await press('End')
  await type(" from 'heddle")
  await press('End')
  await press('Enter', 2)
  await line("const flights = dataframe.readCsv('flights.csv'")
  await type('const late = fli')
  await take('flights')
  await type(".filter(col('del")
  await take('delay')
  await press('End')
  await press('ArrowLeft')
  await type('.gt(10')
  await press('End')
  await press('Enter')
  await type("const byOrigin = await late.groupBy('ori")
  await take('origin')
  await press('End')
  await type(".agg({ delay: 'mean'")
  await press('Escape')
  await press('End')
  await type('.comput')
  await think()
  await press('Escape')
  await type('e(')
  await press('End')
  await press('Enter')
  await line('console.log(byOrigin')
  // A line is moved, doubled, deleted, taken back.
  await press('ArrowUp')
  await press('Alt+ArrowUp', 2)
  await press('Control+z', 2)
  await press('Alt+Shift+ArrowDown')
  await press('Control+Shift+K')
  await press('Control+End')
  await press('Enter')
  // A loop that computes in each turn; a comment, and back.
  await type('for (const part of [1, 2, 3]) {')
  await press('Escape')
  await press('Enter')
  await type('console.log(part, await bag.range(part).map((n) => n * n).sum().compute(')
  await think()
  await press('Control+/')
  await think()
  await press('Control+/')
  await press('Control+z', 3)
  await press('Control+y', 3)
  await press('Control+End')
  await press('Enter')
  await line('const numbers = bag.range(1000).map((n) => n % 7')
  await line('const counts = await numbers.frequencies().compute(')
  await line('const largest = await numbers.max().compute(')
  // Several cursors: a name is changed wherever it stands.
  await press('Control+Home')
  await press('Control+f')
  await keyboard.type('numbers', { delay: KEY_MS })
  await press('Alt+Enter')
  await type('remainders')
  await press('Escape')
  await press('Control+End')
  // A function with a bracket too few at first; lines indented and back.
  await type('export function busiest(frame, most = 3) {')
  await press('Escape')
  await press('Enter')
  await type("return frame.groupBy('origin').len().sort('len', { descending: true }).head(most")
  await press('Escape')
  await press('Delete')
  await think()
  await type(')')
  await press('Shift+ArrowUp')
  await press('Tab')
  await press('Shift+Tab')
  await press('Control+End')
  await press('Enter')
  await line('const top = await busiest(flights).comput')
  await press('ArrowUp')
  await press('End')
  await type('e()')
  await press('Control+End')
  await line('console.log(counts, largest, top')
  await runCommand(page, 'Format Document')
  await think()
  await press('Control+a')
  await press('Control+x')
  await think()
  await press('Control+z')
  await think()
  copyFileSync(recording, join(root, 'test', 'fixtures', 'typing', 'recorded.jsonl'))
} finally {
  if (process.env.HEDDLE_PICTURE) await lab.page.screenshot({ path: process.env.HEDDLE_PICTURE })
  await lab.close()
}

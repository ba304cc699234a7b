// `npm run test:desktop`: the host suite in a desktop VS Code, which is downloaded. Not part of `npm test`.

import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTests } from '@vscode/test-electron'
import { buildHostSuite } from './buildHostSuite.ts'
import { root } from './kit.ts'

const folder = mkdtempSync(join(tmpdir(), 'heddle-desktop-'))
const built = join(root, 'dist-test', `desktop-${process.pid}`)
try {
  const workspace = join(folder, 'loom')
  mkdirSync(built, { recursive: true })
  cpSync(join(root, 'test', 'fixtures', 'editor'), workspace, { recursive: true })
  await runTests({
    extensionDevelopmentPath: root,
    extensionTestsPath: await buildHostSuite(built),
    launchArgs: [
      workspace,
      '--disable-extensions',
      '--disable-workspace-trust',
      `--user-data-dir=${join(folder, 'user')}`,
    ],
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
  rmSync(built, { recursive: true, force: true })
}

// `npm run vscode`: opens a real VS Code with the extension and the examples: the desktop one, else a server at an address. `--no-build` takes what is built.

import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const given = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const folder = given[0] ?? join(root, 'examples')

if (!process.argv.includes('--no-build'))
  execFileSync(process.execPath, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit' })
const desktop = spawnSync('code', ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' })
// Over ssh and the like `code` is there and opens the window of another machine, which is what a person wants, too.
if (desktop.status === 0) {
  console.log('Opening VS Code.')
  const args = [`--extensionDevelopmentPath=${root}`, '--new-window', folder]
  process.exitCode =
    spawnSync('code', args, { stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1
} else await openInBrowser()

async function openInBrowser(): Promise<void> {
  console.log('There is no desktop VS Code here: starting a VS Code server instead.')
  const { startVscodeServer } = await import('../test/editor/vscodeServer.ts')
  const server = await startVscodeServer({
    port: Number(process.env.PORT ?? 0),
    settings: { 'heddle.nodePath': process.execPath, 'workbench.colorTheme': 'Default Dark Modern' },
  })
  console.log(`Open ${server.url(folder, [['extensionDevelopmentPath', server.uri(root)]])}`)
  console.log('Ctrl-C ends it.')
  const stop = async (): Promise<void> => {
    await server.stop()
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

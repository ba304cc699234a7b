// What the extension does as VS Code's own API sees it.

import assert from 'node:assert/strict'
import * as fs from 'node:fs'
import * as path from 'node:path'
import * as vscode from 'vscode'
import type { HeddleApi } from '../../../client/extension.ts'

const ID = 'heddle.heddle-vscode'

export function defineSuite(): void {
  describe('Heddle inside the extension host', () => {
    let api: HeddleApi
    const folder = (): vscode.Uri => vscode.workspace.workspaceFolders![0].uri
    const file = (name: string): vscode.Uri => vscode.Uri.joinPath(folder(), name)
    const lensesOf = async (uri: vscode.Uri): Promise<vscode.CodeLens[]> => {
      const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        uri,
        50,
      )
      return all.filter((lens) => lens.command?.command.startsWith('heddle.run'))
    }
    const titlesOf = async (uri: vscode.Uri): Promise<string[]> =>
      (await lensesOf(uri)).map(({ range, command }) => `${range.start.line}: ${command?.title}`)

    before(async () => {
      const extension = vscode.extensions.getExtension<HeddleApi>(ID)
      assert.ok(extension, 'the extension is there')
      const begun = performance.now()
      api = await extension.activate()
      const all = performance.now() - begun
      // A figure, not a test: other programs share this machine.
      console.log(`figure: activation ${all.toFixed(0)} ms, of it ${api.activationMs.toFixed(0)} ms its own`)
    })

    it('registers every command that its manifest names', async () => {
      const { contributes } = vscode.extensions.getExtension(ID)!.packageJSON as {
        contributes: { commands: { command: string }[] }
      }
      const known = new Set(await vscode.commands.getCommands(true))
      const missing = contributes.commands
        .map(({ command }) => command)
        .filter((command) => !known.has(command))
      assert.deepEqual(missing, [])
    })

    it('offers lenses in a file that imports heddle', async () => {
      const uri = file('analysis.ts')
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri))
      await until(async () => (await titlesOf(uri)).length === 4, 'the lenses are there')
      assert.deepEqual(await titlesOf(uri), ['0: ▷ Run File', '10: ▷ Run', '13: ▷ Run', '16: ▷ Run'])
    })

    it('offers none in a file that does not', async () => {
      const document = await vscode.workspace.openTextDocument({
        language: 'typescript',
        content: 'await x.compute()',
      })
      assert.deepEqual(await titlesOf(document.uri), [])
    })

    it('keeps the last good lenses while code is half typed, on the lines where they belong', async () => {
      const uri = file('analysis.ts')
      const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri))
      await editor.edit((edit) => edit.insert(new vscode.Position(8, 0), 'const half = bag.\n\n'))
      assert.deepEqual(await titlesOf(uri), ['0: ▷ Run File', '12: ▷ Run', '15: ▷ Run', '18: ▷ Run'])
      await vscode.commands.executeCommand('workbench.action.files.revert')
      await until(async () => (await titlesOf(uri))[1] === '10: ▷ Run', 'the lenses are where they were')
    })

    it('tells how fast lenses of a long file follow a change', async () => {
      const lines = ["import { bag } from 'heddle'"]
      while (lines.length < 1000)
        lines.push(`const v${lines.length} = bag.fromSequence([1, 2]).map((n) => n + ${lines.length})`)
      lines.push('await v1.compute()')
      const uri = file('long.ts')
      fs.writeFileSync(uri.fsPath, lines.join('\n'))
      const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri))
      await until(async () => (await lensesOf(uri)).length === 2, 'the lenses are there')
      const times: number[] = []
      for (let i = 0; i < 9; i++) {
        await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), '// a note\n'))
        const begun = performance.now()
        const [, lens] = await lensesOf(uri)
        times.push(performance.now() - begun)
        assert.equal(lens.range.start.line, 1001 + i)
      }
      times.sort((a, b) => a - b)
      console.log(
        `figure: lenses of ${lines.length} lines after a change ${times[4].toFixed(0)} ms (median of 9)`,
      )
      await vscode.commands.executeCommand('workbench.action.files.revert')
    })

    it('tells of an import that does not resolve, and Set Up This Folder heals it', async () => {
      const uri = file('analysis.ts')
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri))
      const ours = (): vscode.Diagnostic[] =>
        vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'heddle')
      await until(() => ours().length === 1, 'the import is told of')
      const { range } = ours()[0]
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        uri,
        range,
      )
      const fix = actions.find(({ title }) => title === 'Set Up This Folder for Heddle')
      assert.ok(fix?.command, 'there is a quick fix')
      await vscode.commands.executeCommand(fix.command.command, ...(fix.command.arguments ?? []))
      assert.ok(fs.existsSync(path.join(folder().fsPath, 'node_modules', 'heddle', 'package.json')))
      await until(() => ours().length === 0, 'the import resolves')
    })

    it('starts the language server again when it is killed', async () => {
      const uri = file('analysis.ts')
      const server = languageServers()
      assert.equal(server.length, 1)
      process.kill(server[0], 'SIGKILL')
      await until(() => languageServers().some((pid) => pid !== server[0]), 'another server runs')
      await until(async () => (await titlesOf(uri)).length === 4, 'the lenses are there again')
    })

    it('runs a file that is in no folder of the workspace', async () => {
      const outside = path.join(path.dirname(folder().fsPath), 'outside <b>.ts')
      fs.writeFileSync(
        outside,
        "import { bag } from 'heddle'\nexport const n = await bag.fromSequence([1, 2, 3]).sum().compute()\n",
      )
      const document = await vscode.workspace.openTextDocument(outside)
      await vscode.window.showTextDocument(document)
      const expression = { start: 46, end: document.getText().length - 1, label: 'sum' }
      assert.match(document.getText().slice(expression.start), /^await bag/)
      const run = await vscode.commands.executeCommand<string>('heddle.runExpression', {
        uri: document.uri.toString(),
        version: document.version,
        expression,
      })
      await until(() => api.runs.get(run)?.end !== undefined, 'the run ended')
      assert.equal(api.runs.get(run)?.result?.line, '6')
    })

    it('runs text that was not saved', async () => {
      const uri = file('analysis.ts')
      const document = await vscode.workspace.openTextDocument(uri)
      const editor = await vscode.window.showTextDocument(document)
      const at = document.getText().indexOf('n * n)')
      await editor.edit((edit) => edit.insert(document.positionAt(at), '2 * '))
      await until(async () => (await lensesOf(uri)).length > 1, 'the lenses follow the edit')
      const [, lens] = await lensesOf(uri)
      const run = await vscode.commands.executeCommand<string>(
        'heddle.runExpression',
        ...(lens.command?.arguments ?? []),
      )
      await until(() => api.runs.get(run)?.end !== undefined, 'the run ended')
      assert.equal(api.runs.get(run)?.result?.line, '656700')
      await vscode.commands.executeCommand('workbench.action.files.revert')
    })

    /** Runs what a lens runs, and waits for its end. */
    const runLens = async (uri: vscode.Uri, place: number): Promise<string> => {
      await until(async () => (await lensesOf(uri)).length > place, `${uri.path} has its lenses`)
      const lens = (await lensesOf(uri))[place]
      const run = await vscode.commands.executeCommand<string>(
        lens.command!.command,
        ...(lens.command!.arguments ?? []),
      )
      await until(() => api.runs.get(run)?.end !== undefined, 'the run ended')
      return run
    }

    it('runs plain JavaScript, in a folder without tsconfig.json', async () => {
      const uri = file('plain.js')
      fs.writeFileSync(
        uri.fsPath,
        "import { bag } from 'heddle'\nexport const n = await bag.range(10).sum().compute()\n",
      )
      assert.ok(!fs.existsSync(file('tsconfig.json').fsPath))
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri))
      const run = await runLens(uri, 1)
      assert.equal(api.runs.get(run)?.result?.line, '45')
    })

    it('opens, runs and follows edits of a file of 10,000 lines, each of them a collection', async () => {
      const uri = file('tenThousand.ts')
      const lines = ["import { bag } from 'heddle'"]
      while (lines.length < 9999)
        lines.push(`const v${lines.length} = bag.range(10).map((n) => n + ${lines.length})`)
      lines.push('export const n = await v9998.sum().compute()', '')
      fs.writeFileSync(uri.fsPath, lines.join('\n'))
      const begun = performance.now()
      const steps: string[] = []
      const tell = (what: string): void => {
        steps.push(`${what} after ${(performance.now() - begun).toFixed(0)} ms`)
      }
      const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri))
      tell('open')
      await until(async () => (await lensesOf(uri)).length > 1, 'it has its lenses')
      tell('lenses')
      const run = await runLens(uri, 1)
      assert.equal(api.runs.get(run)?.result?.line, '100025')
      tell('result')
      await editor.edit((edit) => edit.insert(new vscode.Position(5000, 0), 'const half = bag.\n\n'))
      tell('edited')
      await until(async () => (await titlesOf(uri))[1] === '10001: ▷ Run', 'its lens is where its line is')
      tell('lens moved')
      await vscode.commands.executeCommand('workbench.action.files.revert')
      console.log(`figure: a file of ${lines.length} lines: ${steps.join(', ')}`)
    })

    it('runs a file that takes functions from a project that its tsconfig.json refers to', async () => {
      const write = (name: string, content: unknown): void => {
        fs.mkdirSync(path.dirname(file(name).fsPath), { recursive: true })
        fs.writeFileSync(file(name).fsPath, typeof content === 'string' ? content : JSON.stringify(content))
      }
      write('core/tsconfig.json', { compilerOptions: { composite: true, outDir: 'out' } })
      write('core/square.ts', 'export const square = (n: number): number => n * n\n')
      write('app/tsconfig.json', {
        compilerOptions: { allowImportingTsExtensions: true, noEmit: true },
        references: [{ path: '../core' }],
      })
      write(
        'app/sum.ts',
        "import { bag } from 'heddle'\nimport { square } from '../core/square.ts'\nexport const n = await bag.range(4).map(square).sum().compute()\n",
      )
      const uri = file('app/sum.ts')
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri))
      const run = await runLens(uri, 1)
      assert.equal(api.runs.get(run)?.result?.line, '14')
    })

    it('answers the tools of language models: the cluster, a run with its result, the story of a failed task', async () => {
      const said = async (name: string, input: object): Promise<string> => {
        const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined })
        return content.map((part) => (part as vscode.LanguageModelTextPart).value).join('')
      }
      assert.match(
        await said('heddle_cluster_status', {}),
        /^A local cluster runs \(heddle .*\): 1 worker, 2 threads/,
      )
      assert.match(
        await said('heddle_run_expression', { file: 'analysis.ts', line: 11 }),
        /^Result: 328350$/m,
      )
      assert.match(
        await said('heddle_run_expression', { file: 'analysis.ts', line: 2 }),
        /^There is no computation in line 2 of analysis\.ts/,
      )
      const failing = file('failing.ts')
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(failing))
      const key = api.runs.get(await runLens(failing, 1))?.failure?.task?.key
      assert.ok(key, 'its failure names the task')
      assert.match(await said('heddle_explain_task', { key }), /\w/)
    })

    it('stops its cluster', async () => {
      await vscode.commands.executeCommand('heddle.stopCluster')
      assert.equal(api.cluster.phase.kind, 'none')
    })
  })
}

/** Language servers of Heddle below this extension host. */
function languageServers(): number[] {
  return fs.readdirSync('/proc').flatMap((name) => {
    try {
      const command = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8')
      const parent = /^PPid:\s*(\d+)$/m.exec(fs.readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]
      return command.includes('dist/server.cjs') && Number(parent) === process.pid ? [Number(name)] : []
    } catch {
      return []
    }
  })
}

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 150_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`timed out waiting until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

// A first file to try: opened in the folder that is open, or wherever the user wants it.

import * as vscode from 'vscode'

const EXAMPLE = `import { bag } from 'heddle'

/** Takes a moment of one core for each number. */
function isPrime(n: number): boolean {
  if (n < 2) return false
  for (let i = 2; i * i <= n; i++) if (n % i === 0) return false
  return true
}

// Two hundred parts: as many run at once as there are cores.
const numbers = bag.range(1_000_000, { partitions: 200 })

// Click ▷ Run above the line.
const primes = await numbers.filter(isPrime).count().compute()

const largest = await numbers.filter(isPrime).map((n) => ({ n, digits: String(n).length })).topK(10, (row) => row.n).compute()
`

export function registerNewExample(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('heddle.newExample', async () => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri
      const uri = folder
        ? await freeName(folder)
        : await vscode.window.showSaveDialog({
            filters: { TypeScript: ['ts'] },
            title: 'Where shall the example be?',
          })
      if (!uri) return
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(EXAMPLE))
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri))
    }),
  )
}

/** A name that no file of the folder has. */
async function freeName(folder: vscode.Uri): Promise<vscode.Uri> {
  for (let n = 1; ; n++) {
    const uri = vscode.Uri.joinPath(folder, n === 1 ? 'primes.ts' : `primes${n}.ts`)
    const taken = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    )
    if (!taken) return uri
  }
}

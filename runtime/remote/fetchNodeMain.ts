// Fetches Node for this machine into an editor's folder: a program that runs on the editor's own Node, where there is no other. Says how far it is, a line each.

import { fetchNode } from './fetchNode.ts'

const [folder] = process.argv.slice(2)

fetchNode(folder, `${process.platform}-${process.arch}`, (text) => process.stdout.write(`${text}\n`)).catch(
  (error: Error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  },
)

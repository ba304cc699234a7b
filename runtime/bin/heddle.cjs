#!/usr/bin/env node
'use strict'
// The `heddle` command: starts on any Node, goes on under Node ≥ 24, and says the way out where there is none.

const fs = require('node:fs')
const path = require('node:path')

const cli = path.join(__dirname, '..', 'dist', 'cli.js')

if (!fs.existsSync(cli)) {
  process.stderr.write(`heddle is not built: ${cli} is missing. Run "npm run build" in its checkout.\n`)
  process.exitCode = 1
} else if (Number(process.versions.node.split('.')[0]) >= 24) {
  import('node:url').then(({ pathToFileURL }) => import(pathToFileURL(cli).href))
} else {
  const node = findNode24()
  if (node) goOnUnder(node)
  else {
    process.stderr.write(
      `heddle needs Node 24 or newer, and this is ${process.versions.node}. ` +
        `Install Node 24, or add the package node-${process.platform}-${process.arch}@24 to this project.\n`,
    )
    process.exitCode = 1
  }
}

/** The plain Node binary of an npm package beside this one, or what HEDDLE_NODE names. */
function findNode24() {
  if (process.env.HEDDLE_NODE) return process.env.HEDDLE_NODE
  const platform = process.platform === 'win32' ? 'win' : process.platform
  for (const name of [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]) {
    try {
      const folder = path.dirname(
        require.resolve(`${name}/package.json`, { paths: [process.cwd(), __dirname] }),
      )
      const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
      const binary = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
      if (Number(version.split('.')[0]) >= 24 && fs.existsSync(binary)) return binary
    } catch {
      // This package is not installed: the next name may be.
    }
  }
  return undefined
}

function goOnUnder(node) {
  const { spawn } = require('node:child_process')
  const child = spawn(node, [cli, ...process.argv.slice(2)], { stdio: 'inherit' })
  // Ctrl-C reaches the child by the terminal; other signals are handed on.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}

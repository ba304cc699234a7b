'use strict'
// Runs a program of this checkout under its pinned Node 24: `node scripts/with-node.cjs scripts/build.ts …`.

const { spawnSync } = require('node:child_process')
const { root, environmentWith } = require('./node24.cjs')
const { install } = require('./install.cjs')

/** Runs `args` under Node 24 with the terminal as its own; ends with its exit code. */
function runUnderNode24(args) {
  const node = install()
  const options = { cwd: process.cwd(), env: environmentWith(node), stdio: 'inherit' }
  const ended = spawnSync(node, ['--disable-warning=ExperimentalWarning', ...args], options)
  if (ended.error) throw ended.error
  process.exitCode = ended.status ?? 1
  return process.exitCode
}

module.exports = { runUnderNode24, root }
if (require.main === module) runUnderNode24(process.argv.slice(2))

'use strict'
// Brings a checkout to the point where its own tools run: Node 24, then the locked packages, each only when it is missing.

const { createHash } = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
const { root, findNode24, installNode24, environmentWith, npm, say } = require('./node24.cjs')

/** Installs what is missing and returns the Node to go on with. */
function install() {
  let node = findNode24() ?? installNode24()
  const stamp = path.join(root, 'node_modules', '.heddle-installed')
  const wanted = createHash('sha256')
    .update(fs.readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex')
  const installed = fs.existsSync(stamp) ? fs.readFileSync(stamp, 'utf8') : ''
  if (installed !== wanted) {
    say('Installing packages (once, about half a minute)…')
    // The pinned Node may stand inside node_modules, which `npm ci` empties: it must not run from there.
    if (path.resolve(node).startsWith(path.join(root, 'node_modules') + path.sep)) node = movedAside(node)
    npm(
      ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
      root,
      environmentWith(node),
    )
    fs.writeFileSync(stamp, wanted)
    node = findNode24() ?? node
  }
  return node
}

/** A copy of the pinned Node outside node_modules, kept for the next time. */
function movedAside(node) {
  const copy = path.join(root, '.heddle', 'node', 'bin', path.basename(node))
  fs.mkdirSync(path.dirname(copy), { recursive: true })
  fs.copyFileSync(node, copy)
  return copy
}

module.exports = { install }
if (require.main === module) install()

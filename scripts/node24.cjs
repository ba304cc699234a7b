'use strict'
// Finds Node 24 for this checkout, or installs the pinned one. Runs on any Node ≥ 20 and needs no package.

const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const { runNpm } = require('./npm.cjs')

const root = path.join(__dirname, '..')
const wantedMajor = 24

/** The npm package that carries this platform's plain Node binary, as package.json pins it. */
function pinnedPackage() {
  const pins = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).optionalDependencies
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const names = [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]
  const name = names.find((candidate) => candidate in pins)
  return name && { name, version: pins[name] }
}

const binaryOf = (folder) => path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** The path of a Node ≥ 24: the pinned one where it is installed, else this one, else the one that PATH names. */
function findNode24() {
  const pin = pinnedPackage()
  const folders = pin
    ? [
        path.join(root, 'node_modules', pin.name),
        path.join(root, '.heddle', 'node', 'node_modules', pin.name),
      ]
    : []
  const installed = folders.map(binaryOf).find((binary) => fs.existsSync(binary))
  if (installed) return installed
  if (Number(process.versions.node.split('.')[0]) >= wantedMajor) return process.execPath
  const onPath = spawnSync('node', ['-p', 'process.versions.node'], { encoding: 'utf8' })
  return Number(String(onPath.stdout).split('.')[0]) >= wantedMajor ? 'node' : undefined
}

/** Installs the pinned Node beside the checkout, checked against the hash in package-lock.json. */
function installNode24() {
  const pin = pinnedPackage()
  if (!pin) {
    fail(
      `Heddle needs Node ${wantedMajor} or newer and there is no pinned one for ${process.platform}-${process.arch}: ` +
        'install Node 24 from your package manager and try again.',
    )
  }
  say(`Installing Node ${pin.version} for this checkout (about 30 MB, once)…`)
  const lock = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'))
  const entry = lock.packages[`node_modules/${pin.name}`]
  const folder = path.join(root, '.heddle', 'node')
  const dependencies = { [pin.name]: pin.version }
  fs.mkdirSync(folder, { recursive: true })
  const manifest = { name: 'heddle-node', version: '1.0.0', private: true, dependencies }
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest))
  const { optional, ...kept } = entry
  const packages = { '': manifest, [`node_modules/${pin.name}`]: kept }
  const lockText = JSON.stringify({
    name: 'heddle-node',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages,
  })
  fs.writeFileSync(path.join(folder, 'package-lock.json'), lockText)
  npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder, process.env)
  return binaryOf(path.join(folder, 'node_modules', pin.name))
}

/** Runs npm in `folder`, its output shown only when it fails. */
function npm(args, folder, env) {
  const failure = runNpm(args, folder, env, say)
  if (failure === undefined) return
  process.stderr.write(failure)
  fail(
    `npm ${args.join(' ')} failed in ${folder}: its output stands above. Check the network and npm's registry, then try again.`,
  )
}

function environmentWith(node) {
  const folder = path.isAbsolute(node) ? path.dirname(node) : undefined
  if (!folder) return { ...process.env }
  return { ...process.env, PATH: `${folder}${path.delimiter}${process.env.PATH}`, HEDDLE_NODE: node }
}

function say(text) {
  process.stderr.write(`${text}\n`)
}

function fail(text) {
  say(text)
  process.exit(1)
}

module.exports = { root, findNode24, installNode24, environmentWith, npm, say }

'use strict'
// `npm test` and `npm run test:fast`: begins on any Node ≥ 20, installs, then goes on under Node 24 in scripts/test.ts.

const path = require('node:path')
const { runUnderNode24 } = require('./with-node.cjs')

runUnderNode24([path.join(__dirname, 'test.ts'), ...process.argv.slice(2)])

// A CommonJS module.

const path = require('node:path')
const inner = require('./older.cjs')
exports.base = (file) => path.basename(file)
exports.twice = (x) => inner.double(x)
exports.Old = class Old {
  constructor(v) {
    this.v = v
  }
  get twice() {
    return inner.double(this.v)
  }
}

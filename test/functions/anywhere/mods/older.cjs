// Required by old.cjs, and requires it in turn.

const old = require('./old.cjs')
module.exports = { double: (x) => x * 2, knows: () => typeof old.base }

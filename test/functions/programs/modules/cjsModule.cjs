const k = 4
module.exports = {
  quad: (x) => x * k,
  K: class K {
    constructor(v) {
      this.v = v
    }
    get() {
      return this.v
    }
  },
}

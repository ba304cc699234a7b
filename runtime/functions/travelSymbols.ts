// The two methods by which a class of the user's says how its instances travel.

/**
 * A method that gives an instance's state, as something that travels.
 * @example class Secret { #v = 1; [toWorker]() { return this.#v }; static [fromWorker](v: number) { return new Secret(v) } }
 */
export const toWorker: unique symbol = Symbol.for('heddle.toWorker') as never

/** A static method that makes an instance from what `[toWorker]()` gave. */
export const fromWorker: unique symbol = Symbol.for('heddle.fromWorker') as never

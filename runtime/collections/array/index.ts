// `array`: everything that makes an array, and the functions of several.

export * from './creation.ts'
export * from './joining.ts'
export * as random from './random.ts'

import { closedFromMain } from '../modules.ts'
export const viaMain = (x: number): number => closedFromMain(x) + 1

import { openFromMain } from '../modules.ts'
export const viaMainBad = (x: number): number => openFromMain.value + x

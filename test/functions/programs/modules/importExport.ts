import { late } from './late.ts'

class Q {}
function clsName(): string {
  return Q.name
}
const ten = 10
const plus = (x: number): number => x + ten

export { clsName, late as viaExport, plus as default }

// What the panels cost: layout, a delta taken in, a picture of the stream, and the scheduler's part of it.

export { figures } from '../media/panelFigures.ts'

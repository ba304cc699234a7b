// Makes a plan cheaper without changing what it gives: filters and columns are asked for as early as they can be.

import { argsOf, columnsIn, type ExprNode, nameOf, replaced, some } from '../../kernels/table/expression.ts'
import { ruleOf } from '../../kernels/table/functionCatalogue.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import { namesOf } from '../../kernels/table/schema.ts'
import type { Plan, PlanOf } from './plan.ts'

/** The same table, asked for in a better way. */
export const optimised = (plan: Plan): Plan => narrowed(filtersDown(plan, []), namesOf(plan.schema))

/** Whether an expression looks at one row alone. */
export const isElementwise = (node: ExprNode): boolean =>
  !some(node, (part) => part.kind === 'over' || (part.kind === 'call' && ruleOf(part.fn).kind !== 'element'))

/** Whether an expression has one value for all rows, literals and aggregates: alone, it does not say how many rows there are. */
export function isOneForAll(node: ExprNode): boolean {
  if (node.kind === 'column' || node.kind === 'over') return false
  if (node.kind === 'call' && ruleOf(node.fn).kind === 'aggregate') return true
  return argsOf(node).every(isOneForAll)
}

/** The parts of a condition that must all hold. */
export function conjuncts(node: ExprNode): ExprNode[] {
  if (node.kind === 'call' && node.fn === 'and') return argsOf(node).flatMap(conjuncts)
  return [node]
}

/** All of them as one condition: in pairs, since many must not become deep. */
export function allOf(predicates: readonly ExprNode[]): ExprNode {
  if (predicates.length === 1) return predicates[0]
  const half = Math.ceil(predicates.length / 2)
  const both = [predicates.slice(0, half), predicates.slice(half)]
  return { kind: 'call', fn: 'and', args: both.map(allOf) }
}

const withSchema = <P extends Plan>(plan: P, change: Partial<P>): P => ({ ...plan, ...change })

const filtered = (plan: Plan, predicates: readonly ExprNode[]): Plan =>
  predicates.length === 0
    ? plan
    : { kind: 'filter', input: plan, predicate: allOf(predicates), schema: plan.schema, place: plan.place }

/** Pushes `wanted`, which hold for what `plan` gives, towards the readers. */
function filtersDown(plan: Plan, wanted: readonly ExprNode[]): Plan {
  switch (plan.kind) {
    case 'filter':
      return filtersDown(plan.input, [...conjuncts(plan.predicate), ...wanted])
    case 'project': {
      if (!plan.exprs.every(isElementwise)) return stop(plan, wanted)
      const byName = new Map(plan.exprs.map((expr) => [nameOf(expr), expr]))
      const below = wanted.map((each) =>
        replaced(each, (part) => (part.kind === 'column' ? unnamed(byName.get(part.name)) : undefined)),
      )
      return withSchema(plan, { input: filtersDown(plan.input, below) })
    }
    case 'sort':
      if (plan.limit !== undefined) return stop(plan, wanted)
      return withSchema(plan, { input: filtersDown(plan.input, wanted) })
    case 'repartition':
      return withSchema(plan, { input: filtersDown(plan.input, wanted) })
    case 'concat':
      return withSchema(plan, { inputs: plan.inputs.map((each) => filtersDown(each, wanted)) })
    case 'aggregate': {
      const keys = new Set(plan.keys.filter((key) => key.kind === 'column').map(nameOf))
      const [below, above] = parted(
        wanted,
        (each) => [...columnsIn(each)].every((name) => keys.has(name)) && keys.size > 0,
      )
      return filtered(withSchema(plan, { input: filtersDown(plan.input, below) }), above)
    }
    case 'join':
      return filterJoin(plan, wanted)
    case 'scan': {
      if (!plan.narrowed || wanted.length === 0) return filtered(plan, wanted)
      const scan = plan.narrowed(namesOf(plan.schema), allOf(wanted))
      // The reader leaves out what it can tell from statistics; every row is still looked at.
      return filtered({ ...scan, schema: plan.schema, place: plan.place }, wanted)
    }
    default:
      return stop(plan, wanted)
  }
}

function unnamed(expr: ExprNode | undefined): ExprNode | undefined {
  return expr?.kind === 'alias' ? expr.args[0] : expr
}

/** Filters that go no further stand above; those below begin anew. */
function stop(plan: Plan, wanted: readonly ExprNode[]): Plan {
  return filtered(
    onInputs(plan, (input) => filtersDown(input, [])),
    wanted,
  )
}

function onInputs(plan: Plan, change: (input: Plan) => Plan): Plan {
  switch (plan.kind) {
    case 'scan':
      return plan
    case 'concat':
      return { ...plan, inputs: plan.inputs.map(change) }
    case 'join':
    case 'asof':
      return { ...plan, input: change(plan.input), right: change(plan.right) }
    default:
      return { ...plan, input: change(plan.input) }
  }
}

function parted<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))]
}

function filterJoin(plan: PlanOf<'join'>, wanted: readonly ExprNode[]): Plan {
  const left = new Set(namesOf(plan.input.schema))
  const right = new Set(namesOf(plan.right.schema))
  const onlyOf = (names: Set<string>, each: ExprNode): boolean => {
    const read = [...columnsIn(each)]
    return read.length > 0 && read.every((name) => names.has(name)) && isElementwise(each)
  }
  const toLeft = plan.how !== 'outer'
  const toRight = plan.how === 'inner' || plan.how === 'cross'
  const below: ExprNode[] = []
  const beside: ExprNode[] = []
  const above: ExprNode[] = []
  for (const each of wanted) {
    if (toLeft && onlyOf(left, each)) below.push(each)
    else if (toRight && onlyOf(right, each) && ![...columnsIn(each)].some((name) => left.has(name)))
      beside.push(each)
    else above.push(each)
  }
  return filtered(
    withSchema(plan, { input: filtersDown(plan.input, below), right: filtersDown(plan.right, beside) }),
    above,
  )
}

const ordered = (schema: Schema, names: ReadonlySet<string>): Schema =>
  schema.filter(({ name }) => names.has(name))

/** Asks each part of a plan for the columns that are needed of it, and for no others. */
function narrowed(plan: Plan, wanted: readonly string[]): Plan {
  const needs = new Set(wanted)
  const withExprs = (exprs: readonly ExprNode[]): string[] => {
    const all = new Set(needs)
    for (const expr of exprs) columnsIn(expr, all)
    return [...all]
  }
  switch (plan.kind) {
    case 'scan': {
      const columns = namesOf(plan.schema).filter((name) => needs.has(name))
      if (!plan.narrowed || columns.length === plan.schema.length) return cut(plan, needs)
      return { ...plan.narrowed(columns, undefined), schema: ordered(plan.schema, needs), place: plan.place }
    }
    case 'project': {
      const exprs = plan.exprs.filter((expr) => needs.has(nameOf(expr)))
      const ofRows = plan.exprs.find((expr) => !isOneForAll(expr))
      // Values that are the same for all rows come once, unless a column of rows stands beside them.
      const lacksRows = ofRows !== undefined && exprs.every(isOneForAll)
      const kept = lacksRows ? [...exprs, ofRows] : exprs.length > 0 ? exprs : plan.exprs.slice(0, 1)
      const read = new Set<string>()
      for (const expr of kept) columnsIn(expr, read)
      const input = narrowed(plan.input, [...atLeastOne(read, plan.input)])
      const byName = new Map(kept.map((expr) => [nameOf(expr), expr]))
      const schema = plan.schema.filter(({ name }) => byName.has(name))
      const inOrder = schema.map(({ name }) => byName.get(name)!)
      return cut(chosenFrom({ ...plan, exprs: inOrder, input, schema }), needs)
    }
    case 'filter': {
      const input = narrowed(plan.input, withExprs([plan.predicate]))
      return cut({ ...plan, input, schema: input.schema }, needs)
    }
    case 'local': {
      const own = plan.needs
      if (!own) return { ...plan, input: narrowed(plan.input, namesOf(plan.input.schema)) }
      const below = namesOf(plan.input.schema).filter((name) => needs.has(name) || own.includes(name))
      const input = narrowed(plan.input, below)
      const names = new Set(namesOf(input.schema))
      return cut({ ...plan, input, schema: plan.schema.filter(({ name }) => names.has(name)) }, needs)
    }
    case 'sort': {
      const input = narrowed(plan.input, withExprs(plan.keys.map(({ by }) => by)))
      return cut({ ...plan, input, schema: input.schema }, needs)
    }
    case 'head':
    case 'tail':
    case 'repartition': {
      const input = narrowed(plan.input, [...atLeastOne(needs, plan.input)])
      return { ...plan, input, schema: input.schema }
    }
    case 'aggregate': {
      const read = new Set<string>()
      for (const expr of [...plan.keys, ...plan.aggs]) columnsIn(expr, read)
      return { ...plan, input: narrowed(plan.input, [...atLeastOne(read, plan.input)]) }
    }
    case 'rolling': {
      const read = new Set([...plan.by, plan.on])
      for (const expr of plan.aggs) columnsIn(expr, read)
      return { ...plan, input: narrowed(plan.input, [...read]) }
    }
    case 'unique': {
      const input = narrowed(plan.input, [...new Set([...needs, ...plan.subset])])
      return cut({ ...plan, input, schema: input.schema }, needs)
    }
    case 'join':
      return narrowJoin(plan, needs)
    case 'concat': {
      const names = namesOf(plan.schema).filter((name) => needs.has(name))
      const columns = names.length > 0 ? names : namesOf(plan.schema).slice(0, 1)
      const inputs = plan.inputs.map((each) => cut(narrowed(each, columns), new Set(columns)))
      return { ...plan, inputs, schema: ordered(plan.schema, new Set(columns)) }
    }
    default:
      return onInputs(plan, (input) => narrowed(input, namesOf(input.schema)))
  }
}

/** A choice of columns that were chosen or made just before is that step with fewer columns. */
function chosenFrom(plan: PlanOf<'project'>): Plan {
  const { input, exprs, schema } = plan
  if (input.kind !== 'project') return plan
  const made = exprs.flatMap((expr) => {
    const own = expr.kind === 'column' ? input.exprs.find((each) => nameOf(each) === expr.name) : undefined
    return own ? [own] : []
  })
  // Without a column of rows nothing would say how many there are.
  if (made.length < exprs.length || made.every(isOneForAll)) return plan
  return { ...input, exprs: made, schema }
}

/** Rows are counted by their columns: one is always read. */
const atLeastOne = (names: ReadonlySet<string>, plan: Plan): ReadonlySet<string> =>
  namesOf(plan.schema).some((name) => names.has(name)) ? names : new Set(namesOf(plan.schema).slice(0, 1))

/** Leaves out columns that were only needed on the way. */
function cut(plan: Plan, needs: ReadonlySet<string>): Plan {
  if (plan.schema.every(({ name }) => needs.has(name))) return plan
  const schema = ordered(plan.schema, atLeastOne(needs, plan))
  return {
    kind: 'project',
    input: plan,
    exprs: schema.map(({ name }): ExprNode => ({ kind: 'column', name })),
    schema,
    place: plan.place,
  }
}

function narrowJoin(plan: PlanOf<'join'>, needs: ReadonlySet<string>): Plan {
  const left = new Set<string>()
  const right = new Set<string>()
  for (const key of plan.leftOn) columnsIn(key, left)
  for (const key of plan.rightOn) columnsIn(key, right)
  const ofLeft = new Set(namesOf(plan.input.schema))
  for (const name of needs) if (ofLeft.has(name)) left.add(name)
  for (const { name } of plan.right.schema) {
    // A column whose name both sides have gets its suffix only while the left one is there.
    const clash = ofLeft.has(name)
    if (needs.has(clash ? `${name}${plan.suffix}` : name)) {
      right.add(name)
      if (clash) left.add(name)
    }
  }
  const input = narrowed(plan.input, [...atLeastOne(left, plan.input)])
  const other = narrowed(plan.right, [...atLeastOne(right, plan.right)])
  const there = new Set([...namesOf(input.schema)])
  const gone = new Set(
    plan.rightOn.filter((key, i) => key.kind === 'column' && plan.leftOn[i].kind === 'column').map(nameOf),
  )
  const names = new Set(there)
  if (plan.how !== 'semi' && plan.how !== 'anti')
    for (const { name } of other.schema)
      if (!(gone.has(name) && plan.how !== 'cross'))
        names.add(there.has(name) ? `${name}${plan.suffix}` : name)
  return cut({ ...plan, input, right: other, schema: ordered(plan.schema, names) }, needs)
}

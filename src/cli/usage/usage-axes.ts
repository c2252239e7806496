import { GatewayError } from '../../base/errors.ts'
import type { Dimension } from '../../usage/dimensions.ts'
import type { Axis } from '../../usage/groups.ts'
import { TIME_NAMES } from './local-time.ts'

const DIMENSION_NAMES = {
  session: 'session',
  agent: 'agent',
  model: 'model',
  project: 'project',
  'cost-center': 'cost_center',
  profile: 'profile',
  user: 'user',
  branch: 'branch',
  repository: 'repository',
  credential: 'credential',
  status: 'status',
  outcome: 'outcome',
} as const satisfies Readonly<Record<string, Dimension>>

export type AxisName = keyof typeof TIME_NAMES | keyof typeof DIMENSION_NAMES

/** What `--by` takes. */
export const AXIS_NAMES = [...Object.keys(TIME_NAMES), ...Object.keys(DIMENSION_NAMES)] as AxisName[]

/** As records and the configuration call it. */
const OTHER_NAMES: Readonly<Record<string, AxisName>> = {
  cost_center: 'cost-center',
  costCenter: 'cost-center',
}

const MOST_AXES = 2

/** One axis, or two with a comma. @throws GatewayError USAGE, which says what is taken */
export function parseAxes(text: string): readonly AxisName[] {
  const names = text.split(',').map(nameOf)
  const isKnown = names.every((name) => AXIS_NAMES.includes(name as AxisName))
  if (isKnown && names.length <= MOST_AXES && new Set(names).size === names.length) return names as AxisName[]
  throw new GatewayError('USAGE', {
    reason: `\`--by ${text}\`: give one of ${AXIS_NAMES.join(', ')}, or two with a comma`,
  })
}

function nameOf(text: string): string {
  const name = text.trim()
  return Object.hasOwn(OTHER_NAMES, name) ? (OTHER_NAMES[name] as AxisName) : name
}

export function isTimeAxis(name: AxisName): name is keyof typeof TIME_NAMES {
  return Object.hasOwn(TIME_NAMES, name)
}

export function axisOf(name: AxisName): Axis {
  return isTimeAxis(name) ? { nameOf: TIME_NAMES[name] } : { dimension: DIMENSION_NAMES[name] }
}

/** The name of an axis among the fields of a row. */
export function fieldOf(name: AxisName): string {
  return isTimeAxis(name) ? name : DIMENSION_NAMES[name]
}

/** What exchanges are told apart by, and the field in which it stands. */
export const DIMENSION_PATHS = {
  session: 'session_id',
  agent: 'agent_id',
  profile: 'profile',
  user: 'user',
  project: 'tags.project',
  cost_center: 'tags.cost_center',
  branch: 'tags.branch',
  repository: 'tags.repository',
  model: 'model',
  response_model: 'response_model',
  status: 'status',
  outcome: 'outcome',
  credential: 'credential.source',
} as const

export type Dimension = keyof typeof DIMENSION_PATHS

export const DIMENSIONS = Object.keys(DIMENSION_PATHS) as readonly Dimension[]
export const DIMENSION_COUNT = DIMENSIONS.length

/** Which of the two bodies of an exchange. */
export type Side = 'request' | 'response'

export const SIDES: readonly Side[] = ['request', 'response']

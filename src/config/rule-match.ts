/** Whom a rule can be for; each is a pattern with `*` and `?`. */
export const RULE_MATCHES = ['profile', 'model', 'project', 'user'] as const
export type RuleMatch = Readonly<Partial<Record<(typeof RULE_MATCHES)[number], string>>>

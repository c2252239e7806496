/** What `claude-gw help TOPIC` explains; the page of each is the Markdown file of that name in `help-pages`. */
export const TOPICS = [
  { name: 'configuration', title: 'files, variables and every key, with its values and its default' },
  { name: 'credentials', title: 'where keys come from, and where they go' },
  { name: 'gateways', title: 'recipes for Kong, WSO2, LiteLLM, nginx and Portkey' },
  { name: 'editors', title: 'VS Code, several shells, the Agent SDK and background agents' },
  { name: 'ci', title: 'in a pipeline, without a terminal and a keychain' },
  { name: 'rollout', title: 'to many machines' },
  { name: 'log-format', title: 'every field of a record, and where the files are' },
  { name: 'security', title: 'what is protected, and what cannot be' },
] as const

export type TopicName = (typeof TOPICS)[number]['name']

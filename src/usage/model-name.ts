/** Where others put the same model: LiteLLM and OpenRouter, Bedrock and its inference profiles, Vertex AI. */
const PLACE =
  /^(?:(?:anthropic|bedrock|vertex_ai)\/)?(?:(?:us|eu|apac|au|ca|jp|global|us-gov)\.)?(?:anthropic\.)?/
/** The size of the context in Claude Code's names, and the version that Bedrock adds. */
const ENDING = /(?:\[1m\]|-v\d+(?::\d+)?)$/
const SNAPSHOT = /[-@]20\d{6}$/

/**
 * The id that prices are listed under, for the forms that a model of Anthropic has elsewhere:
 * `us.anthropic.claude-haiku-4-5-20251001-v1:0` is `claude-haiku-4-5`. Any other name stays as it is.
 */
export function listedName(model: string): string {
  const name = model.replace(PLACE, '').replace(ENDING, '').replace(SNAPSHOT, '')
  return name.startsWith('claude-') ? name : model
}

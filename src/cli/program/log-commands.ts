import type { Command, OptionValues } from 'commander'
import type { LogsInput } from '../commands/logs.ts'
import type { LogsExportInput } from '../commands/logs-export.ts'
import type { Execute } from './execute.ts'

const HELP = `
With --profile NAME: of that profile.
--where takes FIELD, or FIELD and one of = != < <= > >= ~ (contains) and a value, joined with and, or, not and
brackets: 'status >= 500 or (model ~ haiku and not stop_reason = end_turn)'. \`claude-gw logs schema\` has the fields.`

/** `logs` and the commands below it; each loads its code only when it is called. */
export function addLogs(program: Command, execute: Execute): void {
  const logs = program.command('logs').description('list what went through, newest last')
  addFilters(logs)
    .option('-n, --count <N>', 'how many', Number)
    .option('--grep <TEXT>', 'with this text in a body, where bodies are kept')
    .option('-f, --follow', 'go on with what comes')
    .option('--fields <NAMES>', 'only these fields, such as ts,model,usage.output_tokens')
    .option('--json', 'the records as JSON lines')
    .addHelpText('after', HELP)
    .action((options, command) =>
      execute(command, async (context) =>
        (await import('../commands/logs.ts')).logs(context, toLogsInput(options)),
      ),
    )
  addShow(logs, execute)
  addExport(logs, execute)
  addPrune(logs, execute)
  addPlaces(logs, execute)
}

function addFilters(command: Command): Command {
  return command
    .option('--since <TIME>', 'a duration such as 2h, a date or a time')
    .option('--until <TIME>', 'the same; a date means to its end')
    .option('--session <ID>', 'of this session; the first characters are enough')
    .option('--model <NAME>', 'of this model; a part of its name is enough')
    .option('--project <NAME>', 'of this project, as in the tag')
    .option('--path <PATH>', 'of this path; a part is enough')
    .option('--status <STATUS>', 'of this status or outcome: 429, 4xx, ok, truncated, …')
    .option('--outcome <NAME>', 'of this outcome: ok, http_error, truncated, …')
    .option('--stop-reason <NAME>', 'that ended so: end_turn, max_tokens, …')
    .option('--errors', 'only what went wrong')
    .option('--slower-than <DURATION>', 'that took longer, such as 30s')
    .option('--min-cost <USD>', 'that cost so much or more')
    .option('--where <CONDITION>', "of which this holds, such as 'usage.output_tokens>1000'")
}

function addShow(logs: Command, execute: Execute): void {
  logs
    .command('show <id>')
    .description('all about one exchange; the beginning or the end of its id is enough')
    .option('--raw <SIDE>', 'print one of its bodies byte for byte: request or response')
    .option('--decoded', 'with --raw: without the coding in which it went over the wire')
    .option('--full', 'the conversation with all that is folded otherwise')
    .action((id, { raw, decoded, full }, command) =>
      execute(command, async (context) => {
        const { logsShow } = await import('../commands/logs-show.ts')
        const isJson = !!command.optsWithGlobals().json
        return logsShow(context, { id, isJson, raw, isDecoded: !!decoded, isFull: !!full })
      }),
    )
}

function addExport(logs: Command, execute: Execute): void {
  logs
    .command('export')
    .description('all that match, for other programs; the filters and -n are those of `claude-gw logs`')
    .option('--jsonl', 'the records as JSON lines')
    .option('--har', 'as an HTTP archive (HAR 1.2)')
    .option('--otlp <URL>', 'to a collector of OpenTelemetry: what is new since the last time')
    .option('--anew', 'with --otlp: also what was shipped before')
    .option('--curl <ID>', 'one exchange as a curl command, without the credential')
    .option('--output <FILE>', 'into a file that only you can read')
    .option('--force', 'also where there is such a file')
    .action((_options, command) =>
      execute(command, async (context) => {
        const { logsExport } = await import('../commands/logs-export.ts')
        return logsExport(context, toExportInput(command.optsWithGlobals()))
      }),
    )
}

function addPlaces(logs: Command, execute: Execute): void {
  logs
    .command('path')
    .description('print the folder of the daily log files')
    .action((_options, command) =>
      execute(command, async (context) => (await import('../commands/logs-path.ts')).logsPath(context)),
    )
  logs
    .command('schema')
    .description('print the JSON Schema of a record')
    .action((_options, command) =>
      execute(command, async (context) => (await import('../commands/logs-schema.ts')).logsSchema(context)),
    )
}

function addPrune(logs: Command, execute: Execute): void {
  logs
    .command('prune')
    .description('delete what is older or more than `log.retention` wants, as every run does by itself')
    .option('--dry-run', 'only say what would go')
    .option('--days <N>', 'how many days before today stay', Number)
    .option('--bytes <SIZE>', 'how large log and bodies together may be: 200MB')
    .action(({ dryRun, days, bytes }, command) =>
      execute(command, async (context) => {
        const { logsPrune } = await import('../commands/logs-prune.ts')
        return logsPrune(context, { isDryRun: !!dryRun, days, bytes })
      }),
    )
}

function toLogsInput({ errors, follow, json, ...filters }: OptionValues): LogsInput {
  return { ...filters, errorsOnly: !!errors, isFollowing: !!follow, isJson: !!json }
}

function toExportInput({ errors, jsonl, har, force, anew, ...rest }: OptionValues): LogsExportInput {
  return {
    ...rest,
    isAnew: !!anew,
    errorsOnly: !!errors,
    isJsonLines: !!jsonl,
    isHar: !!har,
    canOverwrite: !!force,
  }
}

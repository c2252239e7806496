import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../base/package-root.ts'
import { fieldReference } from './field-reference.ts'
import { keyReference } from './key-reference.ts'
import type { TopicName } from './topics.ts'

/** The package ships the pages where they are written. */
const FOLDER = 'src/cli/help/pages'

/** What stands in a page for a part that is made of a table in the program. */
const GENERATED: Readonly<Record<string, () => string>> = {
  '<!-- keys -->': keyReference,
  '<!-- fields -->': fieldReference,
}

/** The page of a topic, in Markdown. */
export function readTopic(name: TopicName): string {
  return readFileSync(join(packageRoot(), FOLDER, `${name}.md`), 'utf8').replace(
    /^<!-- \w+ -->$/gm,
    (mark) => GENERATED[mark]?.() ?? mark,
  )
}

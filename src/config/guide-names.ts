/** What keys are called in guides for gateways and in other tools, and what is said here to who writes them. */
const GUIDE_NAMES: Readonly<Record<string, string>> = {
  baseurl: 'here it is called `upstream`',
  gatewayurl: 'here it is called `upstream`',
  apikey: 'a key stands in no file: `claude-gw login` stores it',
  apikeyref: 'here it is called `credential`, with the same reference',
  apikeyhelper: 'here it is called `credential`: `command:LINE`',
  authheader: 'here it is called `auth`: `header:NAME`',
  modelaliases: 'here it is called `models.aliases`',
  projecttag: 'here it is called `tags.project`',
  costcenter: 'here it is called `tags.costCenter`',
}

/** The right name for one from elsewhere; undefined for any other. @param name in any letter case, with `_` or `-` between its words */
export function guideName(name: string): string | undefined {
  const words = name.toLowerCase().replace(/[_-]/g, '')
  return Object.hasOwn(GUIDE_NAMES, words) ? GUIDE_NAMES[words] : undefined
}

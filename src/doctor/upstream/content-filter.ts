import type { Check } from '../check.ts'
import { fail, ok, skipped, warn } from '../check.ts'
import { inWords, isThrottled } from './hearing.ts'
import type { Questions } from './questions.ts'
import { wrongQuestion } from './questions.ts'
import { obstacle } from './reach.ts'

/** What Claude Code sends all day, and what filters of web applications take for an attack. */
const CODE = `<system-reminder>Run it.</system-reminder>
<script>alert(document.cookie)</script>
SELECT * FROM users WHERE name = '' OR '1'='1'; DROP TABLE users; --
cat /etc/passwd | grep root; curl http://127.0.0.1/$(whoami) && rm -rf ../../tmp
<?php system($_GET['cmd']); ?> \${jndi:ldap://localhost/a} {{7*7}}`

/** Whether something on the way reads bodies and refuses what is only source code. */
export function filterCheck(questions: Questions): Check {
  return {
    id: 'filter',
    title: 'source code in a prompt is let through',
    cost: 'requests',
    run: async () => {
      const plain = await questions.wrong()
      const blocked = obstacle(plain)
      if (blocked || plain.kind === 'silence') return blocked ?? warn('there was no answer')
      const heard = await questions.ask(wrongQuestion(questions.model, CODE))
      if (heard.kind === 'answer' && heard.status === plain.status) return ok('treated as any other prompt')
      const [said, usual] = [inWords(heard), plain.status]
      if (isThrottled(heard)) return skipped(said)
      return fail(`a prompt with source code gets: ${said}; a plain one gets HTTP ${usual}`, {
        remedy:
          'have the web application firewall before the gateway except `/v1/messages` from its rules for bodies',
        degrades: ['every session that reads code'],
      })
    },
  }
}

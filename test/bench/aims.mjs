/**
 * What the gateway has to reach, log and tap on. A ratio is against plain http-proxy-3 in the same run; for
 * start-up it is milliseconds over an empty node script, and for masking and decorators the ratio is to JSON.parse.
 */
export const AIMS = {
  'first-byte 85 kB': { atMost: 1.25, of: 'ratio' },
  'first-byte 2 MB': { atMost: 1.0, of: 'ratio' },
  'events p50': { atMost: 1.1, of: 'ratio' },
  'bulk SSE': { atLeast: 0.85, of: 'ratio' },
  'bulk binary': { atLeast: 0.85, of: 'ratio' },
  'bulk SSE CPU': { atMost: 1.5, of: 'ratio' },
  'bulk binary CPU': { atMost: 1.5, of: 'ratio' },
  'start --version': { atMost: 25, of: 'added' },
  'start key': { atMost: 25, of: 'added' },
  'key env': { atMost: 25, of: 'added' },
  'key file': { atMost: 25, of: 'added' },
  'bodies stored': { atMost: 0.02, of: 'ratio' },
  'start statusline': { atMost: 30, of: 'added' },
  'start run': { atMost: 80, of: 'added' },
  'logs tail': { atMost: 1.25, of: 'ratio' },
  'logs status': { atMost: 0.25, of: 'ratio' },
  'logs where': { atMost: 0.25, of: 'ratio' },
  'logs model': { atMost: 0.25, of: 'ratio' },
  'mask cold': { atMost: 12, of: 'ratio' },
  'mask next': { atMost: 1, of: 'ratio' },
  'pattern cold': { atMost: 12, of: 'ratio' },
  'pattern next': { atMost: 1, of: 'ratio' },
  'guard cold': { atMost: 12, of: 'ratio' },
  'guard next': { atMost: 1, of: 'ratio' },
  decorators: { atMost: 1, of: 'ratio' },
}

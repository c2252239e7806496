import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DETECTORS, USUAL_DETECTORS } from '../../../src/policies/detect/detectors.ts'
import { createFinder } from '../../../src/policies/detect/find.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** What is found in a text, as `name: what`. */
function found(text: string, detectors = USUAL_DETECTORS): string[] {
  return createFinder(detectors)(text).map(
    ({ detector, start, end }) => `${detector.name}: ${text.slice(start, end)}`,
  )
}

/** Nobody's, and put together here so that no scanner of repositories takes them for real ones. */
const GITHUB = `ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}`
const ANTHROPIC = `sk-ant-api03-${'Zx9_Yw8-Vu7Ts6Rq5Po4Nm3Lk2Ji1Hg'}`
const OPENAI = `sk-proj-${'a1B2c3D4e5F6g7H8i9J0'}T3BlbkFJ${'k1L2m3N4o5P6q7R8s9T0'}`
const AWS_ID = `AKIA${'Q3EGR7N5TX2WZ4BV'}`
const AWS_SECRET = `wJalrXUtnFEMI/K7MDENG/${'bPxRfiCYzEXAMPLEKEY'.slice(0, 18)}`
const JWT = `eyJhbGciOiJIUzI1NiJ9.${'eyJzdWIiOiIxMjM0In0'}.${'c2lnbmF0dXJl'}`
const PEM = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
}) as string
const KEY_LINES = PEM.trim().split('\n').slice(1, -1)

describe('found, and nothing of what stands around it', () => {
  test.each([
    ['write to anna.b+x@firma-example.de.', 'email: anna.b+x@firma-example.de'],
    ['<Anna@Example.COM>', 'email: Anna@Example.COM'],
    ['"to":"\\nanna@firma.de\\n"', 'email: anna@firma.de'],
    ['mailto:anna@mail.firma.co.uk?x', 'email: anna@mail.firma.co.uk'],
    ['mail anna@firma.de.Then go', 'email: anna@firma.de'],
    ['call +49 170 1234567 now', 'phone: +49 170 1234567'],
    ['call +49 (0)30 901820, or', 'phone: +49 (0)30 901820'],
    ['tel:+14155552671', 'phone: +14155552671'],
    ['+1 (415) 555-2671 3 times', 'phone: +1 (415) 555-2671'],
    ['+33.6.12.34.56.78', 'phone: +33.6.12.34.56.78'],
    ['ring (415) 555-2671.', 'phone: (415) 555-2671'],
    ['card “4111 1111 1111 1111”', 'credit-card: 4111 1111 1111 1111'],
    ['     1→4111111111111111', 'credit-card: 4111111111111111'],
    ['卡号4111111111111111是', 'credit-card: 4111111111111111'],
    ['«DE89370400440532013000»', 'iban: DE89370400440532013000'],
    ['\u00a0536-90-4399…', 'us-ssn: 536-90-4399'],
    ['—anna@firma.de—', 'email: anna@firma.de'],
    [`“${GITHUB}”`, `github-token: ${GITHUB}`],
    [`키${ANTHROPIC}입니다`, `anthropic-key: ${ANTHROPIC}`],
    ['7,4111111111111111,123', 'credit-card: 4111111111111111'],
    ['4111111111111111 123', 'credit-card: 4111111111111111'],
    ['12:30 4111111111111111', 'credit-card: 4111111111111111'],
    ['4111111111111111/12/27', 'credit-card: 4111111111111111'],
    ['card 4111 1111 1111 1111 12/27 123', 'credit-card: 4111 1111 1111 1111'],
    ['card 4111 1111 1111 1111 123', 'credit-card: 4111 1111 1111 1111'],
    ['1,4111 1111 1111 1111,123', 'credit-card: 4111 1111 1111 1111'],
    ['VALUES (7,536-90-4399,1980-01-02)', 'us-ssn: 536-90-4399'],
    ['1,47036892816,2', 'de-tax-id: 47036892816'],
    ['7,529.982.247-25,3', 'br-cpf: 529.982.247-25'],
    ['1,255081416802538,9', 'fr-nir: 255081416802538'],
    ['bsn\n1,111222333,2', 'nl-bsn: 111222333'],
    ['card 4111 1111 1111 1111,', 'credit-card: 4111 1111 1111 1111'],
    ['card=5555-5555-5555-4444', 'credit-card: 5555-5555-5555-4444'],
    ['{"card":"378282246310005"}', 'credit-card: 378282246310005'],
    ['2223003122003222', 'credit-card: 2223003122003222'],
    ['3056 930902 5904', 'credit-card: 3056 930902 5904'],
    ['DE89 3704 0044 0532 0130 00 ok', 'iban: DE89 3704 0044 0532 0130 00'],
    ['iban:GB29NWBK60161331926819', 'iban: GB29NWBK60161331926819'],
    ['NO9386011117947', 'iban: NO9386011117947'],
    ['SSN 536-90-4399', 'us-ssn: 536-90-4399'],
    ['IdNr 86 095 742 719', 'de-tax-id: 86 095 742 719'],
    ['Steuer-ID: 47036892816', 'de-tax-id: 47036892816'],
    ['BSN: 111222333', 'nl-bsn: 111222333'],
    ['DNI 12345678Z', 'es-dni: 12345678Z'],
    ['NIE X1234567L', 'es-dni: X1234567L'],
    ['NIR 255081416802538', 'fr-nir: 255081416802538'],
    ['2 55 08 14 168 025 38', 'fr-nir: 2 55 08 14 168 025 38'],
    ['CF RSSMRA85T10A562S', 'it-fiscal-code: RSSMRA85T10A562S'],
    ['CPF 529.982.247-25', 'br-cpf: 529.982.247-25'],
    [`aws_access_key_id = ${AWS_ID}`, `aws-key: ${AWS_ID}`],
    [`aws_secret_access_key = ${AWS_SECRET}`, `aws-key: ${AWS_SECRET}`],
    [`"SecretAccessKey": "${AWS_SECRET}"`, `aws-key: ${AWS_SECRET}`],
    [`AWS_SECRET_ACCESS_KEY='${AWS_SECRET}'`, `aws-key: ${AWS_SECRET}`],
    [`token ${GITHUB} here`, `github-token: ${GITHUB}`],
    [`"key":"${ANTHROPIC}"`, `anthropic-key: ${ANTHROPIC}`],
    [`OPENAI_API_KEY=${OPENAI}`, `openai-key: ${OPENAI}`],
    [`Bearer ${JWT}`, `jwt: ${JWT}`],
    [`\\n${JWT}\\n`, `jwt: ${JWT}`],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual([expected])
  })
})

test('all of a list are found', () => {
  expect(found('[4111111111111111,5555555555554444]')).toHaveLength(2)
  expect(found('4111 1111 1111 1111 5555 5555 5555 4444 4111 1111 1111 1111')).toHaveLength(3)
  expect(found('4111111111111111 5555555555554444;378282246310005')).toHaveLength(3)
})

describe('let be', () => {
  test.each([
    'git@github.com:owner/name.git',
    '"@types/node": "20.19", lodash@4.17.21, foo@npm:bar@1.2.3, actions/checkout@v4',
    '@property.setter\ndef x(self): return w@x.transpose',
    'icon@2x.png a@b.ts user@1000.service a@b.co(1)',
    'Co-Authored-By: Claude <noreply@anthropic.com>',
    'ssh-ed25519-cert-v01@openssh.com',
    'https://registry.npmjs.org/@biomejs/biome/-/biome-2.5.15.tgz',
    '@@ -12345,678 +12400,15 @@',
    '+1234567890123\n+4915112345678 is in a diff\n+1700000000000',
    'x +441234 +0200 2024-01-01T00:00:00+02:00 a+4915112345678',
    '+19991234567 +1 (015) 555-2671',
    '4111111111111112 0.4111111111111111 4111111111111111.5 a4111111111111111',
    '1234 4111 1111 1111 1111 5678',
    '4111 1111 1111 1111 5678 9012',
    'é4111111111111111 4111111111111111ß 4111111111111111я',
    '9-4111111111111111 4111111111111111-1 4111-1111-1111-1111-1',
    '12 47 036 892 816, 47 036 892 816,50 1.529.982.247-25',
    'DE89 3704 0044 0532 0130 01, DE89370400440532013000X, XX89370400440532013000',
    '000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000 1-536-90-4399',
    '86095742718 12345678901 111222333 12345678A X1234567A 255081416802539',
    'RSSMRA85T10A562T 529.982.247-26',
    'AKIAIOSFODNN AKIAAAAAAAAAAAAAAAAA',
    `ghp_${'x'.repeat(36)} ghp_short`,
    'sk-ant-your-key-here sk-circle-fade-dot-animation-x1 task-ant-colony-optimisation-with-100-ants',
    'eyJhbGciOiJIUzI1NiJ9 eyJub3RoaW5n.eyJzdWIiOiIx.abc',
    "pem.replace('-----BEGIN PRIVATE KEY-----', '').replace('-----END PRIVATE KEY-----', '')",
    '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE0123456789abcdefghijklmnopqrstuv\n-----END PUBLIC KEY-----',
    '1706745600123456789 20240101123045 127.0.0.1 192.168.100.200',
  ])('%s', (text) => {
    expect(found(text)).toEqual([])
  })

  test('the check digit wrong by any other digit', () => {
    const right = [
      '4111111111111111',
      'DE89370400440532013000',
      '47036892816',
      '255081416802538',
      '529.982.247-25',
    ]
    for (const number of right) {
      const last = Number(number.at(-1))
      const wrong = Array.from({ length: 9 }, (_, step) => number.slice(0, -1) + ((last + step + 1) % 10))
      expect(wrong.flatMap((text) => found(text))).toEqual([])
    }
  })
})

const ENCRYPTED = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
  type: 'pkcs1',
  format: 'pem',
  cipher: 'aes-128-cbc',
  passphrase: 'of no one',
}) as string

describe('a private key', () => {
  test.each([
    ['as it is', PEM.trim()],
    ['with line ends spelled out', PEM.trim().replaceAll('\n', '\\n')],
    ['with line ends spelled out twice', PEM.trim().replaceAll('\n', '\\\\n')],
    ['with the line ends of Windows', PEM.trim().replaceAll('\n', '\r\n')],
    ['that is encrypted', ENCRYPTED.trim()],
    ['on one line', PEM.trim().replaceAll('\n', ' ')],
  ])('%s is found whole', (_, text) => {
    expect(found(`key: "${text}"\nmore`)).toEqual([`private-key: ${text}`])
  })

  test.each([
    ['with numbers before its lines', (line: string, index: number) => `     ${index + 1}→${line}`],
    ['with numbers and tabs, as of cat -n', (line: string, index: number) => `    ${index + 9}\t${line}`],
    ['with long numbers and tabs', (line: string, index: number) => `${index + 100_000}\t${line}`],
    ['indented', (line: string) => `    ${line}`],
  ])('%s is found line by line', (_, layOut) => {
    const listing = PEM.trim().split('\n').map(layOut)
    expect(found(listing.join('\n'))).toEqual(KEY_LINES.map((line) => `private-key: ${line}`))
  })

  test('as the strings of a program is found line by line', () => {
    const program = PEM.trim()
      .split('\n')
      .map((line) => `  "${line}\\n"`)
    expect(found(program.join(' +\n'))).toEqual(KEY_LINES.map((line) => `private-key: ${line}`))
  })

  test.each([
    ['strings that are put together', (line: string) => `  "${line}\\n" +\n`],
    ['strings that are added', (line: string) => `key += '${line}\\n';\n`],
    ['calls', (line: string) => `    builder.append("${line}").append('\\n');\n`],
  ])('as %s is found where it was cut off, too', (_, layOut) => {
    const cut = PEM.trim().split('\n').slice(0, 3).map(layOut).join('')
    expect(found(`${cut}and so on`)).toEqual(KEY_LINES.slice(0, 2).map((line) => `private-key: ${line}`))
  })

  test.each([
    ['a hash', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['a path', '/home/someone/projects/one/two/three/some/more/src/policies/detect2/key'],
    ['a word far away', `${'a word, '.repeat(12)}${KEY_LINES[0]}`],
  ])('is not what stands behind its mark as %s', (_, text) => {
    expect(found(`The mark "-----BEGIN PRIVATE KEY-----" is in ${text}`)).toEqual([])
  })

  test('that was cut off is found up to there', () => {
    const cut = PEM.slice(0, PEM.indexOf('-----END') - 30)
    expect(found(`${cut}\n… and 3 lines more`)).toEqual([
      `private-key: ${cut.split('\n').slice(0, 3).join('\n')}`,
    ])
  })
})

test('two that overlap are one', () => {
  const url = `https://x:${GITHUB}@github.com/a/b`
  expect(found(url)).toHaveLength(1)
  expect(found(url)[0]).toContain(GITHUB)
})

test('words as if drawn by lot are found on demand, and no hashes, UUIDs and pictures', () => {
  expect(found('x = "aP4x-9QzR7mT2kV8wL5nB3cD6fH"', DETECTORS)).toEqual([
    'high-entropy: aP4x-9QzR7mT2kV8wL5nB3cD6fH',
  ])
  const harmless = [
    'd41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204',
    '123e4567-e89b-12d3-a456-426614174000',
    'sha512-Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZgx0aGVyZQ==',
    `data:image/png;base64,${Buffer.from('\x89PNG drawn by lot 0123456789 ABCDEFGHIJ').toString('base64')}`,
    'toolu_011CSHoEeqs5C35K2UUqR7Fy',
    'ThisIsAVeryLongNameOfAClass2WithDigits',
  ]
  expect(harmless.flatMap((text) => found(text, DETECTORS))).toEqual([])
  expect(found('x = "aP4x-9QzR7mT2kV8wL5nB3cD6fH"')).toEqual([])
})

test('in the sources of this project and its lock file nothing is found, also not on demand', () => {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join('src', path))
  const files = [
    ...sources,
    'package-lock.json',
    'package.json',
    'biome.json',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
  ]
  const all = files.flatMap((path) =>
    found(readFileSync(join(ROOT, path), 'utf8'), DETECTORS).map((what) => `${path}: ${what}`),
  )
  expect(all).toEqual([])
})

test('what repeats an anchor without end takes time in proportion only', () => {
  const anchors = [
    '-----BEGIN PRIVATE KEY-----',
    'a@',
    '@a.',
    'eyJ',
    'eyJa.',
    'sk-ant-',
    'ghp_',
    '+1 ',
    '1 2 ',
    'T3BlbkFJ',
  ]
  for (const anchor of [
    ...anchors,
    'DE89 3704 ',
    'sk-',
    '_access_key=',
    '-----END PRIVATE KEY-----',
    '1',
    '(1',
    'a1',
    '\\',
  ]) {
    const text = anchor.repeat(100_000 / anchor.length)
    expect(() => createFinder(DETECTORS)(text)).not.toThrow()
  }
})

// `milepost mail`, run in a folder of its own with nothing of the tester's configuration.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const here = path.dirname(new URL(import.meta.url).pathname)
export const binary = path.join(process.env.MILEPOST_BUILD ?? path.join(here, '../../build/release'), 'milepost')
assert.ok(existsSync(binary), `no program at ${binary}: build it first`)

export const folder = mkdtempSync(path.join(os.tmpdir(), 'milepost-mail-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
export const file = (name, content) => {
  const at = path.join(folder, name)
  if (content !== undefined) writeFileSync(at, content)
  return at
}

const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MILEPOST_')))

// The [mail] section as environment variables: { relays, from, ... }.
const variables = (mail) => Object.fromEntries(Object.entries(mail).map(([key, value]) => [`MILEPOST_MAIL_${key.toUpperCase()}`, value]))

export function start(words, mail = {}) {
  const child = spawn(binary, words, { cwd: folder, env: { ...environment, MILEPOST_DATA: file('data'), ...variables(mail) } })
  process.once('exit', () => child.kill('SIGKILL'))
  return child
}

export async function run(words, mail = {}) {
  const child = start(words, mail)
  const out = [], err = []
  child.stdout.on('data', (bytes) => out.push(bytes))
  child.stderr.on('data', (bytes) => err.push(bytes))
  const code = await new Promise((done) => child.once('close', done))
  return { code, bytes: Buffer.concat(out), out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }
}

export async function json(words, mail) {
  const { out } = await run([...words, '--json'], mail)
  return out.split('\n').filter(Boolean).map((line) => JSON.parse(line))
}

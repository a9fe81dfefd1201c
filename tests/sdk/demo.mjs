// Starts and stops `milepost demo` for a test: simulated carriers, a shop whose parcels move, a clock that runs fast.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { binary, freePort, sleep } from './server.mjs'

// Nothing of the tester's own configuration.
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MILEPOST_')))

// Asks again and again until `look` gives something; fails when time is up, with what it was waiting for.
export async function until(what, milliseconds, look, pause = 200) {
  const deadline = Date.now() + milliseconds
  for (;;) {
    const found = await look()
    if (found) return found
    assert.ok(Date.now() < deadline, `not within ${milliseconds / 1000} s: ${what}`)
    await sleep(pause)
  }
}

export class Demo {
  constructor({ speed = 300, parcels = 200 } = {}) {
    assert.ok(existsSync(binary), `no program at ${binary}: build it first`)
    this.folder = mkdtempSync(path.join(os.tmpdir(), 'milepost-demo-'))
    this.data = path.join(this.folder, 'data')
    this.words = ['--speed', String(speed), '--parcels', String(parcels)]
  }

  // Resolves when the demo has greeted; .greeting is what it said.
  async start() {
    this.port ??= await freePort()
    this.origin = `http://127.0.0.1:${this.port}`
    this.greeting = ''
    this.log = ''
    this.child = spawn(binary, ['demo', '--data', this.data, '--listen', `127.0.0.1:${this.port}`, ...this.words],
      { cwd: this.folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout.on('data', (bytes) => (this.greeting += bytes))
    this.child.stderr.on('data', (bytes) => (this.log = (this.log + bytes).slice(-20_000)))
    this.ended = new Promise((done) => this.child.once('exit', (code, signal) => done({ code, signal })))
    const child = this.child
    process.once('exit', () => child.kill('SIGKILL'))
    await until('the greeting', 20_000, () => {
      assert.equal(this.child.exitCode, null, `the demo ended at once:\n${this.log}`)
      return this.greeting.includes('/v4/trackings/get?')
    }, 50)
    this.key = /^ {2}API key +(\S+)$/m.exec(this.greeting)[1]
    // The parcel that it leaves for the newcomer.
    this.spare = JSON.parse(/create' .* -d '(.*)'$/m.exec(this.greeting)[1])
  }

  async stop() {
    const asked = Date.now()
    this.child.kill('SIGTERM')
    const end = await Promise.race([this.ended, sleep(10_000)])
    if (!end) this.child.kill('SIGKILL')
    assert.deepEqual(end, { code: 0, signal: null }, `the demo did not end well within ten seconds:\n${this.log}`)
    return Date.now() - asked
  }

  async kill() {
    this.child.kill('SIGKILL')
    await this.ended
  }

  forget() {
    this.child?.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  async call(method, target, body) {
    const answer = await fetch(this.origin + target, {
      method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(8000),
      headers: { 'Tracking-Api-Key': this.key, 'Content-Type': 'application/json' },
    })
    const json = await answer.json()
    assert.equal(json.meta.code, 200, `${method} ${target}: ${JSON.stringify(json.meta)}`)
    return json.data
  }

  async page(target) {
    const answer = await fetch(this.origin + target, { signal: AbortSignal.timeout(8000) })
    assert.equal(answer.status, 200, target)
    return answer.text()
  }
}

// Starts and stops a Milepost for a test, and speaks HTTP with it: in Node's own words, or byte for byte.
// Every instance has a data folder of its own, gone afterwards.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
export const binary = path.join(process.env.MILEPOST_BUILD ?? path.join(root, 'build/release'), 'milepost')

// The contract: every call is answered in under eight seconds.
export const patience = 8000

const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

export async function freePort() {
  const probe = net.createServer().listen(0, '127.0.0.1')
  await new Promise((done) => probe.once('listening', done))
  const { port } = probe.address()
  await new Promise((done) => probe.close(done))
  return port
}

export class Milepost {
  // accounts: {name: plan}; each gets one key, in .keys. tls: {certificate, key}: PEM files, served on port 443 to
  // whoever takes 127.0.0.1 for api.trackingmore.com. config: more lines of the configuration, or what makes them of the port.
  static async start({ accounts, tls, config = [] }) {
    assert.ok(existsSync(binary), `no program at ${binary}: build it first`)
    const it = new Milepost()
    it.folder = mkdtempSync(path.join(os.tmpdir(), 'milepost-sdk-'))
    it.port = tls ? 443 : await freePort()
    it.origin = tls ? 'https://api.trackingmore.com' : `http://127.0.0.1:${it.port}`
    it.config = path.join(it.folder, 'milepost.toml')
    const lines = ['[server]', `listen = "127.0.0.1:${it.port}"`]
    if (tls) lines.push('', '[server.tls]', `certificate = "${tls.certificate}"`, `key = "${tls.key}"`)
    lines.push('', ...(typeof config === 'function' ? config(it.port) : config))
    writeFileSync(it.config, lines.join('\n') + '\n')
    it.place = ['--config', it.config, '--data', path.join(it.folder, 'data')]

    it.ids = {}
    it.keys = {}
    for (const [name, plan] of Object.entries(accounts)) {
      const email = `${name}@example.com`
      it.ids[name] = it.command('account', 'create', '--email', email, '--plan', plan).account_id
      it.keys[name] = it.command('key', 'create', '--account', String(it.ids[name]), '--name', name).key
      assert.equal(typeof it.keys[name], 'string')
    }

    it.logFile = path.join(it.folder, 'log')
    const log = createWriteStream(it.logFile)
    it.child = spawn(binary, ['serve', ...it.place], { stdio: ['ignore', 'pipe', 'pipe'] })
    it.child.stdout.pipe(log, { end: false })
    it.child.stderr.pipe(log, { end: false })
    it.ended = new Promise((done) => it.child.once('exit', (code, signal) => done({ code, signal })))
    process.once('exit', () => it.child.kill('SIGKILL'))
    const deadline = Date.now() + 15_000
    for (;;) {
      if (it.child.exitCode !== null) assert.fail(`the server ended at once:\n${it.log()}`)
      const answer = await it.call('GET', '/readyz').catch(() => null)
      if (answer?.status === 200) return it
      if (Date.now() > deadline) assert.fail(`the server never became ready:\n${it.log()}`)
      await sleep(50)
    }
  }

  // A command of the program, beside the server; gives what it printed as JSON.
  command(...words) {
    return JSON.parse(execFileSync(binary, [...words, ...this.place, '--json'], { encoding: 'utf8' }))
  }

  log() {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : ''
  }

  // Asks the server to end, and insists that it does so well.
  async stop() {
    if (!this.child) return
    const asked = Date.now()
    this.child.kill('SIGTERM')
    const end = await Promise.race([this.ended, sleep(12_000)])
    if (!end) this.child.kill('SIGKILL')
    const tail = this.log().split('\n').slice(-20).join('\n')
    rmSync(this.folder, { recursive: true, force: true })
    assert.ok(end, `the server did not stop within twelve seconds:\n${tail}`)
    assert.deepEqual(end, { code: 0, signal: null }, `the server did not end well:\n${tail}`)
    assert.ok(Date.now() - asked < 11_000, 'stopping took longer than ten seconds')
  }

  // One request as an ordinary client makes it. body: a string or Buffer goes as it is, anything else as JSON.
  call(method, target, { key, body, headers = {} } = {}) {
    const bytes = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    const all = { Accept: 'application/json', 'Content-Type': 'application/json', ...headers }
    if (key) all['Tracking-Api-Key'] = key
    if (bytes !== undefined) all['Content-Length'] = Buffer.byteLength(bytes)
    for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name]
    return new Promise((done, failed) => {
      const client = this.origin.startsWith('https') ? https : http
      const request = client.request(this.origin, { method, path: target, headers: all, agent: false }, (response) => {
        const chunks = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('error', failed)
        response.on('end', () => done(answer(response.statusCode, response.headers, Buffer.concat(chunks))))
      })
      request.setTimeout(patience, () => request.destroy(new Error(`no answer to ${method} ${target} in time`)))
      request.on('error', failed)
      request.end(bytes)
    })
  }

  connect() {
    return Wire.open(this.port)
  }
}

function answer(status, headers, bytes) {
  const text = bytes.toString('utf8')
  let json
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return { status, headers, text, json }
}

// A connection whose bytes are ours.
export class Wire {
  static async open(port) {
    const wire = new Wire()
    wire.buffer = Buffer.alloc(0)
    wire.closed = false
    wire.waiting = []
    wire.socket = net.connect(port, '127.0.0.1')
    wire.socket.setNoDelay(true)
    const wake = () => wire.waiting.splice(0).forEach((done) => done())
    wire.socket.on('data', (chunk) => {
      wire.buffer = Buffer.concat([wire.buffer, chunk])
      wake()
    })
    wire.socket.on('close', () => {
      wire.closed = true
      wake()
    })
    wire.socket.on('error', (error) => {
      wire.error = error
    })
    await new Promise((done) => wire.socket.once('connect', done))
    return wire
  }

  send(bytes) {
    if (!this.socket.destroyed) this.socket.write(bytes)
  }

  // The next response, interim ones (100) included. Fails when the connection ends or time is up.
  async response(milliseconds = patience) {
    const deadline = Date.now() + milliseconds
    for (;;) {
      const found = this.#take()
      if (found) return found
      const left = deadline - Date.now()
      if (this.closed) throw new Error(`the connection ended without a whole response: ${this.error ?? 'closed'}; got ${JSON.stringify(this.buffer.toString('latin1').slice(0, 300))}`)
      if (left <= 0) throw new Error(`no whole response within ${milliseconds} ms; got ${JSON.stringify(this.buffer.toString('latin1').slice(0, 300))}`)
      await new Promise((done) => {
        const timer = setTimeout(done, left)
        this.waiting.push(() => (clearTimeout(timer), done()))
      })
    }
  }

  async isClosedWithin(milliseconds) {
    const deadline = Date.now() + milliseconds
    while (!this.closed && Date.now() < deadline) await sleep(20)
    return this.closed
  }

  close() {
    this.socket.destroy()
  }

  #take() {
    const end = this.buffer.indexOf('\r\n\r\n')
    if (end < 0) return null
    const [statusLine, ...lines] = this.buffer.subarray(0, end).toString('latin1').split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? assert.fail(`not a status line: ${statusLine}`))
    const headers = {}
    for (const line of lines) {
      const colon = line.indexOf(':')
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
    }
    let at = end + 4
    if (status < 200) {
      this.buffer = this.buffer.subarray(at)
      return answer(status, headers, Buffer.alloc(0))
    }
    if (/chunked/i.test(headers['transfer-encoding'] ?? '')) {
      const parts = []
      for (;;) {
        const line = this.buffer.indexOf('\r\n', at)
        if (line < 0) return null
        const size = parseInt(this.buffer.subarray(at, line).toString('latin1'), 16)
        if (this.buffer.length < line + 2 + size + 2) return null
        parts.push(this.buffer.subarray(line + 2, line + 2 + size))
        at = line + 2 + size + 2
        if (size === 0) break
      }
      this.buffer = this.buffer.subarray(at)
      return answer(status, headers, Buffer.concat(parts))
    }
    const length = Number(headers['content-length'] ?? NaN)
    if (Number.isNaN(length)) {
      if (!this.closed) return null
      const body = this.buffer.subarray(at)
      this.buffer = Buffer.alloc(0)
      return answer(status, headers, body)
    }
    if (this.buffer.length < at + length) return null
    const body = this.buffer.subarray(at, at + length)
    this.buffer = this.buffer.subarray(at + length)
    return answer(status, headers, body)
  }
}

export { sleep }

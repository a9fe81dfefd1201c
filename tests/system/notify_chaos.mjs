// Webhooks under every kind of bad receiver, and a server that is killed with -9: see notify_chaos.sh.
//
// A shop with a webhook for each kind of receiver, and parcels that a carrier's pushes move one step at a time. Each step is
// one change and must reach each webhook under one id. A receiver writes down what it accepted when its answer has left.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { execFileSync, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { binary, freePort, sleep } from '../sdk/server.mjs'

assert.ok(existsSync(binary), `no program at ${binary}: build it first`)
const engine = process.argv[2]
const rounds = Number(process.env.MILEPOST_KILL_ROUNDS ?? 8)
const seed = Number(process.env.MILEPOST_KILL_SEED ?? Math.floor(Math.random() * 2 ** 32))
const parcels = 12
const settleWithin = 240_000

// mulberry32: small, and the same everywhere.
let state = seed >>> 0
function random() {
  state = (state + 0x6d2b79f5) >>> 0
  let t = state
  t = Math.imul(t ^ (t >>> 15), t | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'milepost-chaos-'))
const data = path.join(folder, 'data')
const config = path.join(folder, 'milepost.toml')
const logFile = path.join(folder, 'log')
const environment = { ...process.env, MILEPOST_SERVER_ACCESS_LOG: 'false' }
const databases = []
let child = null

function psql(sql) {
  execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql, process.env.MILEPOST_TEST_POSTGRES])
}
process.once('exit', () => {
  child?.kill('SIGKILL')
  for (const name of databases) {
    try {
      psql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    } catch {
      // The cluster is a throw-away one; it goes as a whole.
    }
  }
  rmSync(folder, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

if (engine === 'postgres') {
  const word = `milepost_chaos_${process.pid}`
  for (const name of [word, `${word}_keys`]) {
    psql(`CREATE DATABASE ${name}`)
    databases.push(name)
  }
  const url = new URL(process.env.MILEPOST_TEST_POSTGRES)
  url.pathname = `/${word}`
  environment.MILEPOST_STORE_URL = url.href
}

const port = await freePort()
writeFileSync(config, `[server]
listen = "127.0.0.1:${port}"
[notify]
private_webhooks = true
webhook_seconds = 1
retry_seconds = 1
`)
const place = ['--config', config, '--data', data]
const command = (...words) =>
  JSON.parse(execFileSync(binary, [...words, ...place, '--json'], { env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))

const agent = new http.Agent({ keepAlive: true })
function ask(method, at, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path: at, agent, headers: { 'Content-Type': 'application/json', ...headers } }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece) => (text += piece))
      response.on('end', () => resolve({ status: response.statusCode, text }))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.setTimeout(10_000, () => request.destroy(new Error('no answer')))
    request.end(body)
  })
}

async function serve() {
  const log = openSync(logFile, 'a')
  child = spawn(binary, ['serve', ...place], { env: environment, stdio: ['ignore', log, log] })
  closeSync(log)
  const ended = new Promise((done) => child.once('exit', done))
  child.ended = ended
  for (const until = Date.now() + 30_000; ;) {
    try {
      if ((await ask('GET', '/readyz')).status === 200) return
    } catch {
      // Not yet.
    }
    assert.ok(Date.now() < until, `the server does not start: ${readFileSync(logFile, 'utf8').slice(-2000)}`)
    assert.equal(child.exitCode, null, readFileSync(logFile, 'utf8').slice(-2000))
    await sleep(30)
  }
}

// ---- The receivers

const secrets = new Map()
const arrived = new Map() // by webhook: [{ id, number, accepted, steps }] in the order of arrival
let isChaos = true
const wrong = []

function verify(kind, request, body) {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures, timestamp, signature } = request.headers
  const secret = secrets.get(kind)
  const standard = 'v1,' + createHmac('sha256', secret).update(`${id}.${time}.${body}`).digest('base64')
  if (!signatures.split(' ').includes(standard)) wrong.push(`${kind}: the standard signature`)
  if (signature !== createHmac('sha256', secret).update(timestamp).digest('hex')) wrong.push(`${kind}: the v4 signature`)
}

const kinds = {
  good: (respond) => respond(200),
  slow: (respond) => setTimeout(() => respond(204), 200),
  hangs: (respond) => (random() < 0.5 ? respond(200) : undefined),
  fails: (respond) => respond(random() < 0.5 ? 200 : 500),
  busy: (respond) => (random() < 0.6 ? respond(200) : respond(429, { 'Retry-After': '1' })),
  gone: (respond) => respond(random() < 0.95 ? 200 : 410),
  redirects: (respond) => (random() < 0.5 ? respond(200) : respond(302, { Location: 'http://169.254.169.254/latest/meta-data' })),
  drops: (respond, response) => {
    if (random() < 0.5) return respond(200)
    response.writeHead(200, { 'Content-Length': '1000' })
    response.write('half of')
    setTimeout(() => response.destroy(), 5)
  },
}
const receiver = http.createServer((request, response) => {
  const kind = request.url.slice(1)
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (piece) => (body += piece))
  request.on('end', () => {
    const tracking = JSON.parse(body).data
    const one = { id: request.headers['webhook-id'], number: tracking.tracking_number, accepted: false, steps: tracking.origin_info.trackinfo.length }
    verify(kind, request, body)
    arrived.get(kind).push(one)
    const respond = (status, headers = {}) => {
      // Accepted, whether or not the sender lived to hear it.
      one.accepted = status < 300
      response.writeHead(status, headers)
      response.end('thanks')
    }
    if (isChaos) kinds[kind](respond, response)
    else respond(200)
  })
})
await new Promise((done) => receiver.listen(0, '127.0.0.1', done))
const hook = (kind) => `http://127.0.0.1:${receiver.address().port}/${kind}`

// ---- The shop

console.log(`seed ${seed}, ${rounds} kills, ${engine}`)
const account = String(command('account', 'create', '--email', 'chaos@example.com', '--plan', 'unlimited').account_id)
const { key } = command('key', 'create', '--account', account, '--name', 'shop')
const door = command('inbound', 'add', '--account', account, '--connector', 'aftership', '--verify', 'header')
const ids = {}
for (const kind of Object.keys(kinds)) {
  const made = command('webhook', 'add', '--account', account, '--url', hook(kind))
  secrets.set(kind, made.secret)
  ids[kind] = made.id
  arrived.set(kind, [])
}
const api = { 'Tracking-Api-Key': key }

await serve()
const numbers = Array.from({ length: parcels }, (_, i) => `1Z999AA1${String(10_000_000 + i * 97).padStart(10, '0')}`)
const steps = new Map(numbers.map((number) => [number, 0]))
for (const number of numbers) {
  const made = await ask('POST', '/v4/trackings/create', JSON.stringify({ tracking_number: number, courier_code: 'ups' }), api)
  assert.equal(made.status, 200, made.text)
}

// The history of a parcel so far, as the carrier tells it.
function history(number, upto) {
  const checkpoints = Array.from({ length: upto }, (_, k) => ({
    checkpoint_time: new Date(Date.UTC(2026, 0, 1, 0, k)).toISOString().replace('.000', ''),
    city: 'Utrecht', country_region: 'NLD', message: `Step ${k + 1}`, tag: 'InTransit', subtag: 'InTransit_001', slug: 'ups',
  }))
  return JSON.stringify({ meta: { code: 200 }, data: { tracking: { tracking_number: number, slug: 'ups', tag: 'InTransit', subtag: 'InTransit_001', checkpoints } } })
}

// Pushed until it is answered: what a carrier does.
async function push(number) {
  const step = steps.get(number) + 1
  for (;;) {
    try {
      const answer = await ask('POST', door.path, history(number, step), { Authorization: `Bearer ${door.secret}` })
      if (answer.status === 200) break
      assert.ok(answer.status >= 500, answer.text)
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error
    }
    await sleep(20)
  }
  steps.set(number, step)
}

let isPushing = true
const carriers = numbers.map(async (number) => {
  while (isPushing) {
    await push(number)
    await sleep(50 + random() * 250)
  }
})

// ---- The kills

for (let round = 0; round < rounds; ++round) {
  await sleep(150 + random() * 700)
  child.kill('SIGKILL')
  await child.ended
  await serve()
}
await sleep(500)
isPushing = false
await Promise.all(carriers)
isChaos = false
await ask('POST', `/own/webhooks/${ids.gone}/resume`, '', api)

// ---- What is left

const total = [...steps.values()].reduce((a, b) => a + b, 0)
const waiting = async () => {
  const { webhooks } = JSON.parse((await ask('GET', '/own/webhooks', undefined, api)).text)
  return webhooks.reduce((sum, one) => sum + one.waiting, 0)
}
const distinct = (kind) => new Set(arrived.get(kind).filter((one) => one.accepted).map((one) => one.id)).size
for (const until = Date.now() + settleWithin; ;) {
  const left = await waiting()
  if (left === 0 && Object.keys(kinds).every((kind) => distinct(kind) >= total)) break
  if (Date.now() > until) {
    console.log(`after ${settleWithin / 1000} s ${left} wait; accepted of ${total}: ${Object.keys(kinds).map((kind) => `${kind} ${distinct(kind)}`).join(', ')}`)
    console.log((await ask('GET', '/own/webhooks', undefined, api)).text)
    process.exit(1)
  }
  await sleep(200)
}

let repeated = 0
for (const kind of Object.keys(kinds)) {
  const all = arrived.get(kind)
  const accepted = all.filter((one) => one.accepted)
  for (const number of numbers) {
    const mine = accepted.filter((one) => one.number === number)
    const seen = [...new Set(mine.map((one) => one.id))]
    // Every change arrived, and none under two ids.
    assert.equal(seen.length, steps.get(number), `${kind}: ${number} moved ${steps.get(number)} times, told ${seen.length} times`)
    repeated += mine.length - seen.length
    // In order: the ids begin with the time of the change, attempts that failed included.
    const order = all.filter((one) => one.number === number).map((one) => one.id.slice(4, 16))
    assert.deepEqual(order, [...order].sort(), `${kind}: ${number} was told out of order`)
    // And never of less than was said before.
    const told = mine.map((one) => one.steps)
    assert.deepEqual(told, [...told].sort((a, b) => a - b), `${kind}: ${number} went backwards`)
    assert.equal(told.at(-1), steps.get(number))
  }
}
assert.deepEqual(wrong, [])
const log = readFileSync(logFile, 'utf8')
assert.ok(!/"level":"error"|\berror\b {4}/.test(log), log.split('\n').filter((line) => / error /.test(line)).slice(0, 5).join('\n'))

child.kill('SIGTERM')
await child.ended
assert.equal(child.exitCode, 0)
const attempts = [...arrived.values()].reduce((sum, all) => sum + all.length, 0)
console.log(`${total} changes to ${Object.keys(kinds).length} receivers: ${total * Object.keys(kinds).length} delivered, nothing lost, nothing under two ids, in order`)
console.log(`${attempts} attempts, ${repeated} accepted more than once (killed before it was written down; the id is the same)`)
process.exit(0)

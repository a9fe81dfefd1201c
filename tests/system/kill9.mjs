// Kills Milepost with -9 under load and looks what is left: see kill9.sh.
//
// Everything personal in a parcel follows from its number, so that whatever is found can be judged by itself, whether
// its answer had arrived or not.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { binary, freePort, sleep } from '../sdk/server.mjs'

assert.ok(existsSync(binary), `no program at ${binary}: build it first`)
const engine = process.argv[2]
const rounds = Number(process.env.MILEPOST_KILL_ROUNDS ?? 5)
const seed = Number(process.env.MILEPOST_KILL_SEED ?? Math.floor(Math.random() * 2 ** 32))
assert.ok(Number.isInteger(rounds) && rounds > 0, 'MILEPOST_KILL_ROUNDS is no number of rounds')

const connections = 16
const earliest = 100
const latest = 800
const startWithin = 20_000

// mulberry32: small, and the same everywhere.
let state = seed >>> 0
function random() {
  state = (state + 0x6d2b79f5) >>> 0
  let t = state
  t = Math.imul(t ^ (t >>> 15), t | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'milepost-kill9-'))
const data = path.join(folder, 'data')
const logFile = path.join(folder, 'log')
const environment = { ...process.env, MILEPOST_DATA: data, MILEPOST_SERVER_ACCESS_LOG: 'false' }
let databases = []
let child = null

function psql(sql) {
  execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql, process.env.MILEPOST_TEST_POSTGRES])
}

function cleanUp() {
  child?.kill('SIGKILL')
  for (const name of databases) {
    try {
      psql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    } catch {
      // The cluster is a throw-away one; it goes as a whole.
    }
  }
  rmSync(folder, { recursive: true, force: true })
}
process.once('exit', cleanUp)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

// Two fresh databases, one for the store and one for the keys.
function makeDatabases() {
  const url = (name) => process.env.MILEPOST_TEST_POSTGRES.replace(/^(postgres:\/\/[^/]*\/)[^?]*/, `$1${name}`)
  const name = `kill9_${process.pid}`
  for (const each of [name, `${name}_keys`]) {
    psql(`CREATE DATABASE ${each}`)
    databases.push(each)
  }
  environment.MILEPOST_STORE_URL = url(name)
  environment.MILEPOST_VAULT_KEYS = url(`${name}_keys`)
}

const command = (...words) => JSON.parse(execFileSync(binary, [...words, '--json'], { encoding: 'utf8', env: environment }))

let port = 0
let key = ''
const agent = new http.Agent({ keepAlive: true, maxSockets: connections })

// The answer's `data`; with `wanted`, any other meta code is a failure. Rejects when the connection breaks.
function call(method, target, body, wanted = 200) {
  const bytes = body === undefined ? undefined : JSON.stringify(body)
  const headers = { 'Tracking-Api-Key': key, 'Content-Type': 'application/json' }
  if (bytes) headers['Content-Length'] = Buffer.byteLength(bytes)
  return new Promise((done, failed) => {
    const request = http.request({ port, host: '127.0.0.1', method, path: target, headers, agent }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', failed)
      response.on('end', () => {
        if (!response.complete) return failed(new Error('the answer broke off'))
        try {
          const { meta, data } = JSON.parse(Buffer.concat(chunks).toString('utf8'))
          if (meta.code !== wanted) throw new assert.AssertionError({ message: `${method} ${target}: ${meta.code}, not ${wanted}` })
          done(data)
        } catch (error) {
          failed(error)
        }
      })
    })
    request.setTimeout(10_000, () => request.destroy(new Error(`no answer to ${method} ${target} within ten seconds`)))
    request.on('error', failed)
    request.end(bytes)
  })
}

async function start() {
  port = await freePort()
  const log = openSync(logFile, 'a')
  child = spawn(binary, ['serve', '--listen', `127.0.0.1:${port}`], { env: environment, stdio: ['ignore', log, log] })
  closeSync(log)
  child.ended = new Promise((done) => child.once('exit', done))
  for (const deadline = Date.now() + startWithin; Date.now() < deadline; await sleep(20)) {
    assert.equal(child.exitCode, null, `the server ended at once:\n${logTail()}`)
    const status = await new Promise((done) => {
      const request = http.get({ port, host: '127.0.0.1', path: '/readyz', agent: false }, (response) => {
        response.resume()
        done(response.statusCode)
      })
      request.on('error', () => done(0))
    })
    if (status === 200) return
  }
  assert.fail(`the server did not come back within ${startWithin / 1000} s:\n${logTail()}`)
}

const logTail = () => readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n')

// What belongs to a number.
const numberOf = (round, i) => `KILL${round}N${String(i).padStart(7, '0')}`
const belongings = (number) => ({
  customer_name: `Anna ${number} Österreicher`,
  customer_email: `${number.toLowerCase()}@example.com`,
  title: `Gift for ${number}, “fragile”`,
})

function judge(shipment, where) {
  assert.match(shipment.id, /^[0-9a-f]{32}$/, `${where}: an id that is none`)
  assert.match(shipment.tracking_number, /^KILL\d+N\d{7}$/, `${where}: a number that nobody sent`)
  assert.equal(shipment.courier_code, 'usps', `${where}: ${shipment.tracking_number}`)
  for (const [field, value] of Object.entries(belongings(shipment.tracking_number)))
    assert.equal(shipment[field], value, `${where}: ${field} of ${shipment.tracking_number}`)
}

// Creates on all connections until they break; gives what was acknowledged: number -> id.
async function load(round, acknowledged) {
  let next = 0
  const worker = async () => {
    for (;;) {
      const number = numberOf(round, next++)
      let answer
      try {
        answer = await call('POST', '/v4/trackings/create', { tracking_number: number, courier_code: 'usps', ...belongings(number) })
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error
        return
      }
      acknowledged.set(number, answer.id)
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
}

// Every page of a list; found: number -> id. The number of pages is bounded by what was sent.
async function list(query, most) {
  const found = new Map()
  const size = 200
  for (let page = 1; page <= Math.ceil(most / size) + 1; ++page) {
    const shipments = await call('GET', `/v4/trackings/get?${query}items_amount=${size}&pages_amount=${page}`)
    for (const shipment of shipments) {
      judge(shipment, 'listed')
      assert.ok(!found.has(shipment.tracking_number), `${shipment.tracking_number} is listed twice`)
      found.set(shipment.tracking_number, shipment.id)
    }
    if (shipments.length < size) return found
  }
  assert.fail(`more than ${most} shipments are listed`)
}

// `before`: how many there may be of earlier rounds.
async function check(acknowledged, round, since, before) {
  const most = before + acknowledged.size + connections
  const listed = await list(`created_date_min=${encodeURIComponent(since)}&`, most)
  const numbers = [...acknowledged.keys()]
  for (const number of numbers) assert.equal(listed.get(number), acknowledged.get(number), `${number} was answered 200 and is not there`)
  // Found by number too, and known when sent again.
  for (let i = 0; i < 3 && numbers.length > 0; ++i) {
    const some = Array.from({ length: 40 }, () => numbers[Math.floor(random() * numbers.length)])
    const wanted = new Set(some)
    const found = await call('GET', `/v4/trackings/get?tracking_numbers=${[...wanted].join(',')}`)
    assert.equal(found.length, wanted.size)
    for (const shipment of found) judge(shipment, 'found by number')
    await call('POST', '/v4/trackings/create', { tracking_number: some[0], courier_code: 'usps' }, 4101)
  }
  // What was sent and not answered is there as a whole or not at all; at most one for each connection.
  const extra = [...listed.keys()].filter((number) => number.startsWith(`KILL${round}N`) && !acknowledged.has(number))
  assert.ok(extra.length <= connections, `${extra.length} shipments are there that nobody was told of`)
  return extra.length
}

// PostgreSQL itself falls as well, every third time, as in a power cut.
function crashEngine(round) {
  const control = process.env.MILEPOST_TEST_POSTGRES_CONTROL
  if (engine !== 'postgres' || !control || round % 3 !== 0) return ''
  execFileSync(control, ['crash'])
  execFileSync(control, ['start'])
  return ', PostgreSQL with it'
}

async function main() {
  console.log(`engine ${engine}, ${rounds} rounds, seed ${seed}`)
  if (engine === 'postgres') makeDatabases()
  const account = command('account', 'create', '--email', 'kill9@example.com', '--plan', 'unlimited').account_id
  key = command('key', 'create', '--account', String(account), '--name', 'kill9').key
  let sum = 0
  let unanswered = 0
  await start()
  for (let round = 1; round <= rounds; ++round) {
    // A second of grace: the filter has seconds.
    const since = new Date(Date.now() - 1000).toISOString().replace(/\.\d+Z$/, '+00:00')
    const acknowledged = new Map()
    const loading = load(round, acknowledged)
    const wait = earliest + Math.floor(random() * (latest - earliest))
    await Promise.race([sleep(wait / 2), loading])
    // Somebody uses the command line meanwhile: a second process on the same database, which comes and goes.
    const beside = new Promise((done) => spawn(binary, ['account', 'list'], { env: environment, stdio: 'ignore' }).once('exit', done))
    await Promise.race([sleep(wait / 2), loading])
    assert.equal(child.exitCode, null, `the server ended by itself:\n${logTail()}`)
    child.kill('SIGKILL')
    const also = crashEngine(round)
    await Promise.all([child.ended, loading, beside])
    await start()
    const extra = await check(acknowledged, round, since, sum + unanswered)
    console.log(`round ${round}: killed after ${wait} ms${also}; ${acknowledged.size} acknowledged, all there, and ${extra} more`)
    sum += acknowledged.size
    unanswered += extra
  }
  assert.ok(sum > 0, 'nothing was ever acknowledged')
  // All rounds together, once more: nothing came back, nothing went. Pages far behind are slow, so not without end.
  const all = sum + unanswered
  if (all <= 50_000) assert.equal((await list('', all)).size, all)
  child.kill('SIGTERM')
  assert.equal(await child.ended, 0, `the server did not end well:\n${logTail()}`)
  child = null
  assert.doesNotMatch(readFileSync(logFile, 'utf8'), /Österreicher|fragile|@example\.com/, 'the log holds what is personal')
  console.log(`${sum} acknowledged in ${rounds} rounds, none lost`)
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error instanceof assert.AssertionError ? `FAILED: ${error.message}` : error)
    process.exit(1)
  },
)

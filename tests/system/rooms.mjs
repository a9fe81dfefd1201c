// Where an account itself is told, and how it speaks: an ntfy topic on this machine that is added, tried, told of a parcel,
// paused and removed; and a voice that signs the customers' mails. By API, command line and account page. See rooms.sh.
import assert from 'node:assert/strict'
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { Milepost, binary, sleep } from '../sdk/server.mjs'

const peer = { notices: [], status: 200 }
const secret = 'a-topic-that-nobody-guesses'
let milepost, door, address
const account = () => ['--account', String(milepost.ids.shop)]
const own = (method, target, body, key = milepost.keys.shop) => milepost.call(method, `/own${target}`, { key, body })

function listenNtfy() {
  peer.server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (piece) => (body += piece))
    request.on('end', () => {
      peer.notices.push(JSON.parse(body))
      response.writeHead(peer.status, { 'Content-Type': 'application/json' })
      response.end('{}')
    })
  })
  return new Promise((done) => peer.server.listen(0, '127.0.0.1', done))
}

before(async () => {
  await listenNtfy()
  address = `http://127.0.0.1:${peer.server.address().port}/${secret}`
  milepost = await Milepost.start({
    accounts: { shop: 'unlimited', other: 'unlimited' },
    config: ['[chat]', 'private_addresses = true'],
  })
  door = milepost.command('inbound', 'add', ...account(), '--connector', 'aftership', '--verify', 'header')
})
after(async () => {
  await milepost?.stop()
  peer.server?.close()
  peer.server?.closeAllConnections()
})

async function until(what, look, milliseconds = 10_000) {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(50)) {
    const found = await look()
    if (found) return found
  }
  assert.fail(`not within ${milliseconds / 1000} s: ${what}\n${milepost.log().split('\n').slice(-15).join('\n')}`)
}

const number = '1Z999AA10123456784'
const checkpoints = []
async function happens(tag, subtag) {
  const at = new Date(Date.now() - 1800_000 + checkpoints.length * 60_000).toISOString().slice(0, 19) + '+00:00'
  checkpoints.push({ checkpoint_time: at, city: 'Utrecht', country_region: 'NLD', message: tag, tag, subtag, slug: 'ups' })
  const told = await milepost.call('POST', door.path, {
    headers: { Authorization: `Bearer ${door.secret}` },
    body: { meta: { code: 200 }, data: { tracking: { tracking_number: number, slug: 'ups', tag, subtag, checkpoints } } },
  })
  assert.equal(told.status, 200)
}

test('a room is added, and its address is never shown again', async () => {
  for (const [body, status] of [
    [{ channel: 'email', address: 'a@b.example' }, 422],
    [{ channel: 'telegram', address: '5' }, 422], // nobody has set it up
    [{ channel: 'ntfy', address: 'no address' }, 422],
    [{ channel: 'ntfy' }, 422],
    [{ channel: 'ntfy', address, language: 'tlh' }, 422],
    [{ channel: 'ntfy', address, colour: 'red' }, 422],
  ]) assert.equal((await own('POST', '/rooms', body)).status, status, JSON.stringify(body))
  const made = await own('POST', '/rooms', { channel: 'ntfy', address, description: '#parcels', language: 'nl' })
  assert.equal(made.status, 201, made.text)
  assert.equal(made.json.number, 1)
  assert.equal(made.json.state, 'active')
  const list = await own('GET', '/rooms')
  assert.deepEqual(list.json.rooms.map(({ number, description }) => [number, description]), [[1, '#parcels']])
  assert.ok(list.json.channels.some(({ channel }) => channel === 'ntfy'))
  const printed = execFileSync(binary, ['notify', 'rooms', 'list', ...account(), ...milepost.place], { encoding: 'utf8' })
  for (const answer of [made.text, list.text, printed, milepost.log()]) assert.ok(!answer.includes(secret), 'the address came out')
  assert.equal((await own('GET', '/rooms/1', undefined, milepost.keys.other)).status, 404, 'another account sees nothing')
  assert.equal((await own('POST', '/rooms/1/test', {}, milepost.keys.other)).status, 404)
  assert.equal(peer.notices.length, 0)
})

test('nothing on disk has the address in clear', () => {
  const files = (folder) => readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name)
    return statSync(file).isDirectory() ? files(file) : [file]
  })
  for (const file of files(path.join(milepost.folder, 'data'))) assert.ok(!readFileSync(file).includes(secret), file)
})

test('the test button really sends, and says what came of it', async () => {
  const taken = await own('POST', '/rooms/1/test')
  assert.equal(taken.json.outcome, 'accepted', taken.text)
  assert.equal(peer.notices.at(-1).topic, secret)
  assert.match(peer.notices.at(-1).message, /test message/)
  // The peer is this process: it must not be waited for with closed ears.
  const { stdout } = await promisify(execFile)(binary, ['notify', 'rooms', 'test', ...account(), '--room', '1', ...milepost.place, '--json'])
  assert.equal(JSON.parse(stdout).outcome, 'accepted')
  assert.equal(peer.notices.length, 2)
  peer.status = 503
  assert.equal((await own('POST', '/rooms/1/test')).json.outcome, 'later')
  peer.status = 200
})

test('it hears of a parcel, not while it is paused, and again afterwards', async () => {
  const created = await milepost.call('POST', '/v4/trackings/create', {
    key: milepost.keys.shop,
    body: { tracking_number: number, courier_code: 'ups', title: 'Bureaulamp', destination_country: 'NL' },
  })
  assert.equal(created.status, 200, created.text)
  assert.equal((await own('PUT', '/messages/settings', { matrix: { ntfy: { out_for_delivery: 'on', exception: 'on', delivered: 'on' } } })).status, 200)
  const before = peer.notices.length
  await happens('OutForDelivery', 'OutForDelivery_001')
  await until('the first news', () => peer.notices.length === before + 1)
  assert.match(JSON.stringify(peer.notices.at(-1)), /pakket|Bureaulamp/i)
  assert.equal((await own('POST', '/rooms/1/pause')).json.state, 'disabled')
  assert.equal(milepost.command('notify', 'rooms', 'resume', ...account(), '--room', '1').done, true)
  await happens('Delivered', 'Delivered_001')
  await until('the news after it', () => peer.notices.length === before + 2)
  assert.equal((await own('GET', '/rooms/1')).json.last_outcome, 'http 200')
})

test('a room that is removed takes its key along, and its number does not come back', async () => {
  assert.equal((await own('DELETE', '/rooms/1')).status, 200)
  assert.equal((await own('DELETE', '/rooms/1')).status, 404)
  const file = path.join(milepost.folder, 'address')
  writeFileSync(file, address + '\n', { mode: 0o600 })
  const again = milepost.command('notify', 'rooms', 'add', ...account(), '--channel', 'ntfy', '--address-file', file)
  assert.ok(again.number > 1, `number ${again.number}`)
  assert.equal((await own('DELETE', `/rooms/${again.number}`)).status, 200)
})

test('a voice is said, refused with a reason, and given back', async () => {
  assert.equal((await own('GET', '/voice')).json.is_own, false)
  for (const [body, why] of [
    [{ name: '' }, /sign/], [{ name: 'Blom', colour: 'green' }, /#0b6e4f/], [{ name: 'Blom', contact: 'somewhere' }, /contact/],
    [{ name: 'Blom', logo: 'https://tracker.example/p.gif' }, /elsewhere/], [{ name: 'Blom', language: 'tlh' }, /language/],
    [{ name: 'Blom', still_days: 900 }, /days/], [{ name: 'A\r\nBcc: b@c.example' }, /line/], [{ tone: 'loud' }, /there is no "tone"/],
  ]) {
    const refused = await own('PUT', '/voice', body)
    assert.equal(refused.status, 422, JSON.stringify(body))
    assert.match(refused.json.error.message, why)
  }
  const said = await own('PUT', '/voice', { name: 'Atelier Blom', contact: 'hallo@blom.example', colour: '#0b6e4f', language: 'nl' })
  assert.equal(said.status, 200, said.text)
  const preview = await own('POST', '/messages/preview', { trigger: 'delivered', language: 'nl' })
  assert.match(preview.json.text, /Atelier Blom/)
  assert.equal(milepost.command('notify', 'voice', ...account(), '--still-days', '9').still_days, 9)
  assert.equal((await own('GET', '/voice')).json.name, 'Atelier Blom', 'what is left out stays')
  const wrong = spawnSync(binary, ['notify', 'voice', ...account(), '--colour', 'green', ...milepost.place], { encoding: 'utf8' })
  assert.equal(wrong.status, 1)
  assert.equal((await own('DELETE', '/voice')).status, 200)
  assert.equal((await own('GET', '/voice')).json.is_own, false)
})

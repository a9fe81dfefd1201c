// Everything that leaves the program in a parcel's life is caught on the way: questions to the carrier, mail, a shop's
// webhook. Then the person asks who was told, and the answer must be what was caught: nobody more, nobody less, as often.
// And what is in no register of processors is told nothing at all. See disclosed.sh.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { Milepost, binary, freePort, sleep } from '../sdk/server.mjs'

const buyer = 'annelies.devries@example.com', other = 'pieter.bakker@example.com'
let simulator, carrier, relay, receiver, milepost, parcel, bystander
// What was caught on its way out: who it went to, and the bytes.
const caught = []

const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)))

// In front of the simulated carrier: passes everything on, and keeps what was asked.
function carrierInFront(origin) {
  return http.createServer((request, response) => {
    const pieces = []
    request.on('data', (piece) => pieces.push(piece))
    request.on('end', async () => {
      const body = Buffer.concat(pieces)
      caught.push({ to: 'carrier', bytes: `${request.method} ${request.url}\n${JSON.stringify(request.headers)}\n${body}` })
      const { host, connection, 'content-length': _, 'transfer-encoding': __, 'accept-encoding': ___, ...headers } = request.headers
      const answer = await fetch(origin + request.url, {
        method: request.method, headers, body: ['GET', 'HEAD'].includes(request.method) ? undefined : body,
      })
      const text = Buffer.from(await answer.arrayBuffer())
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
      response.end(text)
    })
  })
}

// A mail server of the fewest words; a message is caught when its last line has come.
function mailServer() {
  return net.createServer((socket) => {
    let inData = false, message = ''
    socket.setEncoding('utf8')
    socket.on('error', () => {})
    socket.write('220 relay.test ESMTP\r\n')
    let rest = ''
    socket.on('data', (piece) => {
      rest += piece
      for (let end; (end = rest.indexOf('\r\n')) >= 0; rest = rest.slice(end + 2)) {
        const line = rest.slice(0, end)
        if (inData) {
          if (line !== '.') { message += line + '\n'; continue }
          inData = false
          caught.push({ to: 'relay', bytes: message })
          message = ''
          socket.write('250 taken\r\n')
        } else if (/^EHLO/i.test(line)) socket.write('250-relay.test\r\n250 8BITMIME\r\n')
        else if (/^DATA/i.test(line)) { inData = true; socket.write('354 go on\r\n') }
        else if (/^QUIT/i.test(line)) { socket.end('221 bye\r\n') }
        else { if (/^RCPT/i.test(line)) message = line + '\n'; socket.write('250 good\r\n') }
      }
    })
  })
}

const shownParcels = 40
before(async () => {
  const simulated = await freePort()
  simulator = spawn(binary, ['--json', 'simulate', '--port', String(simulated), '--carrier', 'ups', '--show', String(shownParcels)], { stdio: ['ignore', 'pipe', 'inherit'] })
  process.once('exit', () => simulator.kill('SIGKILL'))
  let shown = ''
  const lines = await new Promise((done) => simulator.stdout.on('data', (piece) => {
    shown += piece
    if (shown.split('\n').length > shownParcels) done(shown.split('\n').slice(0, shownParcels))
  }))
  // The simulated world goes by the clock of the wall: of a parcel that is not handed over yet there is nothing to tell.
  ;[parcel, bystander] = lines.map((line) => JSON.parse(line)).filter(({ status }) => status !== 'not handed over')
  assert.ok(bystander, shown)
  const base = new URL(parcel.base)
  carrier = carrierInFront(base.origin)
  relay = mailServer()
  receiver = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (piece) => (body += piece))
    request.on('end', () => { caught.push({ to: 'webhook', bytes: body }); response.end('200') })
  })
  const [carrierPort, relayPort] = [await listen(carrier), await listen(relay)]
  await listen(receiver)
  milepost = await Milepost.start({
    accounts: { shop: 'unlimited' },
    config: [
      '[mail]', `relays = "smtp://127.0.0.1:${relayPort}"`, 'from = "Atelier Blom <parcels@blom.example>"',
      '[notify]', 'private_webhooks = true',
      '[carriers.ups]', 'client_id = "i"', 'client_secret = "s"', `base = "http://127.0.0.1:${carrierPort}${base.pathname === '/' ? '' : base.pathname}"`,
    ],
  })
})
after(async () => {
  await milepost?.stop()
  simulator?.kill()
  for (const server of [carrier, relay, receiver]) server?.close()
  carrier?.closeAllConnections()
  receiver?.closeAllConnections()
})

async function until(what, look, milliseconds = 20_000) {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(100)) {
    const found = await look()
    if (found) return found
  }
  assert.fail(`not within ${milliseconds / 1000} s: ${what}; caught ${JSON.stringify(caught.map(({ to }) => to))}`)
}
const about = (to, word) => caught.filter((one) => one.to === to && one.bytes.includes(word))
const access = (address) => JSON.parse(execFileSync(binary, ['privacy', 'access', '--address', address, ...milepost.place], { encoding: 'utf8' }))
const create = (number, customer_name, customer_email, title) => milepost.call('POST', '/v4/trackings/create', {
  key: milepost.keys.shop, body: { tracking_number: number, courier_code: 'ups', customer_name, customer_email, title, language: 'nl' },
})

// clause-078.list clause-079a.list
test('the list that a person sees is what left: carrier, relay and webhook, each as often as it was', async () => {
  const hook = await fetch(`${milepost.origin}/own/webhooks`, {
    method: 'POST', headers: { Authorization: `Bearer ${milepost.keys.shop}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ url: `http://127.0.0.1:${receiver.address().port}/hook` }),
  })
  assert.equal(hook.status, 201)
  for (const answer of [await create(parcel.tracking_number, 'Annelies de Vries', buyer, 'Bureaulamp'), await create(bystander.tracking_number, 'Pieter Bakker', other, 'Fietsbel')]) {
    assert.equal(answer.json.meta.code, 200, answer.text)
  }
  await until('the carrier was asked about both', () => about('carrier', parcel.tracking_number).length && about('carrier', bystander.tracking_number).length)
  await until('the webhook of both', () => about('webhook', parcel.tracking_number).length && about('webhook', bystander.tracking_number).length)
  const sides = (address, number) => {
    const leaving = () => ({
      carrier: about('carrier', number).length,
      relay: caught.filter((one) => one.to === 'relay' && one.bytes.startsWith('RCPT') && one.bytes.split('\n')[0].includes(address)).length,
      webhook: about('webhook', number).length,
    })
    const left = leaving()
    const told = access(address).recipients
    const times = (test) => told.filter(({ name }) => test(name)).reduce((sum, one) => sum + one.times, 0)
    const listed = {
      carrier: times((name) => name === 'ups'),
      relay: times((name) => name.endsWith('(mail relay)')),
      webhook: times((name) => name.includes('webhook')),
    }
    return { told, left, listed, isQuiet: isDeepStrictEqual(left, leaving()) }
  }
  for (const [address, number] of [[buyer, parcel.tracking_number], [other, bystander.tracking_number]]) {
    // A message is entered into the list before it leaves and caught after it, and the machine may be slow: both sides are
    // looked at until they agree and nothing left meanwhile. One that is missing on either side stays missing.
    let last, before
    for (const end = Date.now() + 40_000; Date.now() < end; await sleep(1500)) {
      before = last
      last = sides(address, number)
      const agrees = last.isQuiet && isDeepStrictEqual(last.listed, last.left)
      if (agrees && isDeepStrictEqual(last.left, before?.left)) break
    }
    const { told, left, listed } = last
    assert.deepEqual(listed, left, `${address}: listed ${JSON.stringify(told)}`)
    // And nobody is in it to whom nothing went.
    assert.equal(told.length, Object.values(left).filter((n) => n > 0).length, JSON.stringify(told))
  }
})

// clause-079a.declared
test('the carrier learned the number and nothing else of the person', () => {
  for (const { bytes } of caught.filter(({ to }) => to === 'carrier')) {
    for (const word of ['Annelies', 'devries', 'Bureaulamp', 'Pieter', 'bakker', 'Fietsbel']) assert.ok(!bytes.includes(word), `${word} went to the carrier`)
  }
})

test('a host that is in no register is told nothing, and the log says what to write', async () => {
  const file = path.join(milepost.folder, 'own.toml')
  writeFileSync(file, '[[processor]]\nname = "Nowhere"\nhosts = ["relay.nowhere.test"]\ncountry = "US"\nsafeguard = ""\npurpose = "Notify"\n')
  const instance = await Milepost.start({
    accounts: { shop: 'unlimited' },
    config: ['[mail]', 'relays = "smtp://relay.nowhere.test"', 'from = "Shop <parcels@shop.example>"', '[outgoing]', `processors = "${file}"`],
  })
  try {
    const log = await until('the refusal in the log', () => {
      const text = instance.log()
      return text.includes('egress.refused') && text
    })
    assert.match(log, /own\.toml:1: Nowhere names no safeguard/)
    assert.match(log, /relay\.nowhere\.test/)
    assert.match(log, /outgoing\.processors/)
  } finally {
    await instance.stop()
  }
})

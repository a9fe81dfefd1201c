// What comes back from those who were told: a mailbox that is gone (RFC 3464), a reader who calls it spam (RFC 5965), and
// STOP by SMS. Each ends in silence. See answers.sh.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import http from 'node:http'
import net from 'node:net'
import { after, before, test } from 'node:test'
import { Milepost, freePort, sleep } from '../sdk/server.mjs'

const relay = { port: 0, mails: [] }
const provider = { messages: [] }
const token = 'twilio-auth-token'
let milepost, door, bouncePort

// A relay that takes everything, and remembers whom it was told.
function listenSmtp() {
  relay.server = net.createServer((socket) => {
    let mail = {}, inData = false, buffer = ''
    socket.setEncoding('utf8')
    socket.on('error', () => {})
    socket.write('220 relay.example ESMTP\r\n')
    socket.on('data', (piece) => {
      buffer += piece
      for (;;) {
        if (inData) {
          const end = buffer.indexOf('\r\n.\r\n')
          if (end < 0) return
          relay.mails.push({ ...mail, text: buffer.slice(0, end) })
          buffer = buffer.slice(end + 5)
          inData = false
          socket.write('250 2.0.0 taken\r\n')
          continue
        }
        const end = buffer.indexOf('\r\n')
        if (end < 0) return
        const line = buffer.slice(0, end)
        buffer = buffer.slice(end + 2)
        const word = line.slice(0, 4).toUpperCase()
        if (word === 'MAIL') mail = { from: /<([^>]*)>/.exec(line)[1] }
        if (word === 'RCPT') mail.to = /<([^>]*)>/.exec(line)[1]
        if (word === 'DATA') {
          inData = true
          socket.write('354 go on\r\n')
        } else if (word === 'QUIT') socket.end('221 bye\r\n')
        else socket.write('250 ok\r\n')
      }
    })
  })
  return new Promise((done) => relay.server.listen(0, '127.0.0.1', () => {
    relay.port = relay.server.address().port
    done()
  }))
}

// The provider's side of Programmable Messaging.
function listenTwilio() {
  provider.server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (piece) => (body += piece))
    request.on('end', () => {
      provider.messages.push({ path: request.url, authorization: request.headers.authorization, ...Object.fromEntries(new URLSearchParams(body)) })
      response.writeHead(201, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify({ sid: `SM${provider.messages.length}`, status: 'queued' }))
    })
  })
  return new Promise((done) => provider.server.listen(0, '127.0.0.1', done))
}

before(async () => {
  await Promise.all([listenSmtp(), listenTwilio()])
  bouncePort = await freePort()
  milepost = await Milepost.start({
    accounts: { shop: 'unlimited' },
    config: (port) => [
      `public_url = "http://127.0.0.1:${port}"`,
      '[mail]', `relays = "smtp://127.0.0.1:${relay.port}?tls=none"`, 'from = "Atelier Blom <parcels@blom.example>"',
      'bounce_domain = "bounces.blom.example"', `bounce_listen = "127.0.0.1:${bouncePort}"`,
      '[notify]', 'private_webhooks = true',
      '[sms]', 'provider = "twilio"', 'account = "AC0123"', `secret = "${token}"`, 'from = "+3197010240000"',
      'from_by_country = "DE=+4915735980000"', `gateway = "http://127.0.0.1:${provider.server.address().port}"`,
      'prices = "NL=0.08, DE=0.10"', 'cap_per_day = "2.00"',
    ],
  })
  door = milepost.command('inbound', 'add', '--account', String(milepost.ids.shop), '--connector', 'aftership', '--verify', 'header')
})
after(async () => {
  await milepost?.stop()
  relay.server?.close()
  provider.server?.close()
  provider.server?.closeAllConnections()
})

async function until(what, look, milliseconds = 10_000) {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(50)) {
    const found = await look()
    if (found) return found
  }
  assert.fail(`not within ${milliseconds / 1000} s: ${what}\n${milepost.log().split('\n').slice(-15).join('\n')}`)
}

let parcels = 0
// The check digit of a UPS number: letters count as two each, every second one doubled.
function upsNumber() {
  const serial = String(10_000_000 + ++parcels).padStart(8, '0')
  const body = '999AA101' + serial.slice(1)
  const sum = [...body].reduce((s, c, i) => {
    const value = /\d/.test(c) ? Number(c) : (c.charCodeAt(0) - 63) % 10
    return s + (i % 2 ? 2 * value : value)
  }, 0)
  return `1Z${body}${(10 - (sum % 10)) % 10}`
}

async function parcelFor(contact) {
  const number = upsNumber()
  const answer = await milepost.call('POST', '/v4/trackings/create', {
    key: milepost.keys.shop,
    body: { tracking_number: number, courier_code: 'ups', customer_name: 'Annelies de Vries', language: 'nl', title: 'Lamp', destination_country: 'NL', ...contact },
  })
  assert.equal(answer.status, 200, answer.text)
  const checkpoints = []
  return async (tag, subtag) => {
    const at = new Date(Date.now() - 1800_000 + checkpoints.length * 60_000).toISOString().slice(0, 19) + '+00:00'
    checkpoints.push({ checkpoint_time: at, city: 'Utrecht', country_region: 'NLD', message: tag, tag, subtag, slug: 'ups' })
    const told = await milepost.call('POST', door.path, {
      headers: { Authorization: `Bearer ${door.secret}` },
      body: { meta: { code: 200 }, data: { tracking: { tracking_number: number, slug: 'ups', tag, subtag, checkpoints } } },
    })
    assert.equal(told.status, 200)
  }
}

// Speaks SMTP with the door; gives back its answer to each line.
async function hand(to, message) {
  const socket = net.connect(bouncePort, '127.0.0.1')
  socket.setEncoding('utf8')
  const said = []
  let buffer = '', wake = () => {}
  socket.on('data', (piece) => {
    buffer += piece
    wake()
  })
  const answer = async () => {
    while (!/^\d{3} .*\r\n/m.test(buffer)) await new Promise((done) => (wake = done))
    said.push(buffer.trim())
    buffer = ''
  }
  await answer()
  for (const line of ['HELO mx.example', 'MAIL FROM:<>', `RCPT TO:<${to}>`]) {
    socket.write(line + '\r\n')
    await answer()
  }
  if (said.at(-1).startsWith('250')) {
    socket.write('DATA\r\n')
    await answer()
    socket.write(message.replaceAll('\n', '\r\n') + '\r\n.\r\n')
    await answer()
  }
  socket.end('QUIT\r\n')
  return said.at(-1)
}

const dsn = `From: mailer-daemon@mx.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

There is nobody of that name here.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; somebody@example.com
Action: failed
Status: 5.1.1
--b--
`
const arf = `From: feedback@mailbox.example
Subject: Complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

A reader called this spam.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Mailbox/1
Version: 1
--b
Content-Type: message/rfc822

Subject: what it was about

x
--b--
`

for (const [what, report] of [['a report that the mailbox is gone', dsn], ['a reader who calls it spam', arf]]) {
  test(`${what} ends the mail to that address`, async () => {
    const email = `reader${parcels}@example.com`
    const to = (mail) => mail.to === email
    const happens = await parcelFor({ customer_email: email })
    await happens('OutForDelivery', 'OutForDelivery_001')
    const first = await until('a mail', () => relay.mails.find(to))
    assert.match(first.from, /^b\+[0-9a-f]{32}\.[^@]+@bounces\.blom\.example$/)
    assert.match(await hand('b+00000000000000000000000000000000.aaaa@bounces.blom.example', report), /^550/, 'nobody else can say so')
    assert.match(await hand(first.from, report), /^250/)
    const other = await parcelFor({ customer_email: `other${parcels}@example.com` })
    await happens('Delivered', 'Delivered_001')
    await other('Delivered', 'Delivered_001')
    // Somebody else's, queued after it, has left: this one would have, too.
    await until("somebody else's mail", () => relay.mails.some((mail) => mail.to.startsWith('other') && mail.to !== email))
    await sleep(500)
    assert.equal(relay.mails.filter(to).length, 1, 'silence')
  })
}

const signed = (fields, url = `${milepost.origin}/sms/callback`) => {
  const said = url + Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => name + value).join('')
  return createHmac('sha1', token).update(said).digest('base64')
}
const answerBySms = (fields, signature, path = '/sms/callback') =>
  milepost.call('POST', path, {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': signature },
    body: new URLSearchParams(fields).toString(),
  })

test('a text message costs what the country costs, comes from its sender, and STOP ends it', async () => {
  milepost.command('notify', 'matrix', 'set', '--account', String(milepost.ids.shop), '--channel', 'sms', '--triggers', 'out_for_delivery,delivered,failed_attempt', '--cell', 'on')
  const dutch = '+31612345678', german = '+4915112345678'
  const happens = await parcelFor({ customer_sms: dutch })
  const abroad = await parcelFor({ customer_sms: german })
  await happens('OutForDelivery', 'OutForDelivery_001')
  await abroad('OutForDelivery', 'OutForDelivery_001')
  await until('two messages', () => provider.messages.length === 2)
  const [toDutch, toGerman] = [dutch, german].map((number) => provider.messages.find(({ To }) => To === number))
  assert.equal(toDutch.From, '+3197010240000')
  assert.equal(toGerman.From, '+4915735980000')
  assert.equal(toDutch.path, '/2010-04-01/Accounts/AC0123/Messages.json')
  assert.match(toDutch.Body, /pakket/)
  const spent = milepost.command('notify', 'spent', '--account', String(milepost.ids.shop))
  assert.equal(spent.messages, 2)
  assert.ok(spent.segments >= 2)
  // Dutch segments at 0.08, German ones at 0.10, in millionths.
  assert.ok(spent.money >= 180_000 && spent.money % 20_000 === 0, `spent ${spent.money}`)

  const fields = { MessageSid: 'SM77', From: dutch, To: '+3197010240000', Body: 'stoppen', SmsStatus: 'received' }
  assert.equal((await answerBySms(fields, 'not signed')).status, 403)
  assert.equal((await answerBySms({ ...fields, From: german }, signed(fields))).status, 403)
  const taken = await answerBySms(fields, signed(fields))
  assert.equal(taken.status, 200)
  await happens('Delivered', 'Delivered_001')
  await abroad('Delivered', 'Delivered_001')
  await until('the other message', () => provider.messages.filter(({ To }) => To === german).length === 2)
  await sleep(500)
  assert.equal(provider.messages.filter(({ To }) => To === dutch).length, 1, 'silence')
})

// The report comes to the address that the message gave, signed; what stands in it is signed, too.
test('a report that a number does not exist ends the messages to it, one that a telephone is off does not', async () => {
  const unknown = '+31612345600', off = '+31612345601'
  const steps = [await parcelFor({ customer_sms: unknown }), await parcelFor({ customer_sms: off })]
  for (const happens of steps) await happens('OutForDelivery', 'OutForDelivery_001')
  const sentTo = (number) => provider.messages.filter(({ To }) => To === number)
  await until('a message to each', () => [unknown, off].every((number) => sentTo(number).length === 1))
  const report = async (number, code, other = {}) => {
    const { StatusCallback: url } = sentTo(number)[0]
    assert.match(url, /\/sms\/callback\?message=[0-9a-f]{32}$/)
    const fields = { MessageSid: 'SM78', MessageStatus: 'undelivered', ErrorCode: code, To: number, From: '+3197010240000' }
    return (await answerBySms(fields, other.signature ?? signed(fields, other.url ?? url), new URL(url).pathname + new URL(url).search)).status
  }
  assert.equal(await report(off, '30005', { signature: 'not signed' }), 403)
  assert.equal(await report(off, '30005', { url: sentTo(unknown)[0].StatusCallback }), 403, 'signed for another message')
  assert.equal(await report(unknown, '30005'), 200)
  assert.equal(await report(off, '30003'), 200)
  for (const happens of steps) await happens('Delivered', 'Delivered_001')
  await until('the next message to the telephone that was off', () => sentTo(off).length === 2)
  await sleep(500)
  assert.equal(sentTo(unknown).length, 1, 'silence')
  assert.match(milepost.log(), /sms\.not_delivered/)
})

test('the day\'s cap holds, and e-mail is not what it keeps back', async () => {
  const before = provider.messages.length
  const steps = []
  for (let i = 0; i < 10; ++i) steps.push(await parcelFor({ customer_sms: `+3161234500${i}`, customer_email: `reader${i}@mail.example` }))
  for (const happens of steps) await happens('Delivered', 'Delivered_001')
  await until('a message by mail to each', () => relay.mails.filter(({ to }) => to.endsWith('@mail.example')).length === 10, 20_000)
  const account = String(milepost.ids.shop)
  await until('the cap', () => milepost.command('notify', 'spent', '--account', account).money > 1_500_000, 20_000)
  await sleep(1500)
  const sent = provider.messages.length - before
  const spent = milepost.command('notify', 'spent', '--account', String(milepost.ids.shop))
  assert.ok(sent > 0 && sent < 10, `${sent} of 10 were sent`)
  assert.ok(spent.money <= 2_000_000 && spent.money > 1_500_000, `spent ${spent.money}`)
})

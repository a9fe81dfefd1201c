// What Milepost writes, read by others: mailparser for its form, mailauth for its signatures. Started by run.sh.
import './file.mjs'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { before, test } from 'node:test'
import { file, json, run, start } from './milepost.mjs'

const require = createRequire(import.meta.url)
const { simpleParser } = require('mailparser')
const { authenticate } = require('mailauth')

const mail = { relays: 'smtp://127.0.0.1:1', from: '"Größe & Söhne" <parcels@shop.example>', reply_to: 'help@shop.example', bounce_domain: 'bounces.shop.example',
  dkim_key: file('dkim.pem'), dkim_ed25519_key: file('ed.pem') }
const text = 'Grüezi\n\n.\n..two dots\nFrom here on\ntrailing blanks  \n' + 'a long line '.repeat(60) + '\n漢字 العربية 📦\n=3D is not an equals sign\n'
const html = '<!doctype html><html><body><p>Grüezi</p><p><a href="https://shop.example/track?a=1&amp;b=2">Wo ist es?</a> 📦 ' + 'x'.repeat(1200) + '</p><img alt="" src="cid:picture@milepost"></body></html>\n'
const subject = 'Ihr Paket "Lampe, Léon" kommt morgen zwischen 10:15 und 12:15 Uhr an – 荷物が届きます 📦'
const picture = randomBytes(5000), attachment = randomBytes(70_000)

before(async () => {
  assert.equal((await run(['mail', 'key', file('dkim.pem')])).code, 0)
  assert.equal((await run(['mail', 'key', '--ed25519', file('ed.pem')])).code, 0)
  file('text', text), file('html', html), file('picture', picture), file('attachment', attachment)
})

async function written(...more) {
  const { code, bytes, err } = await run(['mail', 'test', '--print', '--to', 'Zoë 山田 <zoe@example.com>', '--subject', subject, '--text', file('text'), '--html', file('html'),
    '--thread', 'shipment-1', '--unsubscribe', 'https://track.shop.example/u/abc', ...more], mail)
  assert.equal(code, 0, err)
  return bytes
}

test('another reader sees what was written', async () => {
  const message = await simpleParser(await written('--picture', file('picture'), '--attachment', file('attachment')), { skipImageLinks: true })
  assert.equal(message.subject, subject)
  assert.deepEqual(message.from.value, [{ name: 'Größe & Söhne', address: 'parcels@shop.example' }])
  assert.deepEqual(message.to.value, [{ name: 'Zoë 山田', address: 'zoe@example.com' }])
  assert.equal(message.replyTo.value[0].address, 'help@shop.example')
  assert.equal(message.text, text)
  assert.equal(message.html, html)
  assert.ok(Math.abs(message.date - Date.now()) < 60_000)
  assert.deepEqual(message.headers.get('list').unsubscribe, { url: 'https://track.shop.example/u/abc' })
  assert.equal(message.headers.get('auto-submitted'), 'auto-generated')
  assert.equal(message.headers.get('content-language'), 'en')
  assert.equal(message.references, message.inReplyTo)
  const [inline, other] = message.attachments
  assert.deepEqual([inline.contentId, inline.related, inline.contentType], ['<picture@milepost>', true, 'image/png'])
  assert.deepEqual(inline.content, picture)
  assert.deepEqual([other.filename, other.contentType], ['attachment.bin', 'application/octet-stream'])
  assert.deepEqual(other.content, attachment)
})

test('no line is longer than 76 characters, and all of it is ASCII with CRLF', async () => {
  const bytes = await written('--picture', file('picture'))
  for (const line of bytes.toString('latin1').split('\r\n')) {
    assert.ok(line.length <= 76, line)
    assert.match(line, /^[\t -~]*$/)
  }
})

// Nothing was added that tells anybody of the reading, and no link leads elsewhere than it was written to.
// clause-131.lint
test('the HTML is what was given: no picture from elsewhere, no link rewritten', async () => {
  const message = await simpleParser(await written('--picture', file('picture')), { skipImageLinks: true })
  assert.equal(message.html, html)
  assert.doesNotMatch(message.html, /src\s*=\s*["']?(https?:)?\/\//i)
  assert.deepEqual([...message.html.matchAll(/href="([^"]*)"/g)].map((match) => match[1]), ['https://shop.example/track?a=1&amp;b=2'])
})

test('the same key is the same message', async () => {
  const ids = []
  for (const key of ['k1', 'k1', 'k2']) ids.push((await simpleParser(await written('--key', key))).messageId)
  assert.equal(ids[0], ids[1])
  assert.notEqual(ids[0], ids[2])
})

// ---- signatures ------------------------------------------------------------------------------------------------------

// A DNS of our own, with what the operator is told to put into it.
async function zone() {
  const records = await json(['mail', 'dns'], mail)
  return async (name, type) => {
    const found = records.filter((record) => record.name === name && record.type === type)
    if (found.length === 0) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' })
    return found.map(({ value }) => (type === 'TXT' ? [value.replace('include:RELAY', 'ip4:192.0.2.7')] : value))
  }
}
const judged = async (bytes, over = {}) =>
  authenticate(bytes, { ip: '192.0.2.7', helo: 'relay.example', sender: 'b+1.2@bounces.shop.example', mta: 'mx.example', resolver: await zone(), disableArc: true, disableBimi: true, ...over })
const verdicts = ({ dkim }) => Object.fromEntries(dkim.results.map((result) => [result.signingDomain ? `${result.algo}` : 'none', result.status.result]))

test('both signatures hold, aligned with the sender, and DMARC passes', async () => {
  const { dkim, spf, dmarc } = await judged(await written())
  assert.equal(dkim.results.length, 2)
  for (const result of dkim.results) {
    assert.equal(result.status.result, 'pass', JSON.stringify(result.status))
    assert.equal(result.status.aligned, 'shop.example')
    assert.equal(result.format, result.algo === 'rsa-sha256' ? 'relaxed/relaxed' : result.format)
  }
  assert.deepEqual(dkim.results.map(({ algo }) => algo).sort(), ['ed25519-sha256', 'rsa-sha256'])
  assert.equal(spf.status.result, 'pass')
  assert.equal(dmarc.status.result, 'pass')
})

test('whatever is changed on the way breaks them', async () => {
  const good = (await written()).toString('latin1')
  assert.deepEqual(verdicts(await judged(Buffer.from(good, 'latin1'))), { 'rsa-sha256': 'pass', 'ed25519-sha256': 'pass' })
  for (const [what, changed] of Object.entries({
    'a letter of the body': good.replace('Gr=C3=BCezi', 'Gr=C3=BCeza'),
    'something behind the body': good + 'Click here\r\n',
    'another subject': good.replace(/\r\nSubject: /, '\r\nSubject: Re: '),
    'a second From': good.replace('\r\nFrom: ', '\r\nFrom: <evil@else.example>\r\nFrom: '),
    'a second Subject': good.replace('\r\nTo: ', '\r\nSubject: You won\r\nTo: '),
    'another way to unsubscribe': good.replace('\r\nMIME-Version', '\r\nList-Unsubscribe: <https://else.example/>\r\nMIME-Version'),
    'another type': good.replace(/Content-Type: multipart\/alternative/, 'Content-Type: multipart/mixed'),
  })) {
    assert.notEqual(changed, good, what)
    const results = Object.values(verdicts(await judged(Buffer.from(changed, 'latin1'))))
    assert.ok(results.length > 0 && results.every((result) => result !== 'pass'), `${what}: ${results}`)
  }
})

test('a letter of the service, without a way to unsubscribe, cannot be given one', async () => {
  const { bytes } = await run(['mail', 'test', '--print', '--to', 'zoe@example.com'], mail)
  const given = Buffer.from(bytes.toString('latin1').replace('\r\nMIME-Version', '\r\nList-Unsubscribe: <https://else.example/>\r\nMIME-Version'), 'latin1')
  assert.deepEqual(verdicts(await judged(bytes)), { 'rsa-sha256': 'pass', 'ed25519-sha256': 'pass' })
  assert.deepEqual(new Set(Object.values(verdicts(await judged(given)))), new Set(['fail']))
})

// ---- the catcher -----------------------------------------------------------------------------------------------------

test('what is caught is shown, and finds nothing to complain about', async (t) => {
  const catcher = start(['mail', 'catch', '--port', '0', '--web', '0'])
  t.after(() => catcher.kill('SIGTERM'))
  let said = ''
  await new Promise((done) => catcher.stdout.on('data', (bytes) => /Ctrl-C/.test((said += bytes)) && done()))
  const relays = /smtp:\S+/.exec(said)[0]
  const page = /http:\S+/.exec(said)[0].replace('localhost', '127.0.0.1')
  const { code, out } = await run(['mail', 'test', '--to', 'zoe@example.com', '--subject', subject, '--text', file('text'), '--html', file('html'), '--picture', file('picture'),
    '--thread', 't', '--unsubscribe', 'https://track.shop.example/u/abc'], { ...mail, relays })
  assert.equal(code, 0, out)
  const list = await (await fetch(page)).text()
  assert.match(list, /1 message\./)
  assert.ok(list.includes('荷物が届きます'))
  const checks = await (await fetch(`${page}/1?view=checks`)).text()
  assert.doesNotMatch(checks, /<li class="bad">/)
  assert.match(checks, /Signed by its sender/)
  const body = await fetch(`${page}/1/html`)
  assert.match(body.headers.get('content-security-policy'), /^sandbox; default-src 'none'/)
  const shown = await body.text()
  assert.equal(shown, html.replace('cid:picture@milepost', `data:image/png;base64,${picture.toString('base64')}`).replaceAll('\n', '\r\n'))
  assert.equal((await fetch(`${page}/2`)).status, 404)
})

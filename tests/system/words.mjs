// What a shop says about its messages, and what becomes of it: matrices of account, shipment and recipient, several
// recipients, its own words, previews. Over the API and the command line; read in the mails that leave. See words.sh.
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { Milepost, binary, freePort, sleep } from '../sdk/server.mjs'

let catcher, catcherOrigin, milepost, door
const account = () => ['--account', String(milepost.ids.shop)]
const own = (method, target, body) => milepost.call(method, `/own${target}`, { key: milepost.keys.shop, body })

before(async () => {
  const [mailPort, webPort] = [await freePort(), await freePort()]
  catcher = spawn(binary, ['mail', 'catch', '--port', String(mailPort), '--web', String(webPort)], { stdio: 'ignore' })
  catcherOrigin = `http://127.0.0.1:${webPort}`
  milepost = await Milepost.start({
    accounts: { shop: 'unlimited', other: 'unlimited' },
    config: ['[mail]', `relays = "smtp://127.0.0.1:${mailPort}"`, 'from = "Atelier Blom <parcels@blom.example>"'],
  })
  door = milepost.command('inbound', 'add', ...account(), '--connector', 'aftership', '--verify', 'header')
})
after(async () => {
  await milepost?.stop()
  catcher?.kill()
})

async function until(what, look, milliseconds = 10_000) {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(50)) {
    const found = await look()
    if (found) return found
  }
  assert.fail(`not within ${milliseconds / 1000} s: ${what}\n${milepost.log().split('\n').slice(-15).join('\n')}`)
}

const page = async (target) => (await fetch(catcherOrigin + target)).text()
async function mails() {
  const list = await page('/demo/mail')
  const numbers = [...new Set([...list.matchAll(/\/demo\/mail\/(\d+)/g)].map(([, n]) => Number(n)))].sort((a, b) => a - b)
  return Promise.all(numbers.map(async (n) => ({
    text: await page(`/demo/mail/${n}?view=text`),
    source: (await page(`/demo/mail/${n}?view=source`)).replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
  })))
}
const to = (all, address) => all.filter(({ source }) => source.includes(`<${address}>`))

const numbers = ['1Z999AA10123456784', '1Z12345E0205271688']
async function parcel(email) {
  const number = numbers.shift()
  const made = await milepost.call('POST', '/v4/trackings/create', {
    key: milepost.keys.shop,
    body: { tracking_number: number, courier_code: 'ups', customer_name: 'Annelies de Vries', customer_email: email, language: 'nl', title: 'Bureaulamp', destination_country: 'NL' },
  })
  assert.equal(made.status, 200, made.text)
  const checkpoints = []
  const happens = async (tag, subtag) => {
    const at = new Date(Date.now() - 1800_000 + checkpoints.length * 60_000).toISOString().slice(0, 19) + '+00:00'
    checkpoints.push({ checkpoint_time: at, city: 'Utrecht', country_region: 'NLD', message: tag, tag, subtag, slug: 'ups' })
    const told = await milepost.call('POST', door.path, {
      headers: { Authorization: `Bearer ${door.secret}` },
      body: { meta: { code: 200 }, data: { tracking: { tracking_number: number, slug: 'ups', tag, subtag, checkpoints } } },
    })
    assert.equal(told.status, 200)
  }
  return { id: made.json.data.id, happens }
}

test('the linter keeps out what a service message may not be', async () => {
  for (const [blocks, rule] of [
    [{ intro: 'Beste {{klant}}' }, 'unknown-variable'],
    [{ extra: '{{#promotion}}Nu 10 % korting{{/promotion}}' }, 'promotional-block'],
    [{ intro: '<img src="https://tracker.example/p.gif" alt="x">' }, 'remote-image'],
    [{ footer: '<p>Groeten</p>' }, 'missing-unsubscribe'],
  ]) {
    const refused = await own('PUT', '/messages/templates/delivered/nl', blocks)
    assert.equal(refused.status, 422, refused.text)
    assert.ok(refused.json.error.findings.some((finding) => finding.rule === rule), `${rule}: ${refused.text}`)
  }
  assert.deepEqual((await own('GET', '/messages/templates')).json.templates, [])
})

test('several recipients are told, each by their own matrix, in their language and in the shop\'s own words', async () => {
  const { id, happens } = await parcel('annelies@example.com')
  const neighbour = milepost.command('notify', 'recipients', 'add', ...account(), '--shipment', id, '--role', 'neighbour', '--name', 'Nora Klein', '--email', 'nora@example.com', '--lang', 'de', '--zone', 'Europe/Berlin')
  assert.deepEqual(neighbour, { number: 1 })
  assert.equal((await own('POST', `/shipments/${id}/recipients`, { email: 'no address' })).status, 422)
  assert.equal((await own('PUT', `/shipments/${id}/recipients/0`, { email: 'other@example.com' })).status, 422, 'the customer is the shipment\'s')
  assert.equal((await own('PUT', `/shipments/${id}/recipients/1`, { matrix: { email: { out_for_delivery: 'off' } } })).status, 200)
  const other = await milepost.call('GET', `/own/shipments/${id}/recipients`, { key: milepost.keys.other })
  assert.equal(other.status, 404, 'another account sees nothing')

  const words = { subject: '{{shop}}: je {{parcel_title}} is er', intro: 'Veel plezier met je {{parcel_title}}!' }
  const saved = await own('PUT', '/messages/templates/delivered/nl', words)
  assert.equal(saved.status, 200, saved.text)
  assert.equal(saved.json.version, 1)

  const preview = await own('POST', '/messages/preview', { trigger: 'delivered', language: 'nl', shipment: id })
  assert.equal(preview.json.subject, 'Atelier Blom: je Bureaulamp is er')
  assert.match(preview.json.html, /Veel plezier met je Bureaulamp!/)
  const tried = await own('POST', '/messages/preview', { trigger: 'delivered', language: 'nl', shipment: id, blocks: { intro: 'Tot gauw.' } })
  assert.match(tried.json.text, /Tot gauw\./)
  assert.match(JSON.stringify(milepost.command('notify', 'preview', ...account(), '--trigger', 'delivered', '--lang', 'nl', '--shipment', id)), /Veel plezier met je Bureaulamp!/)

  await happens('OutForDelivery', 'OutForDelivery_001')
  await until('the first mail', async () => (await mails()).length === 1)
  await happens('Delivered', 'Delivered_001')
  const all = await until('three mails', async () => {
    const found = await mails()
    return found.length === 3 && found
  })
  assert.equal(to(all, 'annelies@example.com').length, 2)
  assert.match(to(all, 'annelies@example.com')[1].text, /Veel plezier met je Bureaulamp!/)
  const [german] = to(all, 'nora@example.com')
  assert.match(german.text, /Nora Klein/)
  assert.match(german.text, /Paket/)
  const listed = await own('GET', `/shipments/${id}/recipients`)
  assert.deepEqual(listed.json.recipients.map(({ number, role, language }) => [number, role, language]), [[0, 'customer', 'nl'], [1, 'neighbour', 'de']])
  assert.equal((await own('DELETE', `/shipments/${id}/recipients/1`)).status, 200)
  assert.equal((await own('DELETE', `/shipments/${id}/recipients/1`)).status, 404)
})

// clause-097.off
test('with every trigger off, a whole journey is silent', async () => {
  const before = (await mails()).length
  milepost.command('notify', 'matrix', 'set', ...account(), '--channel', 'email', '--cell', 'off')
  const said = await own('GET', '/messages/settings')
  assert.equal(said.json.counts.email.delivered, 'off')
  const { happens } = await parcel('silent@example.com')
  for (const [tag, subtag] of [['InTransit', 'InTransit_001'], ['OutForDelivery', 'OutForDelivery_001'], ['Exception', 'Exception_011'], ['Delivered', 'Delivered_001']]) {
    await happens(tag, subtag)
    await sleep(150)
  }
  await sleep(1000)
  assert.equal((await mails()).length, before)
})

test('words, quiet hours and pace are kept, shown and taken back on the command line', async () => {
  const file = path.join(milepost.folder, 'words.json')
  writeFileSync(file, JSON.stringify({ subject: 'Bezorgd' }))
  const of_one = ['--trigger', 'delivered', '--lang', 'nl']
  assert.equal(milepost.command('notify', 'words', 'save', ...account(), ...of_one, file).version, 2)
  writeFileSync(file, JSON.stringify({ subject: '{{nothing}}' }))
  const refused = spawnSync(binary, ['notify', 'words', 'save', ...account(), ...of_one, file, ...milepost.place], { encoding: 'utf8' })
  assert.equal(refused.status, 1)
  assert.match(refused.stderr, /unknown-variable/)
  assert.deepEqual(milepost.command('notify', 'words', 'withdraw', ...account(), ...of_one), { done: true })
  assert.deepEqual((await own('GET', '/messages/templates')).json.templates, [])
  assert.equal((await own('GET', '/messages/templates/delivered/nl')).json.editions.length, 3)

  const kept = milepost.command('notify', 'settings', ...account(), '--quiet', '22:00-07:00', '--pace', 'daily')
  assert.deepEqual(kept.quiet_hours, { from: '22:00', until: '07:00' })
  assert.equal((await own('GET', '/messages/settings')).json.pace, 'daily')
  const wrong = await own('PUT', '/messages/settings', { quiet_hours: { from: '25:00', until: '07:00' } })
  assert.equal(wrong.status, 422)
  const shown = execFileSync(binary, ['notify', 'matrix', 'show', ...account(), ...milepost.place], { encoding: 'utf8' })
  assert.match(shown, /TRIGGER +email/)
})

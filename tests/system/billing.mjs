// An invoice from the plan to the payment, from outside: a payment company on this machine takes it, learns amount, currency and
// two opaque names, and is believed only when it signs. See billing.sh.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { Milepost, binary, freePort } from '../sdk/server.mjs'

const signing = 'whsec_outside', folder = mkdtempSync(path.join(os.tmpdir(), 'milepost-billing-'))
const heard = []
let company, shop, form, isPaid = false

before(async () => {
  const port = await freePort()
  company = http.createServer((request, response) => {
    let body = ''
    request.on('data', (piece) => { body += piece })
    request.on('end', () => {
      heard.push(`${request.method} ${request.url}\n${request.rawHeaders.join('\n')}\n${body}`)
      if (request.method === 'POST') form = new URLSearchParams(body)
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify({
        id: 'cs_test_outside1', url: 'https://checkout.stripe.com/c/pay/cs_test_outside1', status: isPaid ? 'complete' : 'open',
        payment_status: isPaid ? 'paid' : 'unpaid', currency: 'eur', amount_total: 950,
        client_reference_id: form.get('client_reference_id'),
      }))
    })
  }).listen(port, '127.0.0.1')
  const prices = path.join(folder, 'prices.toml')
  writeFileSync(prices, `currency = "EUR"
[[tariff]]
id = "shop"
monthly = "19.00"
annual = "190.00"
[[offer]]
id = "always"
starts = 2020-01-01T00:00:00Z
ends = 2090-01-01T00:00:00Z
cycle = "monthly"
percent_off = 50
periods = 3
[[offer]]
id = "long-over"
title = "Gone by"
starts = 2020-01-01T00:00:00Z
ends = 2020-02-01T00:00:00Z
cycle = "annual"
percent_off = 90
periods = 1
`)
  shop = await Milepost.start({
    accounts: { shop: 'standard' },
    config: (own) => [`public_url = "http://localhost:${own}"`, '[billing]', 'provider = "stripe"', 'key = "sk_test_outside"',
      `signing_secret = "${signing}"`, `prices = "${prices}"`, `base = "http://127.0.0.1:${port}"`],
  })
  await shop.call('POST', '/v4/trackings/create', {
    key: shop.keys.shop,
    body: { tracking_number: '1Z999AA10123456784', courier_code: 'ups', customer_name: 'Wilhelmina Zandstraa' },
  })
})
after(async () => {
  await shop?.stop()
  company?.close()
  rmSync(folder, { recursive: true, force: true })
})

// Not at one go: the payment company answers from this very process.
const execute = promisify(execFile)
async function run(word, ...words) {
  const account = word === 'prices' ? [] : ['--account', String(shop.ids.shop)]
  const { stdout } = await execute(binary, [...shop.place, '--json', 'billing', word, ...account, ...words])
  return stdout.trim()
}
const rows = async (...words) => (await run(...words)).split('\n').map((line) => JSON.parse(line))
const notice = (secret, at = Math.floor(Date.now() / 1000)) => {
  const body = JSON.stringify({ type: 'checkout.session.completed', data: { object: { id: 'cs_test_outside1' } } })
  const mac = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')
  return fetch(new URL('/billing/notices', shop.origin), { method: 'POST', body, headers: { 'Stripe-Signature': `t=${at},v1=${mac}` } })
}

test('an offer that is over is told to nobody', async () => {
  const [price] = await rows('prices')
  assert.match(price.offers, /always: 50 % off 3 monthly/)
  assert.doesNotMatch(JSON.stringify(price), /Gone by/)
})

// clause-079b.captured
test('an invoice is paid, and the payment company learns nothing but what it must', async () => {
  const [{ invoice, discounts_left: left }] = await rows('plan', '--tariff', 'shop')
  assert.equal(left, 2)
  assert.match(await run('pay', '--invoice', invoice), /^https:\/\/checkout\.stripe\.com\//)
  assert.equal((await notice('whsec_forged')).status, 400)
  assert.equal((await notice(signing, Math.floor(Date.now() / 1000) - 600)).status, 400)
  assert.equal((await notice(signing)).status, 200)
  assert.equal((await rows('invoices'))[0].state, 'open', 'a message alone pays nothing')
  isPaid = true
  for (let i = 0; i < 3; ++i) assert.equal((await notice(signing)).status, 200)
  assert.deepEqual((await rows('invoices')).map(({ total, state }) => [total, state]), [['9.50 EUR', 'paid']])

  assert.equal(form.get('line_items[0][price_data][unit_amount]'), '950')
  for (const secret of ['1Z999AA10123456784', 'Zandstraa', 'shop@example.com', invoice])
    assert.ok(!heard.join('\n').includes(secret), secret)
})

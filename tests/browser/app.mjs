// A parcel's page as an app: it can be installed, it is kept only when somebody asks, it opens without a connection, and
// it is gone when they say so or when the parcel is erased. In Chromium; see run.sh.
import assert from 'node:assert/strict'
import net from 'node:net'
import { after, before, test } from 'node:test'
import { chromium } from 'playwright-core'
import { Milepost } from '../sdk/server.mjs'
import { compareStorage, register, storage } from './register.mjs'

const number = '1Z999AA10123456784'
const books = register()
let milepost, origin, browser, context, page, address, id

const nothing = { 'local-storage': [], 'session-storage': [], 'indexed-db': [], cache: [], 'service-worker': [] }
const press = async (says) => {
  await page.click('#keep button')
  await page.waitForFunction((text) => document.querySelector('#keep [role=status]').textContent === text, says)
}

// Between browser and server, so that the connection can be cut: a browser that merely pretends to be offline lets its
// workers through.
const wires = new Set()
let wall
const cut = async (offline) => {
  await context.setOffline(offline)
  for (const wire of wires) wire.destroy()
  if (offline) await new Promise((done) => wall.close(done))
  else await new Promise((done) => wall.listen(Number(new URL(origin).port), '127.0.0.1', done))
}

before(async () => {
  milepost = await Milepost.start({ accounts: { shop: 'unlimited' } })
  wall = net.createServer((near) => {
    const far = net.connect(milepost.port, '127.0.0.1')
    for (const [one, other] of [[near, far], [far, near]]) {
      wires.add(one)
      one.on('error', () => {}).on('close', () => { wires.delete(one); other.destroy() }).pipe(other)
    }
  })
  await new Promise((done) => wall.listen(0, '127.0.0.1', done))
  origin = `http://localhost:${wall.address().port}`
  const made = await milepost.call('POST', '/v4/trackings/create', { key: milepost.keys.shop, body: { tracking_number: number, courier_code: 'ups', title: 'Desk lamp' } })
  id = made.json.data.id
  const shown = await milepost.call('POST', '/own/messages/preview', { key: milepost.keys.shop, body: { trigger: 'delivered', language: 'en', shipment: id } })
  address = origin + /\/t\/[\w-]+/.exec(shown.json.text)[0]
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost'],
  })
  context = await browser.newContext({ locale: 'en-GB', viewport: { width: 390, height: 844 } })
  context.setDefaultTimeout(10_000)
  page = await context.newPage()
  page.on('pageerror', (error) => assert.fail(`a script failed: ${error}`))
})
after(async () => {
  await browser?.close()
  wall?.close()
  await milepost?.stop()
})

// clause-010.offline
test('the page can be installed: its manifest has no faults and its icons load', async () => {
  await page.goto(address)
  const devtools = await context.newCDPSession(page)
  const { errors, data } = await devtools.send('Page.getAppManifest')
  assert.deepEqual(errors, [])
  const manifest = JSON.parse(data)
  assert.equal(origin + manifest.start_url, address)
  for (const { src, sizes } of manifest.icons) {
    const size = await page.evaluate((url) => new Promise((done, fail) => {
      const image = new Image()
      image.onload = () => done(image.naturalWidth)
      image.onerror = fail
      image.src = url
    }), src)
    if (sizes !== 'any') assert.equal(`${size}x${size}`, sizes)
  }
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
  const real = installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')
  assert.deepEqual(real, [])
})

test('nothing is kept before somebody asks', async () => {
  assert.deepEqual(await storage(page), nothing)
})

// clause-010.offline
test('kept, it opens without a connection and says so', async () => {
  await press('The page is kept on this device.')
  const held = await storage(page)
  assert.deepEqual([held.cache, held['service-worker']], [['kept-pages'], ['worker.js']])
  compareStorage(held, books)
  await page.goto(address) // from here on the worker answers
  await cut(true)
  await page.goto(address)
  assert.match(await page.textContent('main'), new RegExp(number))
  assert.ok(await page.isVisible('#offline'))
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('.page')).maxWidth !== 'none'), true, 'with its style')
  await cut(false)
  await page.goto(address)
  assert.ok(!(await page.isVisible('#offline')))
})

test('pressed again, it is gone from the device', async () => {
  await press('The page is no longer kept here.')
  assert.deepEqual(await storage(page), nothing)
})

test('what is erased there is erased here, too', async () => {
  await press('The page is kept on this device.')
  await page.goto(address)
  const gone = await milepost.call('DELETE', `/v4/trackings/delete/${id}`, { key: milepost.keys.shop })
  assert.equal(gone.status, 200)
  assert.equal((await page.goto(address)).status(), 404)
  assert.deepEqual((await storage(page)).cache, [])
  await cut(true)
  await assert.rejects(page.goto(address))
})

// The whole way in a real browser: somebody signs up, adds a passkey and comes back by it, invites a colleague and follows
// a parcel; its buyer is told, and has everything about them erased by the link in their e-mail. What Chromium keeps and
// asks meanwhile is compared with the register of cookies; at the end no byte on disk names the buyer. See run.sh.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test as run } from 'node:test'
import { chromium } from 'playwright-core'
import { Milepost, binary } from '../sdk/server.mjs'
import { Mail, until } from './mail.mjs'
import { compareJar, compareStorage, register, storage } from './register.mjs'

const owner = 'femke.hoekstra@blom.example', colleague = 'jonas.lindqvist@blom.example'
const buyer = 'wilhelmina.zandstra@example.com', buyerName = 'Wilhelmina Zandstra', number = '1Z999AA10123456784'
// With MILEPOST_REFUSE=1 by people who refuse everything that can be refused, in their browser's settings (Sec-GPC).
const refuses = process.env.MILEPOST_REFUSE === '1'
const books = register()
const folder = mkdtempSync(path.join(os.tmpdir(), 'milepost-browser-'))
const asked = new Set() // origins that the browser asked anything of
const seen = new Set() // cookies that it ever held
const consented = [] // requests of pages that did not refuse
const done = [] // what went well
let mail, milepost, origin, browser

before(async () => {
  mail = await Mail.start()
  milepost = await Milepost.start({
    accounts: {},
    config: (port) => [
      `public_url = "http://localhost:${port}"`,
      '[mail]', mail.relay, 'from = "Atelier Blom <parcels@blom.example>"',
    ],
  })
  origin = `http://localhost:${milepost.port}`
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost'],
  })
})
after(async () => {
  await browser?.close()
  await milepost?.stop()
  mail?.stop()
  rmSync(folder, { recursive: true, force: true })
})

// A browser of its own, of which every request is written down.
async function visitor(options = {}) {
  const context = await browser.newContext({ locale: 'en-GB', ...(refuses && { extraHTTPHeaders: { 'Sec-GPC': '1' } }), ...options })
  context.setDefaultTimeout(10_000)
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol !== 'data:') asked.add(url.origin)
    if (request.isNavigationRequest() && request.headers()['sec-gpc'] !== '1') consented.push(url.pathname)
  })
  const page = await context.newPage()
  page.on('pageerror', (error) => assert.fail(`a script failed: ${error}`))
  return { context, page }
}
async function inventory({ context, page }) {
  const names = compareJar(await context.cookies(), books)
  names.forEach((name) => seen.add(name))
  compareStorage(await storage(page), books)
  return names.sort()
}

const holds = (where, text) => readdirSync(where, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  .filter((entry) => readFileSync(path.join(entry.parentPath ?? entry.path, entry.name)).includes(text)).map((entry) => entry.name)
function good(...words) {
  const { status, stdout, stderr } = spawnSync(binary, words, { cwd: folder, encoding: 'utf8', timeout: 60_000 })
  assert.equal(status, 0, `milepost ${words.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

const test = (says, does) => run(says, async () => {
  await does()
  done.push(says)
})

// clause-013.nothing
test('a first visit sets nothing, stores nothing and asks nobody else', async () => {
  const guest = await visitor()
  for (const target of ['/privacy', '/terms', '/privacy/cookies', '/rights', '/privacy/contact']) {
    await guest.page.goto(origin + target)
    assert.deepEqual(await inventory(guest), [], target)
  }
  assert.match(await guest.page.goto(`${origin}/privacy/cookies`).then(() => guest.page.textContent('.yours')), /no cookie|nothing/i)
  await guest.context.close()
})

let femke
async function signUp(who, email) {
  await who.page.goto(`${origin}/account/sign-up`)
  assert.deepEqual(await inventory(who), ['form'])
  await who.page.fill('input[name=email]', email)
  await who.page.check('input[name=agree]')
  await who.page.check('input[name=age]')
  await who.page.click('main button.button')
  await who.page.waitForURL(/sent=1/)
  await who.page.goto(await mail.linkTo(email, '/account/welcome'))
}

// clause-021.verified
test('somebody signs up with an address that answers, by saying their age and agreeing', async () => {
  femke = await visitor()
  await signUp(femke, owner)
  await femke.page.fill('input[name=name]', 'Femke Hoekstra')
  await femke.page.click('main button.button')
  await femke.page.waitForURL(/\/account\/security/)
  assert.ok((await inventory(femke)).includes('session'))
})

test('adds a passkey, and signs in by it', async () => {
  const devtools = await femke.context.newCDPSession(femke.page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  })
  await femke.page.click('form[data-passkey=add] button')
  await femke.page.waitForURL(/done=passkey_added/)
  await femke.page.click('.menu form button')
  await femke.page.waitForURL(/\/account\/sign-in/)
  assert.ok(!(await inventory(femke)).includes('session'), 'signed out')
  await femke.page.check('input[name=stay]')
  await femke.page.click('form[data-passkey=sign-in] button')
  await femke.page.waitForURL(`${origin}/account`)
  assert.deepEqual(await inventory(femke), ['session', 'stay'])
})

let jonas
test('invites a colleague, who joins', async () => {
  await femke.page.goto(`${origin}/account/team`)
  await femke.page.fill('#invite input[name=email]', colleague)
  await femke.page.selectOption('#invite select[name=role]', 'operator')
  await femke.page.click('#invite button')
  await femke.page.waitForURL(/done=invited/)
  jonas = await visitor({ viewport: { width: 390, height: 844 } })
  await jonas.page.goto(await mail.linkTo(colleague, '/account/invitation'))
  await jonas.page.fill('input[name=name]', 'Jonas Lindqvist')
  await jonas.page.check('input[name=agree]')
  await jonas.page.check('input[name=age]')
  await jonas.page.click('main button.button')
  await jonas.page.waitForURL(/\/account/)
  await inventory(jonas)
  await femke.page.goto(`${origin}/account/team`)
  assert.match(await femke.page.textContent('#members'), /Jonas Lindqvist/)
})

let account, door
test('follows a parcel, and sees it move', async () => {
  await femke.page.goto(`${origin}/account`)
  await femke.page.fill('input[name=number]', number)
  await femke.page.fill('input[name=title]', 'Desk lamp')
  await femke.page.fill('input[name=buyer]', buyerName)
  await femke.page.fill('input[name=buyer_email]', buyer)
  await femke.page.click('#add button')
  await femke.page.waitForURL(/done=added/)
  assert.match(await femke.page.textContent('#parcels'), new RegExp(number))
  account = milepost.command('account', 'list').account_id
  door = milepost.command('inbound', 'add', '--account', String(account), '--connector', 'aftership', '--verify', 'header')
  const at = new Date(Date.now() - 60_000).toISOString().slice(0, 19) + '+00:00'
  const checkpoints = [{ checkpoint_time: at, city: 'Utrecht', country_region: 'NLD', message: 'Out for delivery', tag: 'OutForDelivery', subtag: 'OutForDelivery_001', slug: 'ups' }]
  const told = await fetch(milepost.origin + door.path, {
    method: 'POST', headers: { Authorization: `Bearer ${door.secret}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ meta: { code: 200 }, data: { tracking: { tracking_number: number, slug: 'ups', tag: 'OutForDelivery', subtag: 'OutForDelivery_001', checkpoints } } }),
  })
  assert.equal(told.status, 200)
  await until('the parcel moves', async () => {
    await femke.page.goto(`${origin}/account`)
    return /Out for delivery/.test(await femke.page.textContent('#parcels'))
  })
  await femke.page.fill('input[name=q]', buyer)
  await femke.page.click('form[role=search] button')
  await femke.page.click('#parcels tbody th a')
  assert.match(await femke.page.textContent('main'), new RegExp(buyerName))
  good('backup', 'create', path.join(folder, 'backups'), ...milepost.place)
})

// clause-127.page
test('“your cookies” shows exactly what the browser holds', async () => {
  for (const who of [femke, jonas]) {
    await who.page.goto(`${origin}/privacy/cookies`)
    const shown = await who.page.locator('.yours tbody th code').allTextContents()
    assert.deepEqual(shown.sort(), (await who.context.cookies()).map(({ name }) => name).sort())
  }
})

// clause-096.link clause-133.journey
test('the buyer is told, and erases themselves from the link in their e-mail, with no cookie at all', async () => {
  const someone = await visitor({ viewport: { width: 390, height: 844 } })
  const told = await mail.linkTo(buyer, origin)
  await someone.page.goto(told)
  await someone.page.click('footer a[href^="/rights"]')
  await someone.page.fill('input[name=address]', buyer)
  await someone.page.click('main form button')
  await someone.page.goto(await mail.linkTo(buyer, '/rights/link/'))
  await someone.page.click('main form button')
  await someone.page.waitForURL(/\/rights\/mine\//)
  assert.match(await someone.page.textContent('main'), new RegExp(number))
  assert.deepEqual(await inventory(someone), [], 'a person’s rights need no cookie')
  const form = someone.page.locator('form[action*="/erasure"]')
  await form.locator('xpath=ancestor-or-self::*').locator('details').evaluateAll((all) => all.forEach((one) => (one.open = true)))
  for (const tick of await form.locator('input[type=checkbox]').all()) await tick.check()
  await form.locator('button').click()
  await until('the parcel is gone', async () => {
    await femke.page.goto(`${origin}/account`)
    return !(await femke.page.textContent('main')).includes(number)
  })
  assert.deepEqual(await inventory(someone), [])
  await someone.context.close()
})

// clause-087.search clause-087.restore
test('no byte on disk names the buyer, nor does an old backup that is restored', async () => {
  await until('the last letter is sent and gone', async () => holds(milepost.folder, buyer).length === 0)
  for (const text of [buyerName, 'Zandstra', buyer]) assert.deepEqual(holds(milepost.folder, text), [], text)
  const where = path.join(folder, 'restored'), data = path.join(milepost.folder, 'data'), backups = path.join(folder, 'backups')
  mkdirSync(where, { mode: 0o700 })
  copyFileSync(path.join(data, 'master.key'), path.join(where, 'master.key'))
  const [keys, store] = readdirSync(backups).sort().map((file) => path.join(backups, file))
  good('restore', '--data', where, '--store', store, '--keys', keys, '--forgotten', path.join(data, 'forgotten'))
  assert.deepEqual(JSON.parse(good('shipments', 'export', '--data', where, '--account', String(account))), [])
  for (const text of [buyerName, 'Zandstra', buyer]) assert.deepEqual([...holds(where, text), ...holds(backups, text)], [], text)
})

// clause-111.jar clause-122.capture clause-128.inventory
test('the jar, every other storage and the network of the whole journey are what the register says', async () => {
  for (const who of [femke, jonas]) await inventory(who)
  const due = books.cookie.filter(({ name }) => !['provider', 'choice'].includes(name)).map(({ name }) => name)
  assert.deepEqual([...seen].sort(), due.sort(), 'every registered cookie had its moment, and no other')
  assert.deepEqual([...asked], [origin])
})

test('whoever leaves takes along what was theirs', async () => {
  await femke.page.goto(`${origin}/account/team`)
  await femke.page.click('#members button[aria-label^="Remove"]')
  await femke.page.waitForURL(/done=removed/)
  await femke.page.goto(`${origin}/account/delete`)
  await femke.page.check('input[name=sure]')
  await femke.page.click('main button.bad')
  await femke.page.waitForURL(/done=deleted/)
  assert.deepEqual((await inventory(femke)).filter((name) => name !== 'form'), [])
  await until('nothing names her', async () => holds(milepost.folder, owner).length + holds(milepost.folder, 'Hoekstra').length === 0)
})

if (refuses) {
  // clause-126.works
  test('all of this worked for people who refuse whatever can be refused', () => {
    assert.equal(done.length, 10)
    assert.deepEqual(consented, [])
  })
}

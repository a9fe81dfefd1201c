// A shop's news in a real browser and by real mail: the list is made, a reader joins it by the letter's link and without
// any cookie, gets the news with the headers to leave by, leaves with a mail program's one click, and gets no more.
// With MILEPOST_SHOTS=FOLDER it keeps pictures of each page. See run.sh.
import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { chromium } from 'playwright-core'
import { Milepost } from '../sdk/server.mjs'
import { Mail, until } from './mail.mjs'

const owner = 'femke.hoekstra@blom.example', reader = 'cyriel.maas@example.com'
let mail, milepost, origin, browser, shop, guest

before(async () => {
  mail = await Mail.start()
  milepost = await Milepost.start({
    accounts: {},
    config: (port) => [`public_url = "http://localhost:${port}"`, '[mail]', mail.relay, 'from = "Atelier Blom <news@blom.example>"'],
  })
  origin = `http://localhost:${milepost.port}`
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost'],
  })
  const page = async (options) => (await browser.newContext({ locale: 'en-GB', ...options })).newPage()
  shop = await page({ viewport: { width: 1200, height: 900 } })
  guest = await page({ viewport: { width: 390, height: 844 }, colorScheme: 'dark', javaScriptEnabled: false })
})
after(async () => {
  await browser?.close()
  await milepost?.stop()
  mail?.stop()
})
async function shot(page, name) {
  if (process.env.MILEPOST_SHOTS) await page.screenshot({ path: path.join(process.env.MILEPOST_SHOTS, `${name}.png`), fullPage: true })
}

let joining
test('a shop makes a list, and is told where people join it', async () => {
  await shop.goto(`${origin}/account/sign-up`)
  await shop.fill('input[name=email]', owner)
  await shop.check('input[name=agree]')
  await shop.check('input[name=age]')
  await shop.click('main button.button')
  await shop.waitForURL(/sent=1/)
  await shop.goto(await mail.linkTo(owner, '/account/welcome'))
  await shop.fill('input[name=password]', 'correct horse battery')
  await shop.click('main button.button')
  await shop.goto(`${origin}/account/lists`)
  await shot(shop, 'lists-empty')
  await shop.fill('input[name=name]', 'Spring news')
  await shop.click('main button.button')
  await shop.waitForURL(/done=list_made/)
  joining = (await shop.locator('code').first().textContent()).trim()
  assert.ok(joining.startsWith(`${origin}/lists/`), joining)
  await shot(shop, 'list-new')
})

test('a reader joins by the letter’s link, without a cookie or a script', async () => {
  await guest.goto(joining)
  await shot(guest, 'join')
  await guest.fill('input[name=address]', reader)
  await guest.click('main button.button')
  await shot(guest, 'asked')
  await guest.goto(await mail.linkTo(reader, '/lists/yes/'))
  await shot(guest, 'yes')
  await guest.click('main button.button')
  await shot(guest, 'on-it')
  assert.deepEqual(await guest.context().cookies(), [])
})

async function write(title) {
  await shop.reload()
  await shop.fill('input[name=title]', title)
  await shop.fill('textarea[name=text]', 'The brass ones are back.\n\nCome and see: we are open on Saturday.')
  await shop.click('form[action*="/lists/write"] button')
  await shop.waitForURL(/done=list_sent/)
}

test('the news comes with the way out, and one click of a mail program takes it', async () => {
  await write('Lamps are back')
  const [source] = await until('the news', async () => {
    const all = await mail.all('Subject: Lamps are back')
    return all.length > 0 && all
  })
  const plain = source.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replace(/=\r?\n/g, '').replace(/\r?\n[ \t]+/g, ' ')
  const leave = plain.match(/List-Unsubscribe: <([^>]+)>/)[1]
  assert.ok(leave.startsWith(`${origin}/lists/`), leave)
  await guest.goto(leave)
  await shot(guest, 'leave')
  const left = await fetch(leave, { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'List-Unsubscribe=One-Click' })
  assert.equal(left.status, 200)
  await guest.goto(leave)
  await shop.reload()
  await shot(shop, 'list-sent')
  assert.equal(await shop.locator('form[action*="/lists/write"]').count(), 0, 'nobody is left to write to')
})

test('who is asked again who they are gets the list as a file, and destroys it', async () => {
  await guest.goto(joining)
  await guest.fill('input[name=address]', 'di.verhulst@example.com')
  await guest.click('main button.button')
  await guest.goto(await mail.linkTo('di.verhulst@example.com', '/lists/yes/'))
  await guest.click('main button.button')
  await write('For those who stayed')
  const [file] = await Promise.all([shop.waitForEvent('download'), shop.click('form[action*="/lists/export"] button')])
  assert.equal(file.suggestedFilename(), 'readers.csv')
  await until('the second news', async () => (await mail.all('Subject: For those who stayed')).length > 0)
  const came = await mail.all('Subject: For those who stayed')
  assert.deepEqual(came.map((one) => one.match(/^To: (?:&lt;|<)?([^&>\s]+)/m)?.[1]), ['di.verhulst@example.com'], 'who left gets none')
  await shop.click('form[action*="/lists/destroy"] button')
  await shop.waitForURL(/done=list_destroyed/)
  assert.equal((await guest.goto(joining)).status(), 404)
})

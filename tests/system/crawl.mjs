// Every page that a visitor reaches by links from the demonstration, in every language: what holds on all of them,
// also on those that are yet to be written. See crawl.sh.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Demo } from '../sdk/demo.mjs'

const languages = ['en', 'nl', 'de', 'fr', 'es']
// Of parcels, letters and the like a few stand for all.
const mostOfAKind = 3
// A guest that can be told from everybody else: by address, browser, cookie and what they came from.
const guest = { address: '127.9.8.7', agent: 'canary-agent-5a1e', cookie: 'canary-cookie-77d0', from: 'canary-referrer-c3b9' }

const demo = new Demo({ speed: 60, parcels: 40 })
const pages = []

function get(target, language) {
  return new Promise((done, fail) => {
    const request = http.get(demo.origin + target, {
      localAddress: guest.address,
      headers: {
        'Accept-Language': language, 'User-Agent': guest.agent, Cookie: `x=${guest.cookie}`,
        Referer: `http://${guest.from}.example/`,
      },
    }, (response) => {
      const parts = []
      response.on('data', (part) => parts.push(part))
      response.on('end', () => done({
        target, language, status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString(),
      }))
    })
    request.on('error', fail)
    request.setTimeout(15_000, () => request.destroy(new Error(`${target} does not answer`)))
  })
}

const attribute = (tag, name) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]
const tags = (page, name) => page.body.match(new RegExp(`<${name}\\b[^>]*>`, 'g')) ?? []
const isOutside = (address) => /^(?:[a-z][a-z0-9+.-]*:)?\/\//i.test(address) && !address.startsWith(demo.origin)
const kind = (target) => target.replace(/[?#].*/, '').split('/').slice(0, 2).join('/')

async function crawl(language) {
  const seen = new Set(), ahead = ['/', '/demo', '/privacy', '/rights', '/rights/child', '/carriers'], ofKind = new Map()
  while (ahead.length > 0) {
    const target = ahead.shift()
    if (seen.has(target)) continue
    seen.add(target)
    const page = await get(target, language)
    if (page.status >= 300 && page.status < 400) {
      ahead.push(new URL(page.headers.location, demo.origin).pathname)
      continue
    }
    if (!/^text\/html/.test(page.headers['content-type'] ?? '')) continue
    // The mail catcher of the demonstration is a tool of its own, and no page of the service's.
    if (!target.startsWith('/demo/mail')) pages.push(page)
    for (const tag of tags(page, 'a')) {
      const href = (attribute(tag, 'href') ?? '').replaceAll('&amp;', '&')
      const to = new URL(href, demo.origin + target)
      if (to.origin !== demo.origin || href.startsWith('#') || to.searchParams.has('lang')) continue
      const next = to.pathname + to.search
      const count = ofKind.get(kind(next)) ?? 0
      if (seen.has(next) || count > mostOfAKind * 8 || (/^\/(t|demo|n)\b/.test(next) && count >= mostOfAKind)) continue
      ofKind.set(kind(next), count + 1)
      ahead.push(next)
    }
  }
}

// One complaint a line: a page is named, and what is wrong with it.
function none(complaints) {
  assert.deepEqual([...new Set(complaints)], [])
}
const where = (page) => `${page.target} (${page.language})`

before(async () => {
  await demo.start()
  for (const language of languages) await crawl(language)
})
after(() => demo.forget())

describe('every page a visitor reaches', () => {
  test('is there, and the crawl went far', () => {
    none(pages.filter((page) => page.status !== 200).map((page) => `${where(page)}: ${page.status}`))
    const kinds = new Set(pages.map((page) => kind(page.target)))
    for (const wanted of ['/t', '/demo', '/privacy', '/rights', '/carriers']) assert.ok(kinds.has(wanted), `${wanted}: ${[...kinds]}`)
    assert.ok(pages.length > 12 * languages.length, `${pages.length} pages`)
  })
  // clause-013.nothing
  test('sets no cookie, stores nothing and asks nobody else', () => {
    none(pages.flatMap((page) => [
      // The forms of people who sign in carry a registered cookie against forgery; no other page sets any.
      ...((page.headers['set-cookie'] ?? []).some((one) => !kind(page.target).startsWith('/account') || !one.startsWith('__Host-form=')) ? [`${where(page)}: sets ${page.headers['set-cookie']}`] : []),
      ...(/\b(localStorage|sessionStorage|indexedDB)\b/.test(page.body) ? [`${where(page)}: stores`] : []),
      ...['script', 'img', 'iframe', 'link', 'source', 'video', 'audio', 'embed', 'object', 'form'].flatMap((name) =>
        tags(page, name).map((tag) => attribute(tag, 'src') ?? attribute(tag, 'href') ?? attribute(tag, 'action') ?? '')
          .filter(isOutside).map((address) => `${where(page)}: <${name}> ${address}`)),
    ]))
  })
  // clause-130.none
  test('loads no picture from elsewhere, and may not', () => {
    for (const page of pages) {
      const policy = page.headers['content-security-policy'] ?? ''
      assert.match(policy, /default-src 'none'/, where(page))
      assert.doesNotMatch(policy, /https?:|\*/, where(page))
    }
  })
  // clause-105.headers
  test('tells nobody where its reader came from', () => {
    none(pages.filter((page) => page.headers['referrer-policy'] !== 'no-referrer').map((page) => `${where(page)}: no policy`))
    none(pages.flatMap((page) => tags(page, 'a').filter((tag) => isOutside(attribute(tag, 'href') ?? ''))
      .filter((tag) => !/noopener/.test(attribute(tag, 'rel')) || !/noreferrer/.test(attribute(tag, 'rel')))
      .map((tag) => `${where(page)}: ${tag}`)))
  })
  // clause-134.pages
  test('has policy, cookies, rights and contact at its foot', () => {
    none(pages.flatMap((page) => {
      const foot = page.body.slice(page.body.lastIndexOf('<footer'))
      return ['/privacy', '/privacy/cookies', '/rights', '/privacy/contact']
        .filter((link) => !new RegExp(`href="${link}(\\?lang=\\w+)?"`).test(foot)).map((link) => `${where(page)}: ${link}`)
    }))
  })
  test('speaks the language it says it speaks', () => {
    none(pages.filter((page) => !page.body.includes(`<html lang="${page.language}"`)).map((page) => `${where(page)}: ${tags(page, 'html')}`))
    const texts = new Map()
    for (const page of pages.filter((one) => one.language !== 'en')) {
      const english = pages.find((one) => one.language === 'en' && one.target === page.target)
      if (english && english.body.replace(/lang="\w+"/g, '') === page.body.replace(/lang="\w+"/g, '')) texts.set(where(page), 1)
    }
    none([...texts.keys()].map((one) => `${one} is the English page`))
  })
  test('can be read by a screen reader', () => {
    none(pages.flatMap((page) => {
      const wrong = []
      if (tags(page, 'h1').length !== 1) wrong.push(`${tags(page, 'h1').length} first headings`)
      if (tags(page, 'main').length !== 1) wrong.push('no main part')
      if (!/<title>[^<]{3,}<\/title>/.test(page.body)) wrong.push('no title')
      for (const tag of tags(page, 'img')) if (attribute(tag, 'alt') === undefined) wrong.push(`${tag} says nothing`)
      const ids = [...page.body.matchAll(/ id="([^"]+)"/g)].map((match) => match[1])
      for (const id of ids) if (ids.filter((one) => one === id).length > 1) wrong.push(`two parts are #${id}`)
      for (const tag of [...tags(page, 'input'), ...tags(page, 'select'), ...tags(page, 'textarea')]) {
        if (/type="(hidden|submit)"/.test(tag)) continue
        const id = attribute(tag, 'id')
        const at = page.body.indexOf(tag)
        const isInside = page.body.lastIndexOf('<label', at) > page.body.lastIndexOf('</label>', at)
        if (!isInside && !(id && page.body.includes(`for="${id}"`)) && !/aria-label/.test(tag)) wrong.push(`${tag} has no label`)
      }
      return wrong.map((what) => `${where(page)}: ${what}`)
    }))
  })
  // clause-121.script
  test('shows a parcel without any script', async () => {
    // One that has moved: others say that they wait for news.
    const parcel = pages.find((page) => kind(page.target) === '/t' && !page.body.includes('class="none"'))
    const text = parcel.body.replace(/<script[\s\S]*?<\/script>/g, '')
    assert.match(text, /<h1>[^<]{3,}<\/h1>/)
    assert.match(text, /<ol class="events">[\s\S]*<p class="means">[^<]+<\/p>/)
  })
})

// clause-014.guest
test('a guest leaves no address, browser, cookie or trail in anything on disk', async () => {
  await demo.stop()
  const files = readdirSync(demo.data, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  assert.ok(files.length > 2)
  const found = []
  const search = (name, bytes) => {
    for (const word of Object.values(guest)) if (bytes.includes(word)) found.push(`${name}: ${word}`)
  }
  for (const file of files) {
    const name = path.join(file.parentPath ?? file.path, file.name)
    search(name, readFileSync(name))
  }
  search('the log', demo.log)
  assert.deepEqual(found, [])
})

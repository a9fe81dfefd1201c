// The mail of a test's people: a Milepost that catches it, and what is looked for in it.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { binary, freePort, sleep } from '../sdk/server.mjs'

// What `look` gives back once it is something; a test that waits in vain fails after twenty seconds.
export async function until(what, look) {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(100)) {
    const found = await look()
    if (found) return found
  }
  assert.fail(`not in time: ${what}`)
}

export class Mail {
  static async start() {
    const mail = new Mail()
    const web = await freePort()
    mail.port = await freePort()
    mail.origin = `http://127.0.0.1:${web}`
    mail.process = spawn(binary, ['mail', 'catch', '--port', String(mail.port), '--web', String(web)], { stdio: 'ignore' })
    return mail
  }
  // For the configuration's [mail].
  get relay() {
    return `relays = "smtp://127.0.0.1:${this.port}"`
  }
  stop() {
    this.process.kill()
  }
  page = async (target) => (await fetch(this.origin + target)).text()
  // Of a message's page, the message: the list beside it names others, that came a moment ago.
  message = async (target) => {
    const page = await this.page(target)
    return page.slice(page.indexOf('<main'))
  }
  // Every message with these words in its source, the newest first; how people see it in `view`.
  async all(words, view = 'source') {
    const list = await this.page('/demo/mail')
    const numbers = [...new Set([...list.matchAll(/\/demo\/mail\/(\d+)/g)].map(([, n]) => Number(n)))].sort((a, b) => b - a)
    const found = []
    for (const n of numbers) {
      const source = await this.message(`/demo/mail/${n}?view=source`)
      if (source.includes(words)) found.push(view === 'source' ? source : await this.message(`/demo/mail/${n}?view=${view}`))
    }
    return found
  }
  // The first address in mail to somebody that has this in it.
  linkTo = (whom, part) => until(`mail to ${whom} with ${part}`, async () => {
    for (const text of await this.all(whom, 'text')) {
      const found = [...text.matchAll(/https?:\/\/[^\s<"]+/g)].map(([url]) => url.replaceAll('&amp;', '&')).find((url) => url.includes(part))
      if (found) return found
    }
  })
}

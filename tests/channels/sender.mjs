// Sends one notice with the channels' own code; gives back what came of it, "accepted http 201".
import { spawn } from 'node:child_process'

export function send(words, { address, topic = 'p1', title = '', text = '', link = '', state = '' }) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.env.MILEPOST_SENDER, words.map(String), { stdio: ['pipe', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.on('data', piece => (out += piece))
    child.on('error', reject)
    child.on('close', code => (code === 0 ? resolve(out.trim()) : reject(new Error(`the sender ended with ${code}`))))
    child.stdin.end([address, topic, title, text, link, state].join('\n') + '\n')
  })
}

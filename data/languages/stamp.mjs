// Stamps translated sentences with the English ones they were made from (see README.md).
//   node data/languages/stamp.mjs messages nl delivered.body delivered.short   these were looked at
//   node data/languages/stamp.mjs letters de --all                             all were looked at
import fs from 'node:fs';

const [family, language, ...keys] = process.argv.slice(2);
if (!family || !language || keys.length === 0) {
  console.error('usage: stamp.mjs messages|letters LANGUAGE KEY... | --all');
  process.exit(2);
}
const folder = new URL(`./${family}/`, import.meta.url);
const rows = (name) => fs.readFileSync(new URL(`${name}.tsv`, folder), 'utf8').split('\n').map((line) => line.split('\t'));
const is_row = (cells) => cells.length > 1 && !cells[0].startsWith('#');

// FNV-1a of the English sentence's UTF-8 bytes, eight hexadecimal digits (src/messages/words.h).
function stamp(sentence) {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(sentence)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

const english = new Map(rows('en').filter(is_row).map(([key, sentence]) => [key, sentence.trim()]));
const out = rows(language).map((cells) => {
  if (!is_row(cells)) return cells.join('\t');
  const [key, sentence] = cells;
  if (!english.has(key)) throw new Error(`${language}: ${key} is not an English key`);
  const looked_at = keys.includes('--all') || keys.includes(key);
  return looked_at ? [key, sentence, stamp(english.get(key))].join('\t') : cells.join('\t');
});
fs.writeFileSync(new URL(`${language}.tsv`, folder), out.join('\n'));

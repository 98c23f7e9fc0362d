// A development tool: takes pictures of pages and runs axe on them.
//   node test/shots.mjs [base] [filter]      pictures go to test/out
import { mkdirSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const base = process.argv[2] ?? 'http://127.0.0.1:5174';
const filter = process.argv[3] ?? '';
const out = new URL('./out/', import.meta.url).pathname;
mkdirSync(out, { recursive: true });
const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const pages = {
  overview: '/',
  incidents: '/incidents',
  phases: '/incidents/i-1',
  clearance: '/clearance',
  packs: '/packs',
  users: '/users',
  roles: '/users?tab=roles',
  audit: '/audit',
  entry: '/audit?seq=260',
  me: '/me',
  counts: '/counts',
  notfound: '/nowhere',
  user: '/users?user=u-3',
};
const variants = [
  ['desk-zh', 1440, 900, 'zh', 'light'],
  ['desk-en-dark', 1440, 900, 'en', 'dark'],
  ['phone-zh', 360, 740, 'zh', 'light'],
  ['phone-en-dark', 360, 740, 'en', 'dark'],
];
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
let bad = 0;
for (const [name, width, height, lang, theme] of variants) {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
  await context.addInitScript(
    ([l, t]) => {
      localStorage.setItem('allclear.language', l);
      localStorage.setItem('allclear.theme', t);
    },
    [lang, theme],
  );
  const page = await context.newPage();
  page.on('console', (m) => {
    if (['error', 'warning'].includes(m.type()) && !/Failed to load resource/.test(m.text()))
      console.log(`  console ${m.type()}: ${m.text().slice(0, 300)}`);
  });
  page.on('pageerror', (e) => console.log(`  page error: ${e.message}`));
  for (const [key, path] of Object.entries(pages)) {
    const id = `${key}-${name}`;
    if (filter && !new RegExp(filter).test(id)) continue;
    await page.goto(base + path);
    await page
      .waitForSelector('main h1, .ac-state, form', { timeout: 15000 })
      .catch(() => console.log(`  ${id}: nothing appeared`));
    await page.waitForTimeout(900);
    await page.screenshot({ path: `${out}${id}.png`, fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await page.evaluate(axe);
    const found = await page.evaluate(async () =>
      (await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })).violations.map(
        (v) => ({
          id: v.id,
          impact: v.impact,
          n: v.nodes.length,
          target: v.nodes.slice(0, 3).map((x) => `${x.target.join(' ')} ${x.any?.[0]?.message ?? ''}`),
        }),
      ),
    );
    const serious = found.filter((v) => ['serious', 'critical'].includes(v.impact));
    bad += serious.length + (wide > 0 ? 1 : 0);
    console.log(
      `${id}: ${serious.length === 0 && wide <= 0 ? 'ok' : ''}${wide > 0 ? ` page ${wide} px too wide` : ''}`,
    );
    for (const v of serious) console.log(`  ${v.impact} ${v.id} ×${v.n}\n    ${v.target.join('\n    ')}`);
  }
  await context.close();
}
await browser.close();
console.log(bad === 0 ? 'no serious finding' : `${bad} findings`);

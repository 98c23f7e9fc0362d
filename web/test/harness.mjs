// What the browser test stands on: a demo server of its own, a browser, and lines in
// the manner of TAP ("ok 1 name", "not ok 2 name: reason").
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = fileURLToPath(new URL('.', import.meta.url));
export const output = join(here, 'output');
export const fixtures = join(here, 'fixtures');
const axe = readFileSync(join(here, '../node_modules/axe-core/axe.min.js'), 'utf8');

/** Small enough for a test to be quick, large enough for lists of several pages. */
const PEOPLE = '4000';

let count = 0;
let failures = 0;
export function report(name, error) {
  count++;
  if (!error) return console.log(`ok ${count} ${name}`);
  failures++;
  const reason = String(error.message ?? error)
    .split('\n')
    .slice(0, 3)
    .join(' ');
  console.log(`not ok ${count} ${name}: ${reason}`);
}
export const failed = () => failures;
export const plan = () => console.log(`1..${count}`);

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts `allclear demo` on a free port with data of its own; `stop` ends it and removes them. */
export async function startServer() {
  const binary = process.env.ALLCLEAR_TEST_BINARY ?? join(here, '../../bin/allclear');
  if (!existsSync(binary)) throw new Error(`${binary} is not there: run "make build" first`);
  const data = mkdtempSync(join(tmpdir(), 'allclear-browser-'));
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(binary, ['demo', '--data', data, '--listen', listen, '--people', PEOPLE], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await gone;
    }
    rmSync(data, { recursive: true, force: true });
  };
  let text = '';
  const password = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the server did not start in 90 s: ${text.slice(-500)}`)), 90_000);
    const read = (chunk) => {
      text += chunk;
      const found = /\b(demo-[a-z0-9]{8,})\b[\s\S]*Ctrl-C/.exec(text);
      if (!found) return;
      clearTimeout(timer);
      resolve(found[1]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${text.slice(-500)}`)));
  }).catch(async (error) => {
    await stop();
    throw error;
  });
  return { base: `http://${listen}`, password, stop };
}

const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
export async function startBrowser() {
  const executablePath = CHROMIUM.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('no Chromium found: set CHROMIUM to its path');
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  return chromium.launch({
    executablePath,
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
}

/**
 * A window of one language, theme and width. `complaints` collects what the console says is
 * wrong, failed requests, and violations of the content security policy.
 */
export async function openWindow(browser, base, { lang, theme = 'light', width = 1440, height = 900 }) {
  const context = await browser.newContext({
    viewport: { width, height },
    reducedMotion: 'reduce',
    baseURL: base,
    acceptDownloads: true,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await context.addInitScript(
    ([l, t]) => {
      localStorage.setItem('allclear.language', l);
      localStorage.setItem('allclear.theme', t);
      document.addEventListener('securitypolicyviolation', (e) => {
        console.error(`CSP ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}`);
      });
    },
    [lang, theme],
  );
  const complaints = [];
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  // The answer 401 is how the application learns that nobody is signed in yet.
  const expected = (text) => /status of 401/.test(text);
  page.on('console', (m) => m.type() === 'error' && !expected(m.text()) && complaints.push(m.text().slice(0, 300)));
  page.on('pageerror', (e) => complaints.push(`uncaught ${e.message.slice(0, 300)}`));
  page.on('response', (r) => r.status() >= 500 && complaints.push(`${r.status()} ${r.url()}`));
  return { context, page, complaints };
}

/** Signs in without the form, for windows that test something else. */
export async function signIn(context, base, username, password) {
  const answer = await context.request.post(`${base}/api/v1/session`, {
    data: { username, password },
    headers: { Origin: base },
  });
  if (!answer.ok()) throw new Error(`sign-in as ${username}: ${answer.status()} ${await answer.text()}`);
}

/** Serious and critical findings of axe on the page as it stands. */
export async function findings(page) {
  // As text of the page's own world it needs no exception from the content security policy.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations
      .filter((v) => v.impact === 'serious' || v.impact === 'critical')
      .map(
        (v) =>
          `${v.id} at ${v.nodes
            .slice(0, 3)
            .map((n) => n.target.join(' '))
            .join(', ')}`,
      );
  });
}

/** Waits until the page has what it asked for and nothing is spinning. */
export async function settled(page) {
  await page.locator('main h1, main h2').first().waitFor();
  // Spinners start with a delay of their own.
  await page.waitForTimeout(300);
  await page.waitForFunction(() => !document.querySelector('main .ant-spin-spinning'));
  if (await page.locator('.ac-map-canvas').count()) await page.locator('.ac-map-canvas[data-idle]').first().waitFor();
}

export const shot = (page, name) => page.screenshot({ path: join(output, `${name}.png`) });

// A development tool: walks through the frame against the fixture server and
// says what did not behave.   node test/flows.mjs [base]
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const base = process.argv[2] ?? 'http://127.0.0.1:5176';
const out = new URL('./out/', import.meta.url).pathname;
mkdirSync(out, { recursive: true });
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
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
const page = await context.newPage();
const errors = [];
page.on(
  'console',
  (m) => m.type() === 'error' && !/Failed to load resource/.test(m.text()) && errors.push(m.text().slice(0, 300)),
);
page.on('pageerror', (e) => errors.push(e.message));
const shot = (name) => page.screenshot({ path: `${out}flow-${name}.png` });
let failed = 0;
async function step(name, act) {
  try {
    await act();
    console.log(`ok    ${name}`);
  } catch (e) {
    failed++;
    console.log(`FAIL  ${name}: ${String(e.message).split('\n')[0]}`);
    await shot(`failed-${failed}`);
  }
}
const zh = async () => page.evaluate(() => localStorage.setItem('allclear.language', 'zh'));

await page.goto(base);
await zh();
await page.request.delete(`${base}/api/v1/session`);
await step('signed out: the sign-in page stands at the same address', async () => {
  await page.goto(`${base}/clearance?on=2022-04-05`);
  await page.getByRole('button', { name: '登录' }).waitFor();
  await shot('signin');
});
await step('a wrong password is said in words, and the input stays', async () => {
  await page.getByLabel('用户名').fill('totp');
  await page.getByLabel('密码', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: '登录' }).click();
  await page.getByRole('alert').waitFor();
  assert.equal(await page.getByLabel('用户名').inputValue(), 'totp');
  await shot('signin-wrong');
});
await step('the one-time password is asked for in a second step', async () => {
  await page.getByLabel('密码', { exact: true }).fill('right');
  await page.getByRole('button', { name: '登录' }).click();
  const totp = page.getByLabel('6 位动态口令或恢复码');
  await totp.waitFor();
  await shot('signin-totp');
  await totp.fill('123456');
  await page.keyboard.press('Enter');
  await page
    .getByRole('heading', { name: /综合研判/ })
    .first()
    .waitFor();
  assert.match(page.url(), /on=2022-04-05/);
  assert.match(page.url(), /incident=i-1/);
  assert.match(page.url(), /place=p-city/);
});
await step('[ steps one day back, and the address says so', async () => {
  await page.locator('h1').first().click();
  await page.keyboard.press('[');
  await page.waitForURL(/on=2022-04-04/);
});
await step('Ctrl+K finds a page by name, arrows and Enter open it', async () => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: '搜索' }).fill('审计');
  await page.waitForTimeout(300);
  await shot('palette');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/audit/);
});
await step('Ctrl+K finds a place and makes it the scope', async () => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: '搜索' }).fill('龙潭');
  await page.getByRole('option', { name: /龙潭区/ }).waitFor();
  await page.keyboard.press('Shift+Enter');
  await page.waitForURL(/place=p-d3/);
});
await step('? shows the shortcut sheet', async () => {
  await page.locator('h1').first().click();
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('前一天').waitFor();
  await shot('sheet');
  await page.keyboard.press('Escape');
  await page.waitForTimeout(300);
});
await step('j moves the row, Enter opens it beside the list', async () => {
  await page.locator('h1').first().click();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByText('记录 259').waitFor();
  await shot('entry');
  await page.keyboard.press('Escape');
});
await step('verification says that the trail is whole', async () => {
  await page.getByRole('button', { name: '核验全部记录' }).click();
  await page.getByText(/260 条记录自始至今未被改动/).waitFor();
});
await step('the place picker walks the tree', async () => {
  await page.goto(`${base}/?incident=i-1&place=p-city`);
  await page.getByRole('button', { name: /^区域范围/ }).click();
  await page
    .getByRole('button', { name: /江北区/ })
    .first()
    .waitFor();
  await page.waitForTimeout(200);
  await shot('place');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/place=p-d1/);
});
await step('the language switches in place and typed input stays', async () => {
  await page.goto(`${base}/incidents/i-1?incident=i-1&place=p-city`);
  await page.getByRole('button', { name: '宣布阶段' }).click();
  await page.getByLabel('依据').fill('4月8日研判 6 项条件全部满足');
  await page.evaluate(() => [...document.querySelectorAll('button')].find((b) => b.textContent === 'EN')?.click());
  await page.getByText('Declare a phase').first().waitFor();
  assert.equal(await page.getByLabel('Evidence').inputValue(), '4月8日研判 6 项条件全部满足');
  await page.evaluate(() => [...document.querySelectorAll('button')].find((b) => b.textContent === '中')?.click());
  await page.getByText('宣布阶段').first().waitFor();
});
await step('an earlier phase is announced as a step back', async () => {
  await page.getByLabel('阶段', { exact: true }).click();
  await page.getByTitle('攻坚').last().click();
  await page.getByText(/将从“最后冲锋”退回“攻坚”/).waitFor();
  await shot('declare');
});
await step(
  'an ended session is answered by a dialog; afterwards the same request goes through with the same key',
  async () => {
    await page.getByLabel('理由').fill('社会面出现新增，需重新攻坚');
    const sent = [];
    page.on(
      'request',
      (r) => r.method() === 'POST' && r.url().includes('/phases') && sent.push(r.headers()['idempotency-key']),
    );
    await page.request.get(`${base}/api/v1/__expire`);
    await page.getByRole('button', { name: /退回“攻坚”/ }).click();
    await page.getByText('登录已过期').waitFor();
    await shot('again');
    await page.getByRole('dialog').last().getByLabel('密码').fill('right');
    await page.getByRole('dialog').last().getByRole('button', { name: '登录' }).click();
    await page.getByText(/松川市已宣布进入“攻坚”/).waitFor();
    assert.equal(sent.length, 2);
    assert.ok(sent[0] && sent[0] === sent[1]);
  },
);
await step('closing a panel with unsaved input asks first', async () => {
  await page.goto(`${base}/clearance?incident=i-1&place=p-city`);
  await page.getByRole('button', { name: '登记轮次总数' }).click();
  await page.getByLabel('应检人数').fill('1000');
  await page.getByLabel('已采样').fill('1200');
  await page.getByText('不能大于应检人数').waitFor();
  await shot('round');
  await page.keyboard.press('Escape');
  await page.getByText('离开后已填写的内容将丢失。').waitFor();
  await shot('unsaved');
  await page.getByRole('button', { name: '留在本页' }).click();
  assert.equal(await page.getByLabel('应检人数').inputValue(), '1000');
});
await step('a new user gets a one-time code that is shown once', async () => {
  await page.goto(`${base}/users?incident=i-1&place=p-city`);
  await page.getByRole('button', { name: '新建用户' }).click();
  await page.getByLabel('姓名').last().fill('孙丽');
  await page.getByLabel('用户名').last().fill('sun.li');
  await page.getByRole('button', { name: /新建并生成一次性代码/ }).click();
  await page.getByText('M4QK-7XPD-29WT').waitFor();
  await page.waitForTimeout(200);
  await shot('code');
  await page.getByRole('button', { name: '已告知本人' }).click();
});
await step('the second factor is enrolled with a QR code and recovery codes', async () => {
  await page.goto(`${base}/me?incident=i-1&place=p-city#totp`);
  await page.getByRole('button', { name: '启用动态口令' }).click();
  await page.getByAltText('用手机验证器扫描二维码').waitFor();
  await shot('totp');
  await page.getByLabel(/6 位数字/).fill('123456');
  await page.getByRole('button', { name: '确认启用' }).click();
  await page.getByText('k7p2-m40x-q9vd').waitFor();
});
await step('print: light, without rail and tools', async () => {
  await page.goto(`${base}/clearance?incident=i-1&place=p-city`);
  await page.getByText('历次研判').waitFor();
  await page.evaluate(() => {
    localStorage.setItem('allclear.theme', 'dark');
    location.reload();
  });
  await page.getByText('历次研判').waitFor();
  await page.waitForTimeout(500);
  await page.pdf({ path: `${out}flow-print.pdf`, format: 'A4' });
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light');
  assert.equal(await page.locator('.ac-rail').isVisible(), false);
  await page.setViewportSize({ width: 794, height: 1123 });
  await page.screenshot({ path: `${out}flow-print.png`, fullPage: true });
  await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
  await page.emulateMedia({ media: null });
});
console.log(errors.length === 0 ? 'no console error' : `console errors:\n  ${errors.join('\n  ')}`);
await browser.close();
process.exit(failed === 0 ? 0 : 1);

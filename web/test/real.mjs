// A development tool: does the work of a duty officer and an administrator on a
// running demo server.   PASSWORD=… node test/real.mjs http://127.0.0.1:8090
// It changes the demo's data.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const base = process.argv[2] ?? 'http://127.0.0.1:8090';
const password = process.env.PASSWORD;
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
const errors = [];
let failed = 0;
let page;
async function person() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await context.addInitScript(() => localStorage.setItem('allclear.language', 'zh'));
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on(
    'console',
    (m) => m.type() === 'error' && !/Failed to load resource/.test(m.text()) && errors.push(m.text().slice(0, 300)),
  );
  page.on('pageerror', (e) => errors.push(e.message));
  page.on(
    'response',
    (r) =>
      r.status() >= 400 &&
      ![401, 404].includes(r.status()) &&
      errors.push(`${r.status()} ${r.request().method()} ${r.url().replace(base, '')}`),
  );
}
async function signIn(name, secret = password) {
  await page.goto(base);
  await page.getByLabel('用户名').fill(name);
  await page.getByLabel('密码', { exact: true }).fill(secret);
  await page.getByRole('button', { name: '登录' }).click();
}
async function step(name, act) {
  try {
    await act();
    console.log(`ok    ${name}`);
  } catch (e) {
    failed++;
    console.log(`FAIL  ${name}: ${String(e.message).split('\n').slice(0, 3).join(' | ')}`);
    await page.screenshot({ path: `${out}real-failed-${failed}.png` });
  }
}
function totp(secret, at = Date.now()) {
  const bits = [...secret.replace(/\s/g, '')]
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => Number.parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = mac[19] & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

await person();
await step('duty signs in and sees the overview', async () => {
  await signIn('duty');
  await page.getByRole('heading', { name: '综合研判' }).waitFor();
  await page.getByText('按地区').waitFor();
});
await step('a figure opens a list of the same length', async () => {
  const day = new URL(page.url());
  day.searchParams.set('on', '2022-03-25');
  await page.goto(day.href);
  const figure = page.locator('.ac-figure-value a').first();
  await figure.waitFor();
  const n = Number((await figure.textContent()).replace(/,/g, ''));
  await figure.click();
  await page.waitForURL(/\/cases/);
  await page
    .locator('.ac-dt-foot')
    .getByText(new RegExp(`共 ${n} 条`))
    .waitFor();
});
await step('another day and the onset curve are asked for by address', async () => {
  await page.goto(`${base}/?on=2022-03-25&by=onset&split=class`);
  await page
    .getByText(/灰色日期资料尚不完整|新增感染者合计/)
    .first()
    .waitFor();
});
await step('a round is corrected, and an impossible one is refused beside its field', async () => {
  await page.goto(`${base}/clearance`);
  await page.getByRole('button', { name: '更正第 17 轮' }).click();
  await page.getByLabel('已出结果').fill('19000');
  await page.getByRole('button', { name: '保存轮次' }).click();
  await page.getByText('第 17 轮已保存').waitFor();
  await page
    .locator('h1')
    .getByText(/4\/5 项条件满足/)
    .waitFor();
});
await step('a phase is stepped back with evidence and reason', async () => {
  await page.goto(`${base}/incidents`);
  await page
    .getByRole('link', { name: /松川市2022年春季疫情/ })
    .first()
    .click();
  await page.getByRole('button', { name: /退回上一阶段: 松川市/ }).click();
  await page.getByLabel('依据').fill('4月8日出现社会面感染者');
  await page.getByLabel('理由').fill('社会面重新出现感染者，退回最后冲锋');
  await page.getByText(/将从“社会面清零”退回“最后冲锋”/).waitFor();
  await page.getByRole('button', { name: /^退回“最后冲锋”/ }).click();
  await page.getByText(/已宣布进入“最后冲锋”/).waitFor();
  await page.screenshot({ path: `${out}real-stepback.png` });
});
await step('an incident is created with pack and overlay', async () => {
  await page.goto(`${base}/incidents`);
  await page.getByRole('button', { name: '建立事件' }).first().click();
  await page.getByLabel('事件名称').fill('演练');
  await page.getByLabel('协议包').click();
  await page.getByTitle('埃博拉病毒病').click();
  await page.getByRole('dialog').getByRole('button', { name: '建立事件' }).click();
  await page.getByText('事件“演练”已建立').waitFor();
  await page.getByRole('heading', { name: /演练/ }).waitFor();
});
await step('the packs page marks unverified values', async () => {
  await page.goto(`${base}/packs?pack=cn-covid-8th`);
  await page.getByText('未经核实').first().waitFor();
});

await person();
let code;
await step('the administrator lands on users, and creates one', async () => {
  await signIn('admin');
  await page.waitForURL(/\/users/);
  await page.getByRole('button', { name: '新建用户' }).click();
  await page.getByLabel('姓名').last().fill('孙丽');
  await page.getByLabel('用户名').last().fill('sun.li');
  await page.getByRole('button', { name: /新建并生成一次性代码/ }).click();
  await page.locator('.ac-secret').waitFor();
  code = (await page.locator('.ac-secret').textContent()).trim();
  await page.getByRole('button', { name: '已告知本人' }).click();
});
await step('grants a role at a district, and withdraws it again', async () => {
  await page.getByRole('row', { name: /孙丽/ }).click();
  await page.getByRole('heading', { name: '授予角色' }).waitFor();
  for (const [role, whole] of [
    ['区与街道负责人', true],
    ['审计员', true],
  ]) {
    await page.getByLabel('角色', { exact: true }).click();
    await page.keyboard.type(role.slice(0, 2));
    await page.getByTitle(role, { exact: true }).last().click();
    if (whole) await page.getByRole('radio', { name: '全部区域' }).check();
    await page.getByRole('button', { name: '授予', exact: true }).click();
    await page.getByText(`已授予${role}`).waitFor();
  }
  await page.getByRole('button', { name: '收回' }).first().click();
  await page.getByRole('dialog').last().getByRole('button', { name: '收回' }).click();
  await page.getByText('已收回').waitFor();
});
await step('the audit trail verifies', async () => {
  await page.goto(`${base}/audit`);
  await page.getByRole('button', { name: '核验全部记录' }).click();
  await page.getByText(/条记录自始至今未被改动/).waitFor();
  await page.getByRole('button', { name: '生成签名检查点' }).click();
  await page.locator('pre').waitFor();
});

await person();
const mine = 'a quiet river runs 42';
await step('the new person sets a password with the code and is signed in', async () => {
  await page.goto(`${base}/first`);
  await page.getByLabel('用户名').fill('sun.li');
  await page.getByLabel('一次性代码').fill(code);
  await page.getByLabel('新密码', { exact: true }).fill(mine);
  await page.getByLabel('再输一次新密码').fill(mine);
  await page.getByRole('button', { name: '设置密码并登录' }).click();
  await page.getByRole('button', { name: /我的账号: 孙丽/ }).waitFor();
});
let secret;
await step('enrols a one-time password with a real code', async () => {
  await page.goto(`${base}/me`);
  await page.getByRole('button', { name: '启用动态口令' }).click();
  await page.locator('.ac-totp img').waitFor();
  await page.screenshot({ path: `${out}real-totp.png` });
  secret = (await page.locator('.ac-totp .ac-mono').first().textContent()).trim();
  await page.getByLabel(/6 位数字/).fill(totp(secret));
  await page.getByRole('button', { name: '确认启用' }).click();
  await page.locator('.ac-recovery li').first().waitFor();
  assert.ok((await page.locator('.ac-recovery li').count()) >= 8);
  await page.getByRole('button', { name: '已保存好' }).click();
  await page.getByText('已启用。登录时除密码外还要输入动态口令。').waitFor();
});
await step('creates and revokes a token', async () => {
  await page.getByRole('button', { name: '新建令牌' }).click();
  await page.getByLabel('用途').fill('夜间导出');
  await page.getByLabel('允许的操作').click();
  await page.locator('.ant-select-item-option').first().click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '生成令牌' }).click();
  await page.locator('.ac-secret').waitFor();
  await page.getByRole('button', { name: '已保存好' }).click();
  await page.getByRole('button', { name: '吊销' }).click();
  await page.getByRole('dialog').last().getByRole('button', { name: '吊销' }).click();
  await page.getByText('令牌已吊销').waitFor();
});
await step('signs out, and in again with the second step', async () => {
  await page.getByRole('button', { name: /我的账号: 孙丽/ }).click();
  await page.getByText('退出登录').click();
  await page.getByRole('button', { name: '登录' }).waitFor();
  await signIn('sun.li', mine);
  const field = page.getByLabel('6 位动态口令或恢复码');
  await field.waitFor();
  await field.fill(totp(secret, Date.now() + 30_000)); // the present one was used to enrol
  await page.getByRole('button', { name: '登录' }).click();
  await page.getByRole('button', { name: /我的账号: 孙丽/ }).waitFor();
});
console.log(errors.length === 0 ? 'no unexpected error' : `errors:\n  ${[...new Set(errors)].join('\n  ')}`);
await browser.close();
process.exit(failed === 0 ? 0 : 1);

// The browser test: a person signs in, imports a list, looks at the map, works on a case and
// reads the clearance, in Chinese and in English, against the real program; then every main
// page is looked at in both themes and at phone width.
//
//   make build && node test/browser.mjs        pictures go to test/output
import assert from 'node:assert/strict';
import { join } from 'node:path';
import {
  failed,
  findings,
  fixtures,
  openWindow,
  output,
  plan,
  report,
  settled,
  shot,
  signIn,
  startBrowser,
  startServer,
} from './harness.mjs';

const number = (text) => Number(/([\d,]+)/.exec(text ?? '')?.[1]?.replaceAll(',', '') ?? Number.NaN);

/** The words by which a person finds things. */
const words = {
  zh: {
    username: '用户名',
    password: '密码',
    signIn: '登录',
    cases: '病例',
    dayMonth: '日/月/年',
    dry: '开始试运行',
    run: /^导入 \d+ 行$/,
    imported: '导入完成，有退回的行',
    rejects: '下载退回的行（CSV）',
    seeCases: '查看导入的病例',
    undo: '撤销这次导入',
    undone: '导入已撤销',
    end: '截止日',
    play: '播放',
    pause: '暂停',
    openList: '查看病例清单',
    panel: '地点数字',
    reveal: '显示身份',
    reason: '查看原因',
    reveal60: '显示 60 秒',
    hide: /隐藏/,
    reclassify: '变更诊断分类',
    cancel: '取消',
    filter: '筛选',
    sex: '性别',
    female: '女',
    search: '搜索',
    people: '人员',
    revealAll: '显示身份信息',
    whyReveal: '上门送药前电话确认',
    openFile: '打开人员档案',
    household: '打开这一户',
    tabHousehold: '家庭户',
    onMap: '在地图上看',
    addHere: '在这一户登记人员',
    name: '姓名',
    register: '登记',
    unsaved: '有未保存的内容',
    leave: '放弃并离开',
    columns: '列',
    tooShort: '搜索人员至少输入 2 个字。',
  },
  en: {
    username: 'User name',
    password: 'Password',
    signIn: 'Sign in',
    cases: 'Cases',
    dayMonth: 'Day/month/year',
    dry: 'Start dry run',
    run: /^Import \d+ rows$/,
    imported: 'Imported, with refused rows',
    rejects: 'Download refused rows (CSV)',
    seeCases: 'Open the imported cases',
    undo: 'Undo this import',
    undone: 'The import was undone',
    end: 'Last day',
    play: 'Play',
    pause: 'Pause',
    openList: 'Open line list',
    panel: 'Figures of a place',
    reveal: 'Reveal identity',
    reason: 'Reason',
    reveal60: 'Reveal for 60 s',
    hide: /^Hide/,
    reclassify: 'Reclassify',
    cancel: 'Cancel',
    filter: 'Filter',
    sex: 'Sex',
    female: 'Female',
    search: 'Search',
    people: 'People',
    revealAll: 'Reveal identity',
    whyReveal: 'call before bringing medicine',
    openFile: 'Open file',
    household: 'Open household',
    tabHousehold: 'Household',
    onMap: 'Show on the map',
    addHere: 'Register person here',
    name: 'Name',
    register: 'Register',
    unsaved: 'Not saved yet',
    leave: 'Drop it and leave',
    columns: 'Columns',
    tooShort: 'Enter at least 2 characters to search people.',
  },
};

/** One thing a person does; a failure leaves a picture and the next thing is tried. */
async function step(page, name, act) {
  try {
    await act();
    report(name);
  } catch (error) {
    report(name, error);
    await shot(page, `failed-${name.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 60)}`).catch(() => undefined);
  }
}

const main = (page) => page.locator('main');
/** Length of the line list as its heading states it. */
const listTotal = async (page) => {
  await settled(page);
  const heading = await main(page).locator('h1').first().textContent();
  return number(heading.split(/[:：]/).at(-1));
};

async function importList(page, lang) {
  const w = words[lang];
  await step(page, `${lang}: a file in GB18030 is brought and recognised`, async () => {
    await page.goto('/imports?kind=cases');
    await page.locator('input[type=file]').setInputFiles(join(fixtures, 'linelist-gb18030.csv'));
    await page.waitForURL(/\/imports\/[0-9a-f-]{36}/);
    await settled(page);
    await page.locator('.ac-steps button').nth(1).click();
    await page.getByText('测试1', { exact: true }).waitFor();
    await shot(page, `${lang}-import-sheet`);
  });
  await step(page, `${lang}: columns are matched, and each says why`, async () => {
    await page.locator('.ac-steps button').nth(2).click();
    await page.locator('.ac-columns').waitFor();
    assert.equal(await page.locator('.ac-columns tbody tr').count(), 11);
    assert.ok((await page.locator('.ac-columns tbody tr:not([data-out])').count()) >= 9);
    await shot(page, `${lang}-import-columns`);
  });
  await step(page, `${lang}: the two readings of a date stand side by side, and one can be chosen`, async () => {
    await page.locator('.ac-steps button').nth(3).click();
    const answer = page.waitForResponse((r) => r.url().endsWith('/choice') && r.ok());
    await page.locator('.ac-readings').first().getByText(w.dayMonth).click();
    await answer;
    await settled(page);
    assert.ok(await page.locator('.ac-readings input[value=dmy]').first().isChecked());
    await shot(page, `${lang}-import-values`);
  });
  await step(page, `${lang}: the dry run accounts for every row`, async () => {
    await page.locator('.ac-steps button').nth(4).click();
    await page.getByRole('button', { name: w.dry }).click();
    await page.locator('.ac-account-part').nth(4).waitFor();
    const parts = (await page.locator('.ac-account-part').allTextContents()).map(number);
    const [rows, ...rest] = parts;
    assert.equal(rows, 60);
    assert.equal(
      rest.reduce((a, b) => a + b, 0),
      rows,
    );
    assert.ok(rest[3] > 0, 'the file holds rows that must be refused');
    assert.ok((await page.locator('.ac-reasons > li').count()) > 0);
    await shot(page, `${lang}-import-dry`);
  });
  let inserted = 0;
  await step(page, `${lang}: the import runs to its end, and refused rows can be downloaded`, async () => {
    await page.locator('.ac-steps button').nth(5).click();
    await page.getByRole('button', { name: w.run }).click();
    await page.getByText(w.imported, { exact: true }).waitFor({ timeout: 60_000 });
    inserted = number((await page.locator('.ac-account-part').allTextContents())[1]);
    assert.ok(inserted > 0);
    await shot(page, `${lang}-import-done`);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: w.rejects }).click();
    assert.match((await download).suggestedFilename(), /rejects.*\.csv$/);
  });
  await step(page, `${lang}: the list of the import is as long as the import says`, async () => {
    const address = page.url();
    await page.getByRole('link', { name: w.seeCases }).click();
    await page.waitForURL(/import_id=/);
    assert.equal(await listTotal(page), inserted);
    await page.goto(address);
    await settled(page);
  });
  await step(page, `${lang}: the import is undone`, async () => {
    await page.getByRole('button', { name: w.undo }).click();
    await page.locator('.ant-modal').getByRole('button', { name: w.undo }).click();
    await page.getByText(w.undone, { exact: true }).waitFor({ timeout: 60_000 });
  });
}

async function lookAtMap(page, lang) {
  const w = words[lang];
  await step(page, `${lang}: the map draws places from the program's own tiles`, async () => {
    const tile = page.waitForResponse((r) => /\/api\/v1\/tiles\/\d+\/\d+\/\d+\.mvt/.test(r.url()) && r.ok());
    await page.goto('/map?on=2022-03-28&window=14');
    await tile;
    await settled(page);
    await shot(page, `${lang}-map`);
  });
  await step(page, `${lang}: arrow keys on the slider move the day, and the address follows`, async () => {
    await page.getByLabel(w.end, { exact: true }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(/on=2022-03-27/);
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(/on=2022-03-28/);
  });
  await step(page, `${lang}: play steps through the days, pause keeps the day in the address`, async () => {
    await page.getByRole('button', { name: w.play, exact: true }).click();
    await page.waitForTimeout(2200);
    await page.getByRole('button', { name: w.pause, exact: true }).click();
    await page.waitForURL((url) => url.searchParams.get('on') !== '2022-03-28');
    await page.goto('/map?on=2022-03-28&window=14');
    await settled(page);
  });
  await step(page, `${lang}: t shows the same numbers as a table that adds up to the heading`, async () => {
    await main(page).focus();
    await page.keyboard.press('t');
    await page.waitForURL(/view=table/);
    await settled(page);
    const title = await main(page).locator('h1').textContent();
    const total = lang === 'zh' ? number(title.match(/(\d[\d,]*) 例/)?.[1]) : number(title.split(': ')[1]);
    const cells = await page.locator('.ac-map-table tbody tr.ac-dt-row td:nth-child(2)').allTextContents();
    assert.equal(
      cells.map(number).reduce((a, b) => a + b, 0),
      total,
    );
    await shot(page, `${lang}-map-table`);
  });
  await step(
    page,
    `${lang}: a place chosen by keyboard opens its figures, and the list behind them is as long`,
    async () => {
      await main(page).focus();
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      const panel = page.getByRole('complementary', { name: w.panel });
      await panel.locator('.ac-map-total').waitFor();
      const figure = number(await panel.locator('.ac-map-total').textContent());
      await panel.getByRole('link', { name: w.openList }).click();
      await page.waitForURL(/\/cases\?.*counted=infections/);
      assert.equal(await listTotal(page), figure);
      await page.locator('.ac-why').waitFor();
      await shot(page, `${lang}-cases-behind-figure`);
    },
  );
}

async function workOnCase(page, lang) {
  const w = words[lang];
  await step(page, `${lang}: a filter becomes a chip and part of the address`, async () => {
    await page.goto('/cases');
    const all = await listTotal(page);
    await page.getByRole('button', { name: w.filter, exact: true }).click();
    await page.getByRole('menuitem', { name: w.sex, exact: true }).click();
    await page.getByRole('radio', { name: w.female, exact: true }).check();
    await page.waitForURL(/sex=female/);
    await page.keyboard.press('Escape');
    await page.waitForTimeout(500);
    const some = await listTotal(page);
    assert.ok(some > 0 && some < all, `${some} of ${all}`);
    await page.reload();
    assert.equal(await listTotal(page), some);
  });
  await step(page, `${lang}: j, Enter, Enter lead from the list to the case`, async () => {
    await main(page).focus();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.locator('.ac-preview').waitFor();
    await shot(page, `${lang}-cases-preview`);
    await page.locator('.ac-dt-row:focus').press('Enter');
    await page.waitForURL(/\/cases\/[0-9a-f-]{36}/);
    await page.locator('.ac-chronology li').first().waitFor();
    await shot(page, `${lang}-case`);
  });
  await step(page, `${lang}: an identity is shown for a reason, and hidden again`, async () => {
    const masked = await page.locator('.ac-identity dd').first().textContent();
    assert.match(masked, /\*/);
    await page.getByRole('button', { name: w.reveal, exact: true }).click();
    await page.getByLabel(w.reason, { exact: true }).fill(lang === 'zh' ? '电话核实活动轨迹' : 'call about movements');
    await page.getByRole('button', { name: w.reveal60 }).click();
    await page.locator('[data-private]').waitFor();
    assert.doesNotMatch(await page.locator('.ac-identity dd').first().textContent(), /\*/);
    await page.getByRole('button', { name: w.hide }).click();
    assert.equal(await page.locator('.ac-identity dd').first().textContent(), masked);
  });
  await step(page, `${lang}: reclassifying asks for class, day and reason`, async () => {
    await page.getByRole('button', { name: w.reclassify, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('.ant-btn-primary').click();
    await dialog.locator('.ant-form-item-explain-error').first().waitFor();
    assert.equal(await dialog.locator('.ant-form-item-explain-error').count(), 2);
    await shot(page, `${lang}-reclassify`);
    await dialog.getByRole('button', { name: w.cancel }).click();
  });
}

/** Two letters that begin the names of somebody whom this person may see: initials as the search takes them. */
async function someInitials(context, base) {
  for (const a of 'wzlcxhsgymdfjtqpkbrn')
    for (const b of 'jxyhlmwgczqsdtfk') {
      const answer = await context.request.post(`${base}/api/v1/people/search`, {
        data: { q: a + b, limit: 5 },
        headers: { Origin: base },
      });
      const { items } = await answer.json();
      if (items?.some((p) => p.matched_by === 'initials' && p.place_level === 'household')) return a + b;
    }
  throw new Error('nobody was found by two initials');
}

async function findPerson(context, page, server, lang) {
  const w = words[lang];
  const palette = page.getByRole('combobox', { name: w.search });
  const person = page.locator('.ac-palette-hit[data-group=people]');
  await signIn(context, server.base, 'community', server.password);
  await step(page, `${lang}: the people of a community stand door by door, masked`, async () => {
    await page.goto('/people');
    assert.ok((await listTotal(page)) > 0);
    const names = await page.locator('.ac-dt-row td[data-cell]:nth-child(2)').allTextContents();
    assert.ok(names.length > 0 && names.every((n) => n.includes('*') || n === '–'), names.slice(0, 5).join());
    await shot(page, `${lang}-people`);
  });
  await step(page, `${lang}: one letter says what is missing; an input method's Enter opens nothing`, async () => {
    await main(page).focus();
    await page.keyboard.press('Control+k');
    await palette.fill('w');
    await page.getByText(w.tooShort).waitFor();
    await palette.evaluate((input) =>
      input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true })),
    );
    await page.waitForTimeout(200);
    assert.ok(await palette.isVisible(), 'an Enter that confirms characters closed the search');
    await page.keyboard.press('Escape');
    await palette.waitFor({ state: 'hidden' });
  });
  await step(
    page,
    `${lang}: two initials find a person, Enter opens the file, and no name is in the address`,
    async () => {
      const letters = await someInitials(context, server.base);
      const asked = [];
      const note = (request) => request.url().includes('/people') && asked.push(request.url());
      page.on('request', note);
      await page.keyboard.press('Control+k');
      await palette.fill(letters);
      await person.first().waitFor();
      await shot(page, `${lang}-palette`);
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/people\/[0-9a-f-]{36}/);
      await settled(page);
      page.off('request', note);
      assert.deepEqual(
        asked.filter((url) => url.includes(`=${letters}`)),
        [],
      );
      await shot(page, `${lang}-person`);
    },
  );
  await step(page, `${lang}: a person is revealed for a reason, and hidden again`, async () => {
    await page.getByRole('button', { name: w.revealAll, exact: true }).click();
    await page.getByLabel(w.reason, { exact: true }).fill(w.whyReveal);
    await page.getByRole('button', { name: w.reveal60 }).click();
    await page.locator('[data-private]').waitFor();
    assert.doesNotMatch(await page.locator('.ac-who dd').first().textContent(), /\*/);
    await page.getByRole('button', { name: w.hide }).click();
    await page.locator('[data-private]').waitFor({ state: 'detached' });
  });
  await step(page, `${lang}: from the person to the household`, async () => {
    await page.getByRole('tab', { name: w.tabHousehold, exact: true }).click();
    await page.waitForURL(/tab=household/);
    await page.getByRole('link', { name: w.household }).click();
    await page.waitForURL(/\/households\/[0-9a-f-]{36}/);
    await settled(page);
    assert.ok((await page.locator('.ac-members tbody tr').count()) > 0);
    await page.locator('.ac-home-map .ac-map-canvas').waitFor();
    await shot(page, `${lang}-household`);
  });
  await step(page, `${lang}: leaving a half-filled form asks first`, async () => {
    const here = page.url();
    await page.getByRole('link', { name: w.addHere }).first().click();
    await page.waitForURL(/\/people\/new/);
    await page.getByLabel(w.name, { exact: true }).fill('X');
    await page.goBack();
    await page.getByText(w.unsaved).waitFor();
    await page.getByRole('button', { name: w.leave }).click();
    await page.waitForURL(here);
    await settled(page);
  });
  await step(page, `${lang}: from the household to its building on the map`, async () => {
    const building = await page.locator('.ac-home-map').getAttribute('data-building');
    await page.getByRole('link', { name: w.onMap }).click();
    await page.waitForURL((url) => url.pathname === '/map' && url.searchParams.get('sel') === building);
    await settled(page);
    await shot(page, `${lang}-building-on-map`);
  });
  await step(page, `${lang}: going back brings the list, its place and the row back`, async () => {
    await page.goto('/people');
    await settled(page);
    await main(page).focus();
    for (let i = 0; i < 30; i++) await page.keyboard.press('j');
    const row = page.locator('.ac-dt-row:focus');
    const name = await row.getAttribute('aria-label');
    const top = () => page.locator('.ac-dt-body').evaluate((box) => box.scrollTop);
    const before = await top();
    await page.keyboard.press('Enter');
    await page.locator('.ac-preview').waitFor();
    await row.press('Enter');
    await page.waitForURL(/\/people\/[0-9a-f-]{36}/);
    await settled(page);
    await page.goBack();
    await page.waitForURL(/\/people\?/);
    await row.waitFor();
    assert.equal(await row.getAttribute('aria-label'), name);
    assert.ok(Math.abs((await top()) - before) < 60, `${await top()} was ${before}`);
  });
}

async function readTotals(page, lang) {
  await step(page, `${lang}: the address of reported totals with the wing in front leads to the page`, async () => {
    await page.goto('/control/counts?from=2022-03-20&to=2022-03-28');
    await page.waitForURL(/\/counts\?.*from=2022-03-20/);
    await settled(page);
  });
}

async function readClearance(page, lang) {
  await step(page, `${lang}: a criterion's evidence opens a list as long as it says`, async () => {
    await page.goto('/clearance?on=2022-04-01');
    await settled(page);
    await shot(page, `${lang}-clearance`);
    const links = main(page).locator('a[href*="/cases?"]');
    await links.first().waitFor();
    // The last number of the link is its count; the days of the list stand before it.
    const counts = (await links.allTextContents()).map((text) => Number(text.match(/\d+/g)?.at(-1)));
    const at = Math.max(
      0,
      counts.findIndex((n) => n > 0),
    );
    const [says, link] = [counts[at], links.nth(at)];
    await link.click();
    await page.waitForURL(/\/cases\?/);
    assert.equal(await listTotal(page), says);
  });
}

async function journey(browser, server, lang) {
  const { context, page, complaints } = await openWindow(browser, server.base, { lang });
  const w = words[lang];
  await step(page, `${lang}: sign in as data steward`, async () => {
    await page.goto('/imports');
    await page.getByLabel(w.username).fill('steward');
    await page.getByLabel(w.password, { exact: true }).fill(server.password);
    await page.getByRole('button', { name: w.signIn, exact: true }).click();
    await page.locator('.ac-rail').waitFor();
    await settled(page);
  });
  await importList(page, lang);
  await signIn(context, server.base, 'epi', server.password);
  await lookAtMap(page, lang);
  await workOnCase(page, lang);
  await readClearance(page, lang);
  await readTotals(page, lang);
  await findPerson(context, page, server, lang);
  report(
    `${lang}: nothing was complained about in the console on the way`,
    complaints.length > 0 ? complaints.slice(0, 5).join(' | ') : undefined,
  );
  await context.close();
}

/** The pages everyone's work begins at, by who may see them. */
async function mainPages(context, base) {
  const get = async (path) => (await context.request.get(`${base}/api/v1${path}`)).json();
  const incident = (await get('/incidents')).items[0];
  const aCase = (await get(`/cases?incident_id=${incident.id}&limit=1`)).items[0];
  const imports = (await get('/imports')).items;
  const aPerson = (await get('/people?limit=200')).items.find(
    (p) => p.place_level === 'household' && p.care.length > 0,
  );
  return {
    overview: '/',
    incidents: '/incidents',
    phases: `/incidents/${incident.id}`,
    map: '/map',
    'map-table': '/map?view=table',
    cases: '/cases',
    case: `/cases/${aCase.id}`,
    'case-new': '/cases/new',
    'case-edit': `/cases/${aCase.id}/edit`,
    clearance: '/clearance',
    counts: '/counts',
    people: '/people',
    person: `/people/${aPerson.id}`,
    'person-edit': `/people/${aPerson.id}/edit`,
    'person-new': '/people/new',
    household: `/households/${aPerson.place_id}`,
    places: '/places',
    place: `/places/${incident.place_id}`,
    imports: '/imports',
    ...(imports[0] ? { import: `/imports/${imports[0].id}` } : {}),
    packs: '/packs',
    me: '/me',
  };
}
const ADMIN_PAGES = { users: '/users', audit: '/audit' };

async function lookAtPages(browser, server, { lang, theme, width }) {
  const name = `${lang} ${theme} ${width}`;
  const { context, page, complaints } = await openWindow(browser, server.base, {
    lang,
    theme,
    width,
    height: width < 500 ? 740 : 900,
  });
  await signIn(context, server.base, 'epi', server.password);
  const pages = await mainPages(context, server.base);
  const look = async ([key, path]) =>
    step(page, `${name}: ${key} has no serious finding of axe and fits the width`, async () => {
      await page.goto(path);
      await settled(page);
      await shot(page, `page-${key}-${lang}-${theme}-${width}`);
      const found = await findings(page);
      assert.ok(found.length === 0, found.join('; '));
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(over <= 0, `the page is ${over} px wider than the window`);
    });
  for (const entry of Object.entries(pages)) await look(entry);
  for (const [key, user] of [
    ['users', 'admin'],
    ['audit', 'auditor'],
  ]) {
    await signIn(context, server.base, user, server.password);
    await look([key, ADMIN_PAGES[key]]);
  }
  report(
    `${name}: nothing was complained about in the console`,
    complaints.length > 0 ? complaints.slice(0, 5).join(' | ') : undefined,
  );
  await context.close();
}

const server = await startServer().catch((error) => {
  report('the demo server starts', error);
  plan();
  process.exit(1);
});
report('the demo server starts');
const browser = await startBrowser();
try {
  await journey(browser, server, 'zh');
  await journey(browser, server, 'en');
  await lookAtPages(browser, server, { lang: 'zh', theme: 'light', width: 1440 });
  await lookAtPages(browser, server, { lang: 'en', theme: 'dark', width: 1440 });
  await lookAtPages(browser, server, { lang: 'zh', theme: 'dark', width: 360 });
  await lookAtPages(browser, server, { lang: 'en', theme: 'light', width: 360 });
} catch (error) {
  report('the test ran to its end', error);
} finally {
  await browser.close();
  await server.stop();
}
plan();
console.log(`# pictures in ${output}`);
process.exit(failed() > 0 ? 1 : 0);

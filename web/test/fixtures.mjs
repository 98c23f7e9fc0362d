// A development tool: answers the API with invented data, so that pages can be
// looked at without a server. It is not part of the application.
import { createServer } from 'node:http';

const DAYS = 38;
const day = (i) => new Date(Date.UTC(2022, 2, 2 + i, 12)).toISOString().slice(0, 10);
const curve = [
  1, 3, 5, 9, 14, 22, 40, 65, 110, 180, 260, 390, 520, 610, 720, 880, 950, 1010, 960, 1100, 1040, 980, 870, 760, 810,
  700, 640, 560, 430, 380, 320, 260, 210, 180, 160, 140, 120, 112,
];
const communityOf = (i) => (i > 36 ? 0 : i > 33 ? 2 : Math.round(curve[i] * Math.max(0.05, 0.8 - i * 0.022)));
const figures = (i, share = 1) => {
  const infections = Math.round((curve[i] ?? 0) * share);
  const reclassified = Math.round(infections * 0.08);
  const confirmed = Math.round(infections * 0.52) + reclassified;
  const community = Math.round(communityOf(Math.max(i, 0)) * share);
  return {
    confirmed,
    asymptomatic: infections - (confirmed - reclassified),
    reclassified,
    infections,
    found_in_community: community,
    found_under_control: infections - community,
    route_unknown: i === 37 ? 0 : 1,
    deaths: 0,
    imported: 0,
  };
};
const add = (a, b) => Object.fromEntries(Object.keys(a).map((k) => [k, a[k] + b[k]]));
const upTo = (i, share = 1) => Array.from({ length: i + 1 }, (_, k) => figures(k, share)).reduce(add);

const city = {
  id: 'p-city',
  code: '2299',
  level: 'city',
  name: '松川市',
  name_en: 'Songchuan',
  path: '1.3.',
  parent_id: null,
  lon: 126.5,
  lat: 43.8,
  population: 1810000,
  floors: null,
  has_geometry: true,
  version: 1,
  children_count: 6,
};
const names = [
  ['江北区', 'Jiangbei', 0.34],
  ['船营区', 'Chuanying', 0.27],
  ['丰满区', 'Fengman', 0.14],
  ['龙潭区', 'Longtan', 0.13],
  ['高新技术产业开发区', 'High-tech Zone', 0.08],
  ['经济技术开发区', 'Economic Zone', 0.04],
];
const districts = names.map(([name, name_en, share], i) => ({
  ...city,
  id: `p-d${i}`,
  code: `2299${i}`,
  level: 'district',
  name,
  name_en,
  path: `1.3.${i}.`,
  parent_id: 'p-city',
  children_count: 12,
  population: Math.round(1810000 * share),
  share,
}));
const incident = {
  id: 'i-1',
  name: '松川市2022年春季疫情',
  name_en: 'Songchuan, spring 2022',
  place_id: 'p-city',
  place_path: '1.3.',
  place_name: '松川市',
  pack: 'cn-covid-8th',
  overlays: ['jilin-city-2022'],
  rules: 'cn-covid-8th@3+jilin-city-2022@1',
  time_zone: 'Asia/Shanghai',
  started_on: '2022-03-02',
  closed_on: '',
  status: 'active',
  version: 1,
  is_demo: true,
  last_record_on: day(37),
};
const operations = [
  'incident.incident.view',
  'incident.incident.create',
  'incident.incident.update',
  'incident.phase.declare',
  'places.place.view',
  'cases.case.view',
  'cases.case.list',
  'cases.case.open',
  'cases.case.reveal',
  'cases.count.view',
  'cases.count.record',
  'lab.round.view',
  'lab.round.record',
  'situation.view',
  'clearance.view',
  'packs.pack.view',
  'imports.job.view',
  'imports.job.create',
  'audit.entry.view',
  'audit.log.verify',
  'accounts.user.view',
  'accounts.user.create',
  'accounts.user.update',
  'accounts.user.disable',
  'accounts.user.reset',
  'accounts.grant.create',
  'accounts.grant.delete',
  'accounts.role.view',
  'accounts.self.view',
  'accounts.self.update',
  'accounts.token.create',
  'accounts.token.revoke',
];
const me = {
  user: { id: 'u-1', username: 'wang.min', display_name: '王敏', language: 'zh-CN', mfa: false },
  demo: true,
  version: '0.1.0',
  mfa: false,
  must_enrol_totp: true,
  grants: [
    {
      role: 'duty_officer',
      role_title: { zh: '值班指挥员', en: 'Duty officer' },
      place_id: 'p-city',
      place_name: '松川市',
      place_path: '1.3.',
    },
  ],
  operations,
};
const phase = (id, place, name, phase, starts_on, ends_on, stepped_back = false) => ({
  id,
  incident_id: 'i-1',
  place_id: place,
  place_path: place === 'p-city' ? '1.3.' : `1.3.${place.slice(3)}.`,
  place_name: name,
  phase,
  starts_on,
  ends_on,
  objectives: '三天内完成一轮全员核酸检测，社会面新增逐日下降。',
  evidence: '3月15日综合研判：6项条件中满足2项；当日新增610例，其中社会面312例。',
  declared_by_name: '王敏',
  declared_at: 1647331200000000,
  reason: '社会面新增连续三天上升，需集中力量。',
  stepped_back,
});
const phases = [
  phase('f1', 'p-city', '松川市', 'activation', '2022-03-02', '2022-03-09'),
  phase('f2', 'p-city', '松川市', 'cleanup_drive', '2022-03-10', '2022-03-20'),
  phase('f3', 'p-city', '松川市', 'general_offensive', '2022-03-21', '2022-03-31'),
  phase('f4', 'p-city', '松川市', 'final_push', '2022-04-01', ''),
  phase('f5', 'p-d0', '江北区', 'cleanup_drive', '2022-03-12', '2022-03-28'),
  phase('f6', 'p-d0', '江北区', 'general_offensive', '2022-03-29', ''),
  phase('f7', 'p-d4', '高新技术产业开发区', 'final_push', '2022-03-26', '2022-04-02'),
  phase('f8', 'p-d4', '高新技术产业开发区', 'general_offensive', '2022-04-03', '2022-04-06', true),
  phase('f9', 'p-d4', '高新技术产业开发区', 'community_zero', '2022-04-07', ''),
];
const text = (zh, en) => ({ zh, en });
const definitions = {
  infections: text('确诊病例减去无症状转确诊，加无症状感染者', 'Confirmed, less those reclassified, plus asymptomatic'),
  found_in_community: text(
    '在管控人群之外发现的感染者，含发现途径未填',
    'Found outside controlled groups, unknown routes included',
  ),
  reclassified: text(
    '此前按无症状报告、当日转为确诊，不计入新增感染者',
    'Reported as asymptomatic before; not new infections',
  ),
};
const params = [
  ['incubation.days_min', 1, 'day', 'A', '新型冠状病毒肺炎防控方案（第八版）', ''],
  [
    'quarantine.close.concentrated_d',
    14,
    'day',
    'A',
    '新型冠状病毒肺炎防控方案（第八版）',
    '14 天集中隔离加 7 天居家健康监测。',
  ],
  ['quarantine.test_days', [1, 4, 7, 14], 'day', 'A', '新型冠状病毒肺炎防控方案（第八版）', ''],
  ['transfer.close_h', 12, 'hour', 'B', '新型冠状病毒肺炎防控方案（第八版）', '一线目标为 8 小时。'],
  ['pool.sizes', [1, 5, 10, 20], 'count', 'C', '凭记忆', ''],
  ['pool.resample_h', 6, 'hour', 'D', '设定值', '国家未规定时限，城市实际 2 至 6 小时。'],
  ['community_clear.min_coverage', 0.99, 'ratio', 'D', '设定值', ''],
  ['community_clear.consecutive_zero_d', 3, 'day', 'A', '上海市新冠肺炎疫情防控新闻发布会（2022年5月1日）', ''],
  ['antigen.enabled', true, '', 'A', '新冠病毒抗原检测应用方案（试行）', ''],
].map(([key, value, unit, grade, doc, note]) => ({
  key,
  value,
  unit,
  grade,
  verified: grade !== 'D',
  doc: text(doc, doc === '设定值' ? 'Design value' : 'National prevention plan, 8th edition'),
  citation: 'S12',
  note: text(note, note && 'See the note in the pack.'),
  from: key.startsWith('community_clear.c') ? 'jilin-city-2022' : 'cn-covid-8th',
  valid_from: '2021-05-11',
}));
const criteria = (i) => {
  const zero = i > 36 ? i - 36 : 0;
  return [
    [
      'community_zero',
      '社会面连续零新增',
      'No infection found in the community',
      zero >= 3,
      zero,
      3,
      'day',
      [],
      'community_infections',
      '社会面感染者',
      'Infections found in the community',
      214,
    ],
    [
      'round_coverage',
      '完成一轮全员检测，覆盖率达标',
      'A full testing round has closed with enough coverage',
      i > 34,
      0.9861,
      0.99,
      'ratio',
      i > 34 ? [] : [text('第 14 轮尚未结束', 'Round 14 is still open')],
      'round',
      '核酸筛查轮次',
      'Screening rounds',
      14,
    ],
    [
      'round_resulted',
      '该轮检测结果全部回报',
      'All results of the round are in',
      false,
      1782044,
      1784310,
      'person',
      [text('高新技术产业开发区：2,266 人结果未回报', 'High-tech Zone: 2,266 results outstanding')],
      'round',
      '核酸筛查轮次',
      'Screening rounds',
      14,
    ],
    [
      'round_negative',
      '该轮检测社会面无阳性',
      'The round found no one positive in the community',
      true,
      0,
      0,
      'infection',
      [],
      'round',
      '核酸筛查轮次',
      'Screening rounds',
      14,
    ],
    [
      'round_after_last',
      '该轮检测在最后一例社会面感染之后开始',
      'The round opened after the last community infection',
      true,
      true,
      true,
      '',
      [],
      'round',
      '核酸筛查轮次',
      'Screening rounds',
      14,
    ],
    [
      'routes_known',
      '近期感染者的发现途径均已查明',
      'It is known how each recent infection was found',
      false,
      3,
      0,
      'infection',
      [text('3 例感染者未填发现途径', '3 infections without a detection route')],
      'unknown_route',
      '发现途径不明者',
      'Infections without a detection route',
      3,
    ],
    [
      'share',
      '管控中发现占比',
      'Share found under control',
      true,
      1,
      1,
      'ratio',
      [],
      'infections',
      '全部感染者',
      'All infections',
      4180,
    ],
  ].map(([id, zh, en, met, value, needed, unit, missing, set, szh, sen, count], k) => ({
    id,
    title: text(zh, en),
    met,
    binding: k < 6,
    value,
    needed,
    unit,
    missing,
    evidence: [
      {
        set,
        title: text(szh, sen),
        count,
        href: `/cases?incident=i-1&place=p-city&counted=infections&from=2022-03-26&to=${day(i)}`,
      },
    ],
  }));
};
const users = Array.from({ length: 14 }, (_, i) => ({
  id: `u-${i + 1}`,
  username: ['wang.min', 'li.jianguo', 'zhao.xue', 'chen.bo'][i] ?? `user${i}`,
  display_name: ['王敏', '李建国', '赵雪', '陈波'][i] ?? `测试用户${i}`,
  disabled: i === 5,
  active: i !== 6,
  mfa: i % 3 === 0,
  created_at: 1646200000000000,
  last_seen_at: i === 6 ? 0 : 1649380000000000,
  version: 1,
  grants:
    i === 7
      ? []
      : [
          {
            id: `g-${i}`,
            role: ['duty_officer', 'epidemiologist', 'district_lead', 'lab'][i % 4],
            place_id: i === 0 ? '' : `p-d${i % 6}`,
            place_name: names[i % 6][0],
            until: i === 3 ? 1651363200000000 : 0,
          },
        ],
}));
const roles = [
  ['duty_officer', '值班指挥员', 'Duty officer', '掌握全局，宣布阶段，处理待决事项。'],
  ['epidemiologist', '流调人员', 'Epidemiologist', '登记、核实、分类病例。'],
  ['district_lead', '区与街道负责人', 'District or street lead', '负责本区、本街道的疫情和阶段。'],
  ['lab', '检验人员', 'Laboratory', '上报核酸筛查轮次结果。'],
].map(([role, zh, en, d]) => ({
  role,
  title: text(zh, en),
  description: text(d, `${en}: what this role does.`),
  operations: operations.slice(0, 9),
}));
const audit = Array.from({ length: 260 }, (_, i) => ({
  seq: 260 - i,
  at: 1649380000000000 - i * 61000000,
  actor_id: 'u-2',
  actor_name: users[i % 5].display_name,
  operation: ['cases.case.classify', 'cases.case.reveal', 'accounts.grant.create', 'lab.round.record'][i % 4],
  outcome: i % 11 === 3 ? 'refused' : 'done',
  reason: i % 4 === 1 ? '电话核实流调信息' : '',
  place_path: '1.3.1.',
  request_id: `req-${i}`,
  changes:
    i % 11 === 3
      ? []
      : [
          {
            ref: `case:0190${i}`,
            kind: i % 4 === 1 ? 'read' : 'updated',
            fields:
              i % 4 === 1
                ? {}
                : {
                    classification: { from: 'asymptomatic', to: 'confirmed' },
                    reclassified_on: { from: '', to: '2022-04-08' },
                    name: 'redacted',
                  },
          },
        ],
  hash: 'a3f1c09e5d7724b1a3f1c09e5d7724b1a3f1c09e5d7724b1a3f1c09e5d7724b1',
}));
const rounds = [0, 1, 2].map((k) => ({
  id: `r-${k}`,
  place_id: 'p-city',
  place_name: '松川市',
  number: 14 - k,
  opened_on: day(35 - 2 * k),
  closed_on: k ? day(36 - 2 * k) : '',
  due: 1809500,
  sampled: 1784310 - k * 900,
  resulted: k ? 1784310 - k * 900 : 1782044,
  community_positives: k * 2,
  version: 1,
}));

const indexOf = (on) =>
  Math.max(
    0,
    Math.min(DAYS - 1, Math.round((Date.parse(`${on || day(37)}T12:00:00Z`) - Date.UTC(2022, 2, 2, 12)) / 864e5)),
  );
const area = (d, i) => ({
  place_id: d.id,
  name: d.name,
  name_en: d.name_en,
  level: d.level,
  population: d.population,
  new: figures(i, d.share),
  cumulative: upTo(i, d.share),
  phase: d.id === 'p-d0' ? 'general_offensive' : d.id === 'p-d4' ? 'community_zero' : 'final_push',
});
const list = (items, total = items.length) => ({ items, total });
let signedIn = !process.env.SIGNED_OUT;

function answer(method, path, query, body) {
  const i = indexOf(query.get('on'));
  if (path === '/session' && method === 'POST') {
    if (body.password === 'wrong')
      return [401, { status: 401, code: 'session.bad_credentials', title: 'Unauthorized', request_id: 'req-1' }];
    if (body.username === 'totp' && !body.totp)
      return [401, { status: 401, code: 'session.totp_required', title: 'Unauthorized' }];
    signedIn = true;
    return [200, me];
  }
  if (path === '/session' && method === 'DELETE') {
    signedIn = false;
    return [204];
  }
  if (path === '/__expire') {
    signedIn = false;
    return [204];
  }
  if (!signedIn) return [401, { status: 401, code: 'session.required', title: 'Unauthorized' }];
  if (method !== 'GET') {
    if (path === '/me/totp')
      return [
        200,
        {
          secret: 'JBSWY3DPEHPK3PXP',
          uri: 'otpauth://totp/x',
          qr_png_base64:
            'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
        },
      ];
    if (path === '/me/totp/confirm')
      return [200, { recovery_codes: Array.from({ length: 10 }, (_, k) => `k7p2-m4${k}x-q9vd`) }];
    if (path === '/users')
      return [
        200,
        {
          user: { ...users[0], display_name: body.display_name },
          one_time_code: 'M4QK-7XPD-29WT',
          expires_at: 1649400000000000,
        },
      ];
    if (path === '/rounds')
      return [
        422,
        {
          status: 422,
          code: 'lab.round_invalid',
          title: 'Unprocessable Entity',
          detail: 'sampled exceeds due',
          errors: [{ field: 'body.sampled', code: 'invalid' }],
          request_id: 'req-9',
        },
      ];
    return [200, { ...incident, id: 'i-1', one_time_code: 'M4QK-7XPD-29WT', expires_at: 1649400000000000 }];
  }
  if (path === '/session') return [200, me];
  if (path === '/incidents') return [200, list([incident])];
  if (path === '/incidents/i-1/phases') return [200, { items: phases }];
  if (path === '/places') {
    if (query.get('q'))
      return [
        200,
        list(
          districts
            .filter(
              (d) => d.name.includes(query.get('q')) || d.name_en.toLowerCase().includes(query.get('q').toLowerCase()),
            )
            .map((d) => ({ ...d, ancestors: '松川市' })),
        ),
      ];
    return [200, list(query.get('parent_id') === 'p-city' ? districts : query.get('parent_id') ? [] : [city])];
  }
  const place = /^\/places\/([^/]+)$/.exec(path)?.[1];
  if (place) {
    const p = [city, ...districts].find((x) => x.id === place);
    return p
      ? [
          200,
          {
            ...p,
            above: p === city ? null : [city],
            child_levels:
              p === city
                ? [
                    { level: 'district', count: 6 },
                    { level: 'street', count: 48 },
                  ]
                : [],
            bbox: null,
          },
        ]
      : [404, { status: 404, code: 'places.not_found', title: 'Not Found' }];
  }
  if (path === '/situation') {
    const href = (more) => `/cases?incident=i-1&place=p-city&counted=infections&from=${day(i)}&to=${day(i)}${more}`;
    const now = figures(i);
    return [
      200,
      {
        place: { id: 'p-city', name: '松川市', level: 'city', trail: '' },
        on: day(i),
        cut_off: `${day(i)}T24:00+08:00`,
        rules: incident.rules,
        new: now,
        previous: figures(i - 1),
        cumulative: { ...upTo(i), asymptomatic_reported: 12945 },
        completeness: {
          expected: 6,
          reported: 5,
          missing: [{ place_id: 'p-d5', name: '经济技术开发区' }],
          line_listed: now.infections,
          from_totals: 0,
          uncounted: 0,
          note: text('5 个区已报告；经济技术开发区未报告。', '5 districts reported; the Economic Zone did not.'),
        },
        definitions,
        drill: Object.fromEntries(
          Object.keys(now).map((k) => [
            k,
            { href: href(k === 'found_in_community' ? '&found=community' : ''), line_listed: now[k], from_totals: 0 },
          ]),
        ),
      },
    ];
  }
  if (path === '/situation/series')
    return [
      200,
      {
        by: query.get('by'),
        days: Array.from({ length: indexOf(query.get('to')) + 1 }, (_, k) => ({
          on: day(k),
          ...figures(k),
          complete: query.get('by') === 'onset' ? k < 33 : k < 37,
        })),
      },
    ];
  if (path === '/situation/places')
    return [
      200,
      {
        on: day(i),
        items: districts.map((d) => area(d, i)),
        rest: {
          ...area(districts[0], 0),
          place_id: '',
          name: '',
          new: figures(-1, 0),
          cumulative: { ...figures(0, 0), infections: 4 },
        },
        whole: area({ ...city, share: 1 }, i),
      },
    ];
  if (path === '/clearance')
    return [
      200,
      {
        place: { id: 'p-city', name: '松川市' },
        on: day(i),
        pack: incident.rules,
        met: false,
        declaration: {
          required: true,
          zh: '由本级疫情防控指挥部综合研判后决定，写明理由、负责人和不同意见。',
          en: 'Decided by the outbreak command centre of the place after expert assessment, with reasons, the person who answers for it, and any dissent.',
        },
        criteria: criteria(i),
        facts_digest: 'd2c1f6a80b44e1f0d2c1f6a80b44e1f0',
      },
    ];
  if (path === '/clearance/timeline')
    return [
      200,
      {
        days: Array.from({ length: 38 }, (_, k) => k)
          .filter((k) => day(k) >= query.get('from') && day(k) <= query.get('to'))
          .map((k) => ({
            on: day(k),
            met: false,
            met_count: criteria(k)
              .slice(0, 6)
              .filter((c) => c.met).length,
            count: 6,
          })),
      },
    ];
  if (path === '/rounds') return [200, list(rounds)];
  if (path === '/counts')
    return [
      200,
      list(
        districts.slice(0, 4).map((d, k) => ({
          id: `c-${k}`,
          place_id: d.id,
          place_name: d.name,
          on: day(37 - (k % 2)),
          confirmed: 12 + k,
          asymptomatic: 9,
          reclassified: 2,
          found_in_community: k ? 1 : null,
          deaths: 0,
          source: '区卫健局传真 2022-118',
          version: 1,
        })),
      ),
    ];
  if (path === '/packs')
    return [
      200,
      {
        items: [
          {
            id: 'cn-covid-8th',
            version: 3,
            kind: 'pack',
            title: text('新冠肺炎 第八版方案（2022年春）', 'COVID-19, 8th-edition regime (spring 2022)'),
            caution: text('', ''),
            valid_from: '2021-05-11',
            valid_to: '2022-06-27',
          },
          {
            id: 'ebola',
            version: 1,
            kind: 'pack',
            title: text('埃博拉病毒病', 'Ebola virus disease'),
            caution: text('', ''),
          },
          {
            id: 'jilin-city-2022',
            version: 1,
            kind: 'overlay',
            base: 'cn-covid-8th',
            title: text('吉林市 2022', 'Jilin City 2022'),
            caution: text(
              '历史做法，不作推荐；部分规定严于国家方案。',
              'A historical practice, not a recommendation; parts exceed the national rule.',
            ),
            valid_from: '2022-03-02',
          },
        ],
      },
    ];
  if (path.startsWith('/packs/'))
    return [
      200,
      {
        rules: incident.rules,
        on: day(i),
        outside: [],
        params,
        classes: [
          { id: 'confirmed', title: text('确诊病例', 'Confirmed case'), counts_as: 'confirmed', infection: true },
          {
            id: 'asymptomatic',
            title: text('无症状感染者', 'Asymptomatic infection'),
            counts_as: 'asymptomatic',
            infection: true,
          },
        ],
        zones: [
          { id: 'lockdown', title: text('封控区', 'Lockdown zone') },
          { id: 'control', title: text('管控区', 'Control zone') },
        ],
        criteria: criteria(37).map(({ id, title, binding }) => ({ id, title, binding })),
      },
    ];
  if (path === '/users')
    return [
      200,
      list(
        users.filter(
          (u) => !query.get('q') || u.display_name.includes(query.get('q')) || u.username.includes(query.get('q')),
        ),
      ),
    ];
  if (path === '/roles') return [200, { items: roles }];
  if (path === '/audit') {
    const from = Number(query.get('cursor') || 261);
    const items = audit.filter((e) => e.seq < from).slice(0, 100);
    return [200, { items, total: 260, next_cursor: items.length === 100 ? String(items[99].seq) : undefined }];
  }
  if (path === '/audit/verify')
    return [
      200,
      { entries: 260, ok: true, first_bad: null, checkpoint: { size: 240, root: 'x', signed_at: 1649370000000000 } },
    ];
  if (path === '/audit/checkpoint')
    return [
      200,
      {
        size: 260,
        root: 'x',
        signed_at: 1649380000000000,
        note: 'allclear.audit\n260\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— allclear.audit Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n',
      },
    ];
  if (path === '/me/sessions')
    return [
      200,
      list([
        {
          id: 's1',
          created_at: 1649370000000000,
          last_seen_at: 1649380000000000,
          user_agent: 'Mozilla/5.0 (Windows NT 10.0) Chrome/148.0',
          ip: '10.2.3.4',
          current: true,
        },
        {
          id: 's2',
          created_at: 1649170000000000,
          last_seen_at: 1649280000000000,
          user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17) Safari/604.1',
          ip: '10.2.3.9',
          current: false,
        },
      ]),
    ];
  if (path === '/me/tokens')
    return [
      200,
      list([
        {
          id: 't1',
          name: '夜间导出',
          operations: ['cases.case.list'],
          expires_at: 1680000000000000,
          last_used_at: 0,
          created_at: 1649170000000000,
        },
      ]),
    ];
  if (path === '/imports')
    return [
      200,
      list([
        {
          id: 'j-1',
          kind: 'cases',
          state: 'done_with_refusals',
          file: { name: '4月7日病例.xlsx', size: 1 },
          result: { rows: 120, inserted: 112, updated: 0, unchanged: 3, refused: 5 },
        },
      ]),
    ];
  if (path === '/cases') return [200, list([], 0)];
  return [404, { status: 404, code: 'not_found', title: 'Not Found', request_id: 'req-404' }];
}

createServer((req, res) => {
  const url = new URL(req.url, 'http://x');
  const path = url.pathname.replace(/^\/api\/v1/, '');
  if (path === '/events') {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    res.write('retry: 60000\n\n');
    return;
  }
  let raw = '';
  req.on('data', (c) => {
    raw += c;
  });
  req.on('end', () => {
    let body = {};
    try {
      body = JSON.parse(raw || '{}');
    } catch {
      /* not JSON */
    }
    const [status, out] = answer(req.method, path, url.searchParams, body);
    res.writeHead(status, { 'Content-Type': status >= 400 ? 'application/problem+json' : 'application/json' });
    res.end(out === undefined ? '' : JSON.stringify(out));
  });
}).listen(Number(process.env.PORT ?? 8091), '127.0.0.1');

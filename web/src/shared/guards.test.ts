import { describe, expect, it } from 'vitest';

const raw = import.meta.glob<string>(['../**/*.ts', '../**/*.tsx'], { query: '?raw', import: 'default', eager: true });
const files = Object.entries(raw)
  .map(([path, text]) => ({ name: path.replace(/^\.\.\//, '').replace(/^\.\//, 'shared/'), text }))
  .filter(({ name }) => !/\.test\.tsx?$/.test(name) && name !== 'api/schema.d.ts');

/** Code without comments, so that a comment may speak of what code may not do. */
const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');

describe('house rules of the source', () => {
  it('finds the source', () => expect(files.length).toBeGreaterThan(50));

  /** Every way to ask for Enter by hand, and the components that do it inside without knowing Safari. */
  const HANDMADE = [
    /\b(key|code)\s*[!=]={1,2}\s*['"`](Numpad)?Enter['"`]/,
    /['"`](Numpad)?Enter['"`]\s*[!=]={1,2}\s*\w+\.(key|code)\b/,
    /\b(keyCode|which|charCode)\s*[!=]={1,2}\s*13\b/,
    /\bcase\s+['"`](Numpad)?Enter['"`]/,
    /\[[^\]]*['"`]Enter['"`][^\]]*\]\s*\.includes\(/,
    /\bonPressEnter\b/,
    /<Input\.Search\b/,
    /\bkey(press|up)['"`]|\bonKey(Press|Up)\b/,
  ];
  it('tests Enter only through shared/keys (an Enter that confirms Chinese characters is not a command)', () => {
    const handmade = files.filter(
      (f) => f.name !== 'shared/keys.ts' && HANDMADE.some((pattern) => pattern.test(code(f.text))),
    );
    expect(handmade.map((f) => f.name)).toEqual([]);
  });
  it('would notice an Enter that is tested by hand', () => {
    const bad = [
      "if (e.key === 'Enter') send()",
      "if ('Enter' == e.key) send()",
      'e.keyCode === 13',
      "switch (e.key) { case 'Enter': send() }",
      "if (['Enter', ' '].includes(e.key)) send()",
      '<Input onPressEnter={send} />',
      '<Input.Search onSearch={send} />',
      "e.code !== 'NumpadEnter'",
    ];
    expect(bad.filter((line) => !HANDMADE.some((pattern) => pattern.test(line)))).toEqual([]);
  });

  it('keeps what names a person out of the storage of the browser', () => {
    const stores = files.filter(
      (f) => f.name !== 'shared/preference.ts' && /\b(local|session)Storage\b|indexedDB/.test(code(f.text)),
    );
    expect(stores.map((f) => f.name)).toEqual([]);
  });
  it('asks for people in the body of a request, never in an address', () => {
    const leaking = files.filter((f) =>
      /api\.get(<[^(]*>)?\(\s*['"`]\/people\/search|people\/search\?/.test(code(f.text)),
    );
    expect(leaking.map((f) => f.name)).toEqual([]);
  });

  /** Patterns that read addresses as they are written; they show nothing. */
  const READS_CHINESE = ['registry/addresses/levels.ts'];
  it('shows no Chinese text that is not in the text files', () => {
    const hard = files.filter(
      (f) => !f.name.startsWith('i18n') && !READS_CHINESE.includes(f.name) && /[\u4e00-\u9fff]/.test(code(f.text)),
    );
    expect(hard.map((f) => f.name)).toEqual([]);
  });

  it('has no visible English text in JSX outside the text files', () => {
    // A run of letters between tags: <p>Some words</p>
    const hard = files.filter(
      (f) =>
        f.name.endsWith('.tsx') &&
        /<(p|span|h[1-6]|li|td|th|Button|strong|summary|label|a|Link)\b[^<>{}]*>\s*[A-Za-z][A-Za-z ,.]{2,}\s*</.test(
          code(f.text),
        ),
    );
    expect(hard.map((f) => f.name)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';

const raw = import.meta.glob<string>(['../**/*.ts', '../**/*.tsx'], { query: '?raw', import: 'default', eager: true });
const files = Object.entries(raw)
  .map(([path, text]) => ({ name: path.replace(/^\.\.\//, '').replace(/^\.\//, 'shared/'), text }))
  .filter(({ name }) => !/\.test\.tsx?$/.test(name) && name !== 'api/schema.d.ts');

/** Code without comments, so that a comment may speak of what code may not do. */
const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');

describe('house rules of the source', () => {
  it('finds the source', () => expect(files.length).toBeGreaterThan(50));

  it('tests Enter only through shared/keys (an Enter that confirms Chinese characters is not a command)', () => {
    const handmade = files.filter(
      (f) =>
        f.name !== 'shared/keys.ts' && /key(Code)?\s*={2,3}\s*(['"]Enter['"]|13\b)|onPressEnter/.test(code(f.text)),
    );
    expect(handmade.map((f) => f.name)).toEqual([]);
  });

  it('shows no Chinese text that is not in the text files', () => {
    const hard = files.filter((f) => !f.name.startsWith('i18n') && /[\u4e00-\u9fff]/.test(code(f.text)));
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

import { expect, test } from '@jest/globals';
import { languageOf, languages, named } from './texts.ts';

/** Every text of a language, by its path. */
function textsIn(part: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof part === 'string') return [[path, part]];
  if (typeof part === 'function') return [[path, String(part(2, 'x'))]];
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, one]) => textsIn(one, `${path}.${name}`));
}

const english = new Map(textsIn(languages.en));

test.each(Object.keys(languages))('%s has every text, and none is empty', (language) => {
  const texts = new Map(textsIn(languages[language]));
  expect([...texts.keys()]).toEqual([...english.keys()]);
  for (const [path, text] of texts) expect([path, text.trim()]).not.toEqual([path, '']);
});

test.each(Object.keys(languages).filter((language) => language !== 'en'))(
  '%s is no copy of English',
  (language) => {
    const same = textsIn(languages[language]).filter(
      ([path, text]) => / \w+ \w+/.test(text) && english.get(path) === text,
    );
    expect(same).toEqual([]);
  },
);

test('French has spaces that do not break before its signs, and one kind of apostrophe', () => {
  const wrong = textsIn(languages.fr).filter(([, text]) => / [:;?!%]|\w'\w/.test(text));
  expect(wrong).toEqual([]);
});

test('the chosen language comes first, then those of the browser', () => {
  expect(languageOf('fr', ['de-AT'])).toBe('fr');
  expect(languageOf(undefined, ['ja', 'de-AT', 'en'])).toBe('de');
  expect(languageOf('xx', ['constructor'])).toBe('en');
});

test('a name without a text is its own', () => {
  expect(named({ a: 'A' }, 'a')).toBe('A');
  expect(named({ a: 'A' }, 'toString')).toBe('toString');
});

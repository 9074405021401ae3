/**
 * How OBJECT is searched: every word of the question must occur in the name, case and white space apart, in any order.
 * `ngc 7331`, `NGC7331` and `7331 ngc` find `NGC 7331`; a plain substring always matches, `%` and `_` are characters.
 */

/** What is searched in: lower case, no white space. */
export function searchForm(name: string): string {
  return name.toLowerCase().replace(/\s+/gu, "");
}

/** Words of a question in the same form, longest first; none for a question of white space. */
export function wordsOf(question: string): string[] {
  const words = question.toLowerCase().split(/\s+/u).filter(Boolean);
  return [...new Set(words)].sort((a, b) => b.length - a.length);
}

/**
 * The runs of one, two and three characters of a search form, each as one token of the text index: hexadecimal, so that
 * no tokenizer has an opinion about them. Short words need no scan that way.
 */
export function gramsOf(form: string): string {
  const characters = [...form];
  const grams = new Set<string>();
  for (let length = 1; length <= 3; length++) {
    for (let i = 0; i + length <= characters.length; i++) grams.add(tokenOf(characters.slice(i, i + length)));
  }
  return [...grams].join(" ");
}

/** The tokens that a name must have to hold all words: a superset of the matches, to be tested afterwards. */
export function queryOf(words: string[]): string {
  const tokens = new Set<string>();
  for (const word of words) {
    const characters = [...word];
    const length = Math.min(3, characters.length);
    for (let i = 0; i + length <= characters.length; i++) tokens.add(tokenOf(characters.slice(i, i + length)));
  }
  return [...tokens].join(" ");
}

function tokenOf(characters: string[]): string {
  return characters.map((character) => character.codePointAt(0)!.toString(16).padStart(6, "0")).join("");
}

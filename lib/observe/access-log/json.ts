/** Printable ASCII that JSON writes as it is: most values are nothing else. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** What JSON leaves as it is: what a terminal obeys (DEL, C1) and a reader of lines breaks at, and all other letters. */
const NOT_ASCII = /[^ -~]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** What stands between the quotes of a string in JSON, in ASCII; nothing in it ends a line or steers a terminal. */
export function jsonText(value: string): string {
  return PLAIN.test(value) ? value : JSON.stringify(value).slice(1, -1).replace(NOT_ASCII, escaped);
}

/** Milliseconds in JSON, to the microsecond: as whole numbers they are written in a third of the time. */
export function jsonNumber(ms: number): string {
  const microseconds = Math.round(ms * 1_000);
  const whole = Math.trunc(microseconds / 1_000);
  const rest = microseconds - whole * 1_000;
  return rest <= 0 ? `${whole}` : `${whole}.${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}`;
}

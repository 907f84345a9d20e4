/** The browser's timers, for the page: the one place here where time comes in. Returns what cancels it. */
export function after(ms: number, fn: () => void): () => void {
  const timer = setTimeout(fn, ms);
  return () => clearTimeout(timer);
}

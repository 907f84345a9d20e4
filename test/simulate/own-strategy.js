/** A strategy of a user's own, as a file: always the last candidate. */
export default ({ clock, random }) => ({
  pick: (candidates) => candidates[candidates.length - (clock.now() >= 0 && random() < 1 ? 1 : 0)],
});

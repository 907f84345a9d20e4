interface Weighted {
  readonly weight: number;
}

interface Kept<Member, Table> {
  readonly members: readonly Member[];
  readonly weights: Float64Array;
  readonly table: Table;
}

/** Lists whose tables are kept: a backend that flaps brings the same few back again and again. */
const KEPT = 4;

/** What is derived from a list and its weights (a ring, a table), made once and not again while they are the same. */
export class Derived<Member extends Weighted, Table> {
  readonly #derive: (members: readonly Member[]) => Table;
  #kept: readonly Kept<Member, Table>[] = [];
  #known: readonly Member[] | undefined;
  #table: Table | undefined;

  constructor(derive: (members: readonly Member[]) => Table) {
    this.#derive = derive;
  }

  /** Costs nothing while it is asked for the same array. */
  of(members: readonly Member[]): Table {
    if (members !== this.#known || this.#table === undefined) {
      this.#table = this.#find(members);
      this.#known = members;
    }
    return this.#table;
  }

  #find(members: readonly Member[]): Table {
    const same = this.#kept.find((kept) => isSame(kept, members));
    const latest = same ?? {
      members: [...members],
      weights: Float64Array.from(members, ({ weight }) => weight),
      table: this.#derive(members),
    };
    this.#kept = [latest, ...this.#kept.filter((kept) => kept !== latest)].slice(0, KEPT);
    return latest.table;
  }
}

function isSame<Member extends Weighted>(kept: Kept<Member, unknown>, members: readonly Member[]): boolean {
  if (kept.members.length !== members.length) return false;
  return members.every((member, i) => member === kept.members[i] && member.weight === kept.weights[i]);
}

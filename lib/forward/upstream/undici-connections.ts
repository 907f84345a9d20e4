import { Duplex } from 'node:stream';
import type { Connections } from '../../core/engine.js';

/** As much of undici's client as is used here: its types are no part of ours, since it may not be there. */
export interface Client {
  dispatch(options: object, handler: object): boolean;
  destroy(): Promise<void>;
}

/** How a client of undici's gets its socket: when it stands, and at once to whoever may have to give it up before. */
export type Connector = (options: object, callback: (error: Error | null, socket?: Duplex | null) => void) => unknown;

/** A request that is under way on a connection. */
interface Passenger {
  /** The backend has ended the connection: what has been read of the answer is to be taken now. */
  runOut(): void;
}

/** Makes a client that connects as told. */
export type ClientMaker = (wire: (connect: Connector) => Connector) => Client;

/**
 * The connections to one backend, a client of undici's each, the one that was used last in front. Its own pool goes through
 * all connections for each request, and hears of one that is free again a turn of the event loop later.
 */
export class UndiciConnections {
  readonly #make: ClientMaker;
  readonly #all = new Set<UndiciConnection>();
  readonly #idle: UndiciConnection[] = [];
  #opened = 0;
  #reused = 0;

  constructor(make: ClientMaker) {
    this.#make = make;
  }

  /** @param fresh not one that lay idle */
  take(fresh: boolean): UndiciConnection {
    const idle = fresh ? undefined : this.#idle.pop();
    if (idle !== undefined) return idle;
    const connection = new UndiciConnection(this, this.#make);
    this.#all.add(connection);
    return connection;
  }

  /** It can carry another request. */
  free(connection: UndiciConnection): void {
    this.#idle.push(connection);
  }

  /** It carries no request any more. */
  forget(connection: UndiciConnection): void {
    this.#all.delete(connection);
    const place = this.#idle.indexOf(connection);
    if (place >= 0) this.#idle.splice(place, 1);
  }

  opened(): void {
    this.#opened++;
  }

  reused(): void {
    this.#reused++;
  }

  get counts(): Connections {
    let open = 0;
    for (const connection of this.#all) if (connection.stands) open++;
    return { open, idle: this.#idle.length, opened: this.#opened, reused: this.#reused };
  }

  async destroy(): Promise<void> {
    await Promise.all([...this.#all].map((connection) => connection.destroy()));
  }
}

/** One connection: at most one request at a time, and closed for good when it fails. */
export class UndiciConnection {
  readonly #client: Client;
  readonly #house: UndiciConnections;
  /** Undefined while there is none that has yet to stand. */
  #dialled: Duplex | undefined;
  #passenger: Passenger | undefined;
  #stands = false;
  #carried = false;
  #used = false;

  constructor(house: UndiciConnections, make: ClientMaker) {
    this.#house = house;
    this.#client = make((connect) => (options, callback) => {
      const dialled = connect(options, (error, socket) => {
        this.#dialled = undefined;
        if (socket != null) this.#opened(socket);
        callback(error, socket);
      });
      if (dialled instanceof Duplex) this.#dialled = dialled;
    });
  }

  get stands(): boolean {
    return this.#stands;
  }

  /** Whether the request that is under way is not its first. */
  get used(): boolean {
    return this.#used;
  }

  carry(options: object, handler: Passenger): void {
    this.#passenger = handler;
    this.#client.dispatch(options, handler);
  }

  /** The request goes out on it. */
  carries(): void {
    this.#used = this.#carried;
    this.#carried = true;
    if (this.#used) this.#house.reused();
  }

  /** The request is over. */
  ended(): void {
    this.#passenger = undefined;
    if (this.#stands) this.#house.free(this);
    else this.#house.forget(this);
  }

  /** So is the connection. */
  failed(): void {
    this.#passenger = undefined;
    this.#house.forget(this);
    // One that is left alone connects again, for the request that was given up on it.
    void this.#client.destroy();
  }

  /** The request that waits for it is given up. Nothing to one that has left it. */
  abandon(handler: Passenger): void {
    if (handler !== this.#passenger) return;
    this.#stands = false;
    void this.destroy();
  }

  /** Also one that does not stand yet: undici would go on until it does. */
  async destroy(): Promise<void> {
    this.#dialled?.destroy(new Error('given up'));
    await this.#client.destroy();
  }

  #opened(socket: Duplex): void {
    this.#stands = true;
    this.#carried = false;
    this.#house.opened();
    // In front of undici's own listeners.
    socket.on('error', renamed).on('end', this.#onEnd).on('close', this.#onClose);
  }

  /**
   * undici throws where nobody can catch it when a connection ends whose answer is paused. All of that answer has been
   * read by then, and only its end is left.
   */
  readonly #onEnd = (): void => {
    this.#passenger?.runOut();
  };

  readonly #onClose = (): void => {
    this.#stands = false;
    if (this.#passenger === undefined) this.#house.forget(this);
  };
}

/**
 * undici takes a reset for the end of an answer that only the end of the connection ends (a cut one would look whole),
 * and throws where nobody can catch it if that answer is paused. By another name it is an error like any other.
 */
function renamed(error: NodeJS.ErrnoException): void {
  if (error.code === 'ECONNRESET') error.code = 'UND_ERR_SOCKET';
}

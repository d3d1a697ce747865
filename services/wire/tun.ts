import { read, writeSync } from 'node:fs';

/** As large as an IP packet can be. */
const LARGEST = 65_536;

/**
 * The TUN device: each read is one packet from the kernel, each write gives one to it (Linux, tuntap.rst).
 *
 * Another program has opened and configured it: Node has no ioctl.
 */
export class Tun {
  readonly #file: number;
  readonly #buffer = Buffer.allocUnsafeSlow(LARGEST);
  #isClosed = false;
  #refused = 0;

  /** @param file the number of its open file */
  constructor(file: number) {
    this.#file = file;
  }

  /** Calls back for each packet, with bytes that belong to the caller. Ends with the error of the first failed read. */
  start(onPacket: (bytes: Buffer) => void, onEnd: (error: Error) => void): void {
    const next = () => {
      read(this.#file, this.#buffer, 0, LARGEST, null, (error, length) => {
        if (this.#isClosed) return;
        if (error) {
          onEnd(error);
          return;
        }
        const bytes = Buffer.from(this.#buffer.subarray(0, length));
        next();
        onPacket(bytes);
      });
    };
    next();
  }

  /** Gives a packet to the kernel. A packet that the kernel refuses is lost, as on any wire. */
  write(bytes: Buffer): void {
    try {
      writeSync(this.#file, bytes);
    } catch {
      this.#refused += 1;
    }
  }

  /** Packets that the kernel refused: malformed ones, and those for a device that is down. */
  get refused(): number {
    return this.#refused;
  }

  close(): void {
    this.#isClosed = true;
  }
}

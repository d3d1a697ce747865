import { type Carried, ExposedOnce } from '../exposed.ts';
import type { Ports } from '../frames.ts';
import { type Conversation, Dialogues } from './dialogue.ts';
import { dialogueLines } from './dialogue-lines.ts';
import { Exposures } from './exposures.ts';
import type { Packet } from './packet.ts';
import { createPaint } from './paint.ts';
import { tableHead, tableRows } from './table.ts';

/** How much of a payload is shown unless asked for more, in octets. */
export const SHOWN_BYTES = 512;

export interface ViewOptions {
  readonly ports: Ports;
  /** Shows the last so many frames, or, of dialogues, the conversations that have the latest frames. */
  readonly last?: number | undefined;
  /** Shows conversations as dialogues. */
  readonly follow?: boolean | undefined;
  /** Prints JSON objects, with whole payloads. */
  readonly json?: boolean | undefined;
  /** How much of a payload is shown, in octets; Infinity shows all. */
  readonly bytes?: number | undefined;
}

export interface ViewParts {
  /** Takes a line for stdout. */
  readonly print: (line: string) => void;
  /** Whether stdout takes colours. */
  readonly color: boolean;
  /** What is known of a frame, such as what a journal says. */
  readonly noteOf?: ((frame: number) => string | undefined) | undefined;
}

/** Shows frames; what they expose is summed up at the end. */
export interface View {
  take(packet: Packet): void;
  end(): void;
}

export function createView(options: ViewOptions, parts: ViewParts): View {
  if (options.follow) return dialogueView(options, parts);
  const view = options.json ? jsonView(parts) : tableView(options, parts);
  return options.last === undefined ? view : lastOnly(options.last, view);
}

function tableView({ ports, bytes = SHOWN_BYTES }: ViewOptions, { color, noteOf, print }: ViewParts): View {
  const exposures = new Exposures();
  const once = new ExposedOnce();
  const paint = createPaint(color);
  let isBegun = false;
  return {
    take(packet) {
      if (!isBegun) print(tableHead(paint));
      isBegun = true;
      const rows = tableRows(packet, noteOf?.(packet.number), { bytes, paint, ports });
      print(rows.join('\n'));
      for (const exposure of once.by(carriedBy(packet))) exposures.add(packet.number, exposure);
    },
    end() {
      if (isBegun) print('');
      print(exposures.line);
    },
  };
}

function jsonView({ noteOf, print }: ViewParts): View {
  const exposures = new Exposures();
  const once = new ExposedOnce();
  return {
    take(packet) {
      const { epoch, number, time, source, destination, protocol, length, info, payload, inside } = packet;
      const exposed = once.by(carriedBy(packet));
      for (const exposure of exposed) exposures.add(number, exposure);
      print(
        JSON.stringify({
          ...{ number, time: microseconds(time), epoch, source, destination, protocol, length, info },
          payload: payload.toString('hex'),
          decrypted: inside?.toString('hex'),
          note: noteOf?.(number),
          exposed: exposed.length > 0 ? exposed : undefined,
        }),
      );
    },
    end: () => print(JSON.stringify({ exposed: exposures.summaries })),
  };
}

function dialogueView(options: ViewOptions, { color, noteOf = () => undefined, print }: ViewParts): View {
  const { json, last, ports } = options;
  const bytes = json ? Number.POSITIVE_INFINITY : (options.bytes ?? SHOWN_BYTES);
  const dialogues = new Dialogues({ bytes, last, ports });
  const look = { bytes, noteOf, paint: createPaint(color) };
  return {
    take: (packet) => dialogues.take(packet),
    end() {
      const exposures = new Exposures();
      for (const conversation of dialogues.conversations()) {
        for (const { exposed, frame } of conversation.turns) {
          for (const exposure of exposed) exposures.add(frame, exposure);
        }
        if (json) print(dialogueJson(conversation, noteOf));
        else print(`${dialogueLines(conversation, look).join('\n')}\n`);
      }
      print(json ? JSON.stringify({ exposed: exposures.summaries }) : exposures.line);
    },
  };
}

function dialogueJson(conversation: Conversation, noteOf: (frame: number) => string | undefined): string {
  const { transport, client, server, began, frames, turns } = conversation;
  return JSON.stringify({
    ...{ transport, client, server, time: microseconds(began), frames },
    turns: turns.map(({ act, bytes, exposed, frame, missing, sealed, speaker, time }) => ({
      ...{ speaker, act, frame, time: microseconds(time) },
      missing: missing > 0 ? missing : undefined,
      payload: act === 'says' ? bytes.toString('hex') : undefined,
      sealed,
      note: noteOf(frame),
      exposed: exposed.length > 0 ? exposed : undefined,
    })),
  });
}

/** Waits for the end, and holds no more than it shows. */
function lastOnly(count: number, view: View): View {
  const held: Packet[] = [];
  let next = 0;
  return {
    take(packet) {
      held[next] = packet;
      next = (next + 1) % count;
    },
    end() {
      for (const packet of [...held.slice(next), ...held.slice(0, next)]) view.take(packet);
      view.end();
    },
  };
}

function carriedBy({ isSealed = false, payload, segment }: Packet): Carried {
  if (segment?.transport !== 'tcp') return { payload, isSealed, segment: undefined };
  const { from, to, seq, flags } = segment;
  return { payload, isSealed, segment: { flow: `${from} ${to}`, seq, flags } };
}

function microseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

import type { Exposure } from '#analysis/exposure/exposed.ts';
import { type Conversation, Dialogues } from './dialogue.ts';
import { dialogueLines } from './dialogue-lines.ts';
import { Exposures } from './exposures.ts';
import type { ShownPacket } from './packet.ts';
import { createPaint } from './paint.ts';
import { type Form, tableHead, tableRows, USUAL_FORM } from './table.ts';

/** How many bytes of a payload are shown by default. */
export const SHOWN_BYTES = 512;

export interface ViewOptions {
  /** Shows the last frames only, or the dialogues with the latest frames. */
  readonly last?: number | undefined;
  /** Shows conversations as dialogues. */
  readonly follow?: boolean | undefined;
  /** Prints JSON objects, with whole payloads. */
  readonly json?: boolean | undefined;
  /** How many bytes of a payload are shown; 0 shows none, Infinity all. */
  readonly bytes?: number | undefined;
}

export interface ViewParts {
  /** Prints a line on stdout. */
  readonly print: (line: string) => void;
  /** Whether stdout shows colours. */
  readonly color: boolean;
  /** The note on a frame, such as its journal entry. */
  readonly noteOf?: ((frame: number) => string | undefined) | undefined;
  /** The exposures of a frame. */
  readonly exposedBy: (frame: number) => readonly Exposure[];
  readonly form?: Form;
}

/** What is only known at the end. */
export interface Ending {
  /** Further exposures of frames that were shown. */
  readonly late?: Iterable<readonly [frame: number, exposed: readonly Exposure[]]>;
  /** Why the capture breaks off, if it does. */
  readonly cut?: string | undefined;
}

/** Shows frames, and at the end a summary of their exposures. */
export interface View {
  take(packet: ShownPacket): void;
  end(ending?: Ending): void;
}

export function createView(options: ViewOptions, parts: ViewParts): View {
  if (options.follow) return dialogueView(options, parts);
  const view = options.json ? jsonView(parts) : tableView(options, parts);
  return options.last === undefined ? view : lastOnly(options.last, view);
}

function tableView({ bytes = SHOWN_BYTES }: ViewOptions, parts: ViewParts): View {
  const { color, exposedBy, form = USUAL_FORM, noteOf, print } = parts;
  const exposures = new Exposures();
  const table = { bytes, form, paint: createPaint(color) };
  let isBegun = false;
  return {
    take(packet) {
      if (!isBegun) print(tableHead(table));
      isBegun = true;
      const rows = tableRows(packet, noteOf?.(packet.number), table);
      print(rows.join('\n'));
      exposures.addAll(packet.number, exposedBy(packet.number));
    },
    end({ late = [] } = {}) {
      for (const [frame, exposed] of late) exposures.addAll(frame, exposed);
      if (isBegun) print('');
      print(exposures.line);
    },
  };
}

function jsonView({ exposedBy, form = USUAL_FORM, noteOf, print }: ViewParts): View {
  const exposures = new Exposures();
  return {
    take(packet) {
      const { epoch, number, time, source, destination, protocol, length, info, payload, inside } = packet;
      const exposed = exposedBy(number);
      exposures.addAll(number, exposed);
      print(
        JSON.stringify({
          ...{ number, time: rounded(time, form), epoch, source, destination, protocol, length, info },
          payload: payload.toString('hex'),
          decrypted: inside?.toString('hex'),
          note: noteOf?.(number),
          exposed: exposed.length > 0 ? exposed : undefined,
        }),
      );
    },
    end({ late = [], cut } = {}) {
      for (const [frame, exposed] of late) exposures.addAll(frame, exposed);
      print(JSON.stringify({ exposed: exposures.summaries, cut }));
    },
  };
}

function dialogueView(options: ViewOptions, parts: ViewParts): View {
  const { color, exposedBy, form = USUAL_FORM, noteOf = () => undefined, print } = parts;
  const { json, last } = options;
  const bytes = json ? Number.POSITIVE_INFINITY : (options.bytes ?? SHOWN_BYTES);
  const dialogues = new Dialogues({ bytes, exposedBy, last });
  const look = { bytes, digits: form.digits, noteOf, paint: createPaint(color) };
  return {
    take: (packet) => dialogues.take(packet),
    end({ cut } = {}) {
      const exposures = new Exposures();
      for (const conversation of dialogues.conversations()) {
        for (const { exposed, frame } of conversation.turns) exposures.addAll(frame, exposed);
        if (json) print(dialogueJson(conversation, { form, noteOf }));
        else print(`${dialogueLines(conversation, look).join('\n')}\n`);
      }
      print(json ? JSON.stringify({ exposed: exposures.summaries, cut }) : exposures.line);
    },
  };
}

function dialogueJson(
  conversation: Conversation,
  { form, noteOf }: { readonly form: Form; readonly noteOf: (frame: number) => string | undefined },
): string {
  const { transport, client, server, began, frames, turns } = conversation;
  return JSON.stringify({
    ...{ transport, client, server, time: rounded(began, form), frames },
    turns: turns.map(({ act, bytes, exposed, frame, missing, speaker, time, tls }) => ({
      ...{ speaker, act, frame, time: rounded(time, form) },
      missing: missing > 0 ? missing : undefined,
      payload: act === 'sends' ? bytes.toString('hex') : undefined,
      tls,
      note: noteOf(frame),
      exposed: exposed.length > 0 ? exposed : undefined,
    })),
  });
}

/** Shows the last frames at the end, and keeps only these. */
function lastOnly(count: number, view: View): View {
  const held: ShownPacket[] = [];
  let next = 0;
  return {
    take(packet) {
      held[next] = packet;
      next = (next + 1) % count;
    },
    end(ending) {
      for (const packet of [...held.slice(next), ...held.slice(0, next)]) view.take(packet);
      view.end(ending);
    },
  };
}

function rounded(seconds: number, { digits }: Form): number {
  return Number(seconds.toFixed(digits));
}

import * as v from 'valibot';
import type { FrameRef } from '#analysis/capture/frames.ts';
import { counted } from '#lib/text/figures.ts';
import type { StageSeen } from '../seen/stage-seen.ts';
import { judgement } from './judgement.ts';
import { framesIn, quoted } from './tries.ts';

/** What our clients get from a server of her own, and what the packets of its echoes are. */
export const answers = judgement({
  kind: 'answers',
  limits: v.strictObject({ messages: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
  judge({ messages }, seen) {
    const expected = `${counted(messages, 'message')} of our clients, each answered with the same bytes`;
    const { clients, said } = seen;
    const asked = said.filter(({ by }) => by === 'client');
    const echoes = said.filter(({ by }) => by === 'server');
    // The records alone prove nothing: the program can write into the pipe through which they pass.
    const answered = Math.min(clients.filter((one) => one.answered).length, echoes.length);
    const wrong = echoes.find(({ message }) => !asked.some((one) => one.message.bytes.equals(message.bytes)));
    if (wrong) {
      const shown = `frame ${wrong.frame.number} is ${quoted(wrong.message.bytes.toString())}, which no client has sent`;
      return { holds: false, expected, shown, frames: [wrong.frame] };
    }
    const shown = `${answered} of ${messages} answered${
      answered < messages
        ? unanswered(
            seen,
            asked.map(({ frame }) => frame),
          )
        : ''
    }`;
    const frames = (answered < messages ? asked : echoes).slice(0, 6).map(({ frame }) => frame);
    return { holds: answered >= messages, expected, shown, frames };
  },
});

/** Why messages have no answer. */
function unanswered({ ran, talks }: StageSeen, asked: readonly FrameRef[]): string {
  const words = ran.stderr.trimEnd().split('\n').at(-1) ?? '';
  const error = words === '' ? '' : `; its last error: ${quoted(words)}`;
  if (ran.forced !== 'asked') return `; the program had ended with exit code ${ran.code ?? 'none'}${error}`;
  if (asked.length > 0) return `; the messages are in ${framesIn(asked)}${error}`;
  const [talk] = talks;
  return talk
    ? `; frame ${talk.begun.number} asks for a connection in vain${error}`
    : `; no packet reached the port${error}`;
}

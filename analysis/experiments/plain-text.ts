import { all, type DemoExperiment, nothing } from './experiment.ts';
import { netcat, up } from './steps.ts';

/** netcat is given it without the newline, which echo adds. */
const TEXT = 'Hello from Client\n';

export const plainText: DemoExperiment = {
  section: '3.1',
  title: 'Plain text to the sink',
  expected: `the ${TEXT.length} bytes "Hello from Client" and a newline, readable in one frame; an ACK and no answer`,
  steps: (target) => [up(target, { ECHO_MODE: 'sink' }), netcat(target, TEXT.trimEnd(), 1), up(target)],
  look(observations) {
    const frames = observations.sunk().filter(({ transport }) => transport === 'tcp');
    const text = frames.find(({ toServer, payload }) => toServer && payload.length > 0);
    if (!text) return nothing('text to the sink');
    const ack = frames.find(({ toServer, number }) => !toServer && number > text.number);
    const answered = frames.some(({ toServer, payload }) => !toServer && payload.length > 0);
    const acknowledged = ack ? (ack.ack - text.seq) >>> 0 : 0;
    return {
      agrees: text.payload.toString('latin1') === TEXT && acknowledged === TEXT.length && !answered,
      seen:
        `frame ${text.number} carries ${text.payload.length} bytes of plain text, ` +
        `frame ${ack?.number ?? 'none'} acknowledges ${acknowledged}, ${answered ? 'an' : 'no'} answer left`,
      evidence: [
        { frame: text, says: 'the message, for everybody on the way to read', marked: all(text) },
        { frame: ack, says: 'the ACK of TCP: it has arrived' },
      ],
    };
  },
};

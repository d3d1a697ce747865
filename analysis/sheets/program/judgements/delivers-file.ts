import { hash } from 'node:crypto';
import * as v from 'valibot';
import { judgement } from './judgement.ts';
import { segmentsOf, transferOf, withoutSegments } from './segments.ts';

/** Whether the receiver got the whole file, by its journal and by the receipt in its last ACK. */
export const deliversFile = judgement({
  kind: 'delivers-file',
  limits: v.strictObject({}),
  judge(_, seen) {
    const { drawn, stage, transfers, datagrams } = seen;
    const { mode } = transferOf(stage);
    const sha256 = hash('sha256', drawn.file);
    const expected = `by ${mode}, all ${drawn.file.length} bytes with the SHA-256 ${sha256.slice(0, 8)}…`;
    const [open] = segmentsOf(seen);
    if (!open) return { holds: false, expected, ...withoutSegments(seen) };
    const frames = [open.frame];
    if (open.datagram.kind !== 'OPEN')
      return {
        holds: false,
        expected,
        shown: `frame ${open.frame.number} is a ${open.datagram.kind} before any OPEN`,
        frames,
      };
    if (open.datagram.mode !== mode)
      return {
        holds: false,
        expected,
        shown: `the OPEN in frame ${open.frame.number} has the mode ${open.datagram.mode}`,
        frames,
      };
    const receipt = datagrams.findLast(
      ({ fromClient, datagram }) => !fromClient && datagram?.kind === 'ACK' && datagram.payload.length > 0,
    );
    const end = transfers.find(({ transfer }) => transfer === open.datagram.id);
    const last = receipt ? [...frames, receipt.frame] : frames;
    if (!end)
      return {
        holds: false,
        expected,
        shown: `the transfer of frame ${open.frame.number} has no end in the journal`,
        frames: last,
      };
    const shown = `the receiver has ${end.bytes ?? 0} bytes, SHA-256 ${end.sha256?.slice(0, 8) ?? 'none'}…, state ${end.state}${receipt ? `, receipt in frame ${receipt.frame.number}` : ''}`;
    const holds = end.state === 'received' && end.bytes === drawn.file.length && end.sha256 === sha256;
    return { holds, expected, shown, frames: last };
  },
});

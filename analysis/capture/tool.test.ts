import { describe, expect, test } from '@jest/globals';
import { runTool, ToolError, toolLines, whyBroken } from './tool.ts';

/** What a shell script prints through `toolLines`, and what it threw. */
async function run(script: string) {
  const lines: string[] = [];
  try {
    for await (const some of toolLines('sh', ['-c', script])) lines.push(...some);
  } catch (error) {
    return { lines, error };
  }
  return { lines };
}

describe('a program', () => {
  test.each([
    ['nothing', 'true', []],
    ['lines', String.raw`printf 'one\ntwo\n'`, ['one', 'two']],
    ['a last line without its end', String.raw`printf 'one\ntwo'`, ['one', 'two']],
    ['empty lines', String.raw`printf '\none\n\n'`, ['', 'one', '']],
    ['a line in pieces', String.raw`printf 'o'; sleep 0.02; printf 'ne\n'`, ['one']],
  ])('prints %s', async (_what, script, lines) => {
    expect(await run(script)).toEqual({ lines });
  });

  test('that fails throws its error output after its last line, without noise', async () => {
    const { lines, error } = await run(
      `echo one; echo 'Running as user "root" and group "root".' >&2; echo 'cut short' >&2; exit 2`,
    );
    expect(lines).toEqual(['one']);
    expect(error).toBeInstanceOf(ToolError);
    expect(error).toMatchObject({ code: 'LAB_TOOL', output: 'cut short', message: 'sh: cut short' });
  });

  test('that fails silently throws its status', async () => {
    await expect(runTool('sh', '-c', 'exit 7')).rejects.toThrow('sh: ended with 7');
  });

  test('that is missing throws', async () => {
    await expect(runTool('no-such-program')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('is ended when its reader stops', async () => {
    for await (const lines of toolLines('sh', ['-c', 'echo one; exec sleep 60'])) {
      expect(lines).toEqual(['one']);
      break;
    }
  });
});

test.each([
  [
    'tshark: The file "/captures/server.pcap" appears to have been cut short in the middle of a packet.',
    'server.pcap appears to have been cut short in the middle of a packet',
  ],
  [
    'capinfos: An error occurred after reading 20 packets from "a/b.pcap".; capinfos: The file "a/b.pcap" appears to be damaged or corrupt.; (pcap: File has 2147483647-byte packet, bigger than maximum of 262144)',
    'b.pcap appears to be damaged or corrupt (pcap: File has 2147483647-byte packet, bigger than maximum of 262144)',
  ],
  [
    'tshark: The file "x.gz" cannot be decompressed; it may be damaged or corrupt.; (invalid distance too far back)',
    'x.gz cannot be decompressed; it may be damaged or corrupt (invalid distance too far back)',
  ],
  [
    'tshark: The file "x" isn\'t a capture file in a format TShark understands.',
    "x isn't a capture file in a format TShark understands",
  ],
  [
    'tshark: The standard input appears to be damaged or corrupt.; (pcap: too long)',
    'the standard input appears to be damaged or corrupt (pcap: too long)',
  ],
  ['tshark: "tcp.prot" is not a valid protocol or protocol field.', undefined],
])('the reason why a capture breaks off is short: %j', (output, why) => {
  expect(whyBroken(new ToolError('tshark', output))).toBe(why);
});

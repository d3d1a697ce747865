// The text in the payload of OPEN, CLOSE and the ACK of a CLOSE, such as `bytes=1048576 echo=no`.

export function encodeFields(fields: Readonly<Record<string, string | number>>): Buffer {
  return Buffer.from(
    Object.entries(fields)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  );
}

export function decodeFields(payload: Buffer): ReadonlyMap<string, string> {
  const terms = payload.toString('latin1').split(' ');
  return new Map(
    terms.map((term) => {
      const at = term.indexOf('=');
      return at < 0 ? [term, ''] : [term.slice(0, at), term.slice(at + 1)];
    }),
  );
}

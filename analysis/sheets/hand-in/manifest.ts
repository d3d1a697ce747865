import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import * as v from 'valibot';
import { assignmentSchema } from '../sheet/assignment.ts';
import { limits } from './limits.ts';

/** The form of a manifest. A later one has another number. */
const VERSION = 1;

const text = v.pipe(v.string(), v.maxLength(200));

const fileSchema = v.strictObject({
  name: text,
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

const manifestSchema = v.strictObject({
  version: v.literal(VERSION),
  /** When it was made, ISO 8601, UTC. */
  made: v.pipe(v.string(), v.isoTimestamp()),
  assignment: assignmentSchema,
  files: v.pipe(v.array(fileSchema), v.maxLength(limits.files)),
  /** The student's Ed25519 key, SPKI in DER (RFC 8410), base64. */
  publicKey: v.pipe(v.string(), v.maxLength(200)),
  /** Ed25519 over the UTF-8 JSON of all fields above, in this order, without white space; base64. */
  signature: v.pipe(v.string(), v.maxLength(200)),
});

/** What a hand-in has, by the student's own word. */
export type Manifest = Readonly<v.InferOutput<typeof manifestSchema>>;
export type HandedFile = Readonly<v.InferOutput<typeof fileSchema>>;
type Unsigned = Pick<Manifest, 'made' | 'assignment' | 'files'>;

/** Signs what a hand-in has. */
export function signedManifest(unsigned: Unsigned, privateKey: KeyObject): Manifest {
  const key = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const manifest = { version: VERSION, ...unsigned, publicKey: key.toString('base64') } as const;
  return { ...manifest, signature: sign(null, signedBytes(manifest), privateKey).toString('base64') };
}

/** Reads a manifest; undefined when the text is none. */
export function manifestIn(json: string): Manifest | undefined {
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), manifestSchema), json);
  return success ? output : undefined;
}

/** Whether the owner of the key in a manifest signed it as it is. */
export function isSigned(manifest: Manifest): boolean {
  try {
    const key = createPublicKey({
      key: Buffer.from(manifest.publicKey, 'base64'),
      format: 'der',
      type: 'spki',
    });
    if (key.asymmetricKeyType !== 'ed25519') return false;
    return verify(null, signedBytes(manifest), key, Buffer.from(manifest.signature, 'base64'));
  } catch {
    return false;
  }
}

/** The signed fields in their order, whatever order the file has. */
function signedBytes({ version, made, assignment, files, publicKey }: Omit<Manifest, 'signature'>): Buffer {
  const { sheet, course, student, nonce, language } = assignment;
  const parts = {
    ...{ version, made },
    assignment: { sheet, course, student, nonce, language },
    files: files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
    publicKey,
  };
  return Buffer.from(JSON.stringify(parts));
}

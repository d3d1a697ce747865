import type { Capture } from './capture-files.ts';
import { captureInfo } from './capture-info.ts';
import { tsharkLines, type ValuesAsked, valueArguments } from './tshark.ts';

/** A frame with the values of the fields that were asked for. */
export interface FrameValues {
  /** From 1, counted through all files of the capture. */
  readonly number: number;
  /** As tshark writes them. A field that is there several times has its values separated by spaces. */
  readonly values: readonly string[];
}

/**
 * Reads any fields of the frames that pass a display filter, in order. A capture that breaks off is read up to there.
 *
 * @throws ToolError when tshark does not know the filter or a field
 */
export async function* readValues(
  { files, keys }: Pick<Capture, 'files' | 'keys'>,
  asked: Omit<ValuesAsked, 'keys'>,
): AsyncGenerator<FrameValues> {
  let before = 0;
  for (const file of files) {
    const args = valueArguments(file, { ...asked, keys });
    for await (const lines of tsharkLines(args, { onCut: () => undefined })) {
      for (const line of lines) {
        const [number = '', ...values] = line.split('\t');
        if (number !== '') yield { number: before + Number(number), values };
      }
    }
    if (file !== files.at(-1)) before += (await captureInfo(file)).frames;
  }
}

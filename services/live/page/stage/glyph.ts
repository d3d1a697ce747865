import { s } from '../dom.ts';
import type { Gist } from '../model/kind.ts';
import { burstOf, outlineOf } from './shapes.ts';

export interface Drawing {
  readonly gist: Gist;
  readonly width: number;
  readonly height: number;
  readonly isLeftwards: boolean;
  readonly isAltered: boolean;
  /** Whether it warns: a retransmission, for example. */
  readonly isTrouble: boolean;
}

/** The shape of a packet with its label, around 0. */
export function glyphOf(drawing: Drawing): SVGGElement {
  const { gist, width, height, isLeftwards, isAltered, isTrouble } = drawing;
  const outline = isAltered ? burstOf(width, height) : outlineOf(gist.kind, width, height, isLeftwards);
  return s(
    'g',
    { class: classesOf(drawing) },
    s('path', { class: 'outline', d: outline }),
    s(
      'text',
      { class: 'label', 'font-size': height * 0.46, y: height * (gist.kind === 'tls' ? 0.24 : 0.16) },
      gist.label,
    ),
    isTrouble && !isAltered && s('path', { class: 'again', d: `M${-width / 2} ${height / 2 + 4}h${width}` }),
  );
}

function classesOf({ gist, isAltered, isTrouble }: Drawing): string {
  const classes = ['glyph', `is-${gist.kind}`];
  if (gist.isError) classes.push('is-error');
  if (isAltered) classes.push('is-altered');
  if (isTrouble) classes.push('is-trouble');
  return classes.join(' ');
}

/** The shape of a kind without its label, for lists and legends. */
export function chipOf(
  gist: Pick<Gist, 'kind' | 'isError'>,
  isLeftwards = false,
  isAltered = false,
): SVGSVGElement {
  const [width, height] = [22, 11];
  const outline = isAltered
    ? burstOf(width - 5, height - 3)
    : outlineOf(gist.kind, width, height, isLeftwards);
  const classes = `chip glyph is-${gist.kind}${gist.isError ? ' is-error' : ''}${isAltered ? ' is-altered' : ''}`;
  return s(
    'svg',
    { class: classes, viewBox: '-16 -10 32 20', 'aria-hidden': 'true' },
    s('path', { class: 'outline', d: outline }),
  );
}

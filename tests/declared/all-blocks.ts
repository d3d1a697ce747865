import { reasonNames, reasons, verdictOf } from '#analysis/join/verdicts.ts';
import { wireReasonNames, wireReasons } from '#analysis/wire/reasons.ts';
import { faultCalled, faultNames } from '#lib/faults/echo/index.ts';
import { parseProfile } from '#lib/faults/fault-profile.ts';
import { faults as wireFaults } from '#lib/faults/wire/all.ts';
import { answers, DEFAULT_PROFILE, type Outcome, outcomes, summaries } from '../../services/http/outcomes.ts';
import { conditionNames, conditions } from '../../services/wire/conditions/conditions.ts';
import { typedName } from '../../services/wire/conditions/sides.ts';
import {
  type Block,
  blockOfConditions,
  blockOfOutcomes,
  blockOfVerdicts,
  blocksOfFaults,
  blocksOfWireFaults,
  type OutcomeRow,
} from './blocks.ts';

/** All parts of pages that are generated from the source. */
export function blocks(): Block[] {
  const faults = faultNames.faults.map((name) => faultCalled(name)!);
  return [
    ...blocksOfFaults(faults),
    ...blocksOfWireFaults(wireFaults),
    blockOfConditions(conditionNames.map((name) => ({ name: typedName(name), ...conditions[name] }))),
    blockOfOutcomes([outcomes.rest, ...outcomes.faults].map(rowOf)),
    blockOfVerdicts(
      reasonNames.map((reason) => ({
        reason,
        verdict: verdictOf({ reason }),
        meaning: reasons[reason].meaning,
      })),
    ),
    blockOfVerdicts(
      wireReasonNames.map((reason) => ({ reason, ...wireReasons[reason] })),
      'verdicts of the wire',
    ),
  ];
}

function rowOf(name: Outcome): OutcomeRow {
  const { profile } = parseProfile(DEFAULT_PROFILE, outcomes);
  const of = profile?.kind === 'probabilities' ? profile.of : new Map<Outcome, number>();
  const rest = [...of.values()].reduce((left, probability) => left - probability, 1);
  const probability =
    name === outcomes.rest ? `${Number(rest.toFixed(3))}, the rest` : String(of.get(name) ?? 0);
  const answer = answers[name];
  const summary = summaries[name]('`HTTP_TIMEOUT_SECONDS` (15 s)');
  if (answer.kind === 'hold') return { name, probability, onTheWire: summary };
  const type = answer.type === undefined ? 'no content type' : `\`${answer.type}\``;
  const says = answer.body === summary ? `\`${summary}\`` : summary;
  return { name, probability, onTheWire: `${says}, ${type}` };
}

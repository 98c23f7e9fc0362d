import { PHASES, type Phase, type PhaseName } from '../../api/types';
import { addDays, daysBetween } from '../../shared/day';

export type Bar = { phase: Phase; from: string; to: string; open: boolean };
export type Lane = { placeId: string; placeName: string; bars: Bar[] };

/** Each place's phases in order; a phase without an end runs until the next one begins, or until `until`. */
export function lanesOf(phases: Phase[], until: string): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const phase of [...phases].sort((a, b) => (a.starts_on < b.starts_on ? -1 : 1))) {
    const lane = lanes.get(phase.place_id) ?? { placeId: phase.place_id, placeName: phase.place_name, bars: [] };
    const last = lane.bars[lane.bars.length - 1];
    if (last && last.to >= phase.starts_on) {
      last.to = addDays(phase.starts_on, -1);
      last.open = false;
    }
    const open = !phase.ends_on;
    lane.bars.push({
      phase,
      from: phase.starts_on,
      to: phase.ends_on || (until > phase.starts_on ? until : phase.starts_on),
      open,
    });
    lanes.set(phase.place_id, lane);
  }
  return [...lanes.values()];
}

/** Left edge and width in percent of a span of days, both ends included. */
export function position(
  bar: { from: string; to: string },
  start: string,
  end: string,
): { left: number; width: number } {
  const span = daysBetween(start, end) + 1;
  const from = Math.max(0, daysBetween(start, bar.from));
  const to = Math.min(span, daysBetween(start, bar.to) + 1);
  return { left: (from / span) * 100, width: (Math.max(0, to - from) / span) * 100 };
}

/** A phase that stands before the present one in the order of phases is a step back. */
export function isStepBack(present: PhaseName | undefined, next: PhaseName | undefined): boolean {
  return !!present && !!next && PHASES.indexOf(next) < PHASES.indexOf(present);
}
export function phaseBefore(phase: PhaseName): PhaseName | undefined {
  return PHASES[PHASES.indexOf(phase) - 1];
}

import type { Geometry, MultiPolygon, Polygon, Position } from 'geojson';
import type { Around } from './types';

/** What is wrong with an outline, or doubtful about it. An error keeps it from being saved; a warning does not. */
export type Finding = { code: 'few' | 'crossing' | 'tiny' | 'outside' | 'partly_outside' | 'overlap'; name?: string };
export const isError = (f: Finding) => f.code === 'few' || f.code === 'crossing' || f.code === 'tiny';

type Ring = Position[];
const x = (p: Position | undefined) => p?.[0] ?? 0;
const y = (p: Position | undefined) => p?.[1] ?? 0;

const side = (a: Position, b: Position, c: Position) => (x(b) - x(a)) * (y(c) - y(a)) - (y(b) - y(a)) * (x(c) - x(a));

/** Whether two segments cross in a point that is the end of neither. */
function cross(a: Position, b: Position, c: Position, d: Position): boolean {
  const [p, q, r, s] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  return p * q < 0 && r * s < 0;
}

const segments = (ring: Ring): [Position, Position][] =>
  ring.slice(1).flatMap((to, i) => {
    const from = ring[i];
    return from ? [[from, to] as [Position, Position]] : [];
  });

export function crossesItself(ring: Ring): boolean {
  const all = segments(ring);
  return all.some(([a, b], i) => all.slice(i + 2).some(([c, d]) => cross(a, b, c, d)));
}

function inRing(p: Position, ring: Ring): boolean {
  let inside = false;
  for (const [a, b] of segments(ring)) {
    if (y(a) > y(p) !== y(b) > y(p) && x(p) < ((x(b) - x(a)) * (y(p) - y(a))) / (y(b) - y(a)) + x(a)) inside = !inside;
  }
  return inside;
}

export const polygonsOf = (g: Geometry | null | undefined): Position[][][] =>
  g?.type === 'Polygon' ? [g.coordinates] : g?.type === 'MultiPolygon' ? g.coordinates : [];

export const contains = (g: Geometry, p: Position) =>
  polygonsOf(g).some(
    ([outer, ...holes]) => outer !== undefined && inRing(p, outer) && !holes.some((h) => inRing(p, h)),
  );

/** The area in square metres, near enough for a building. */
export function areaOf(ring: Ring): number {
  const metres = 111_320;
  const k = Math.cos((y(ring[0]) * Math.PI) / 180);
  const twice = segments(ring).reduce(
    (sum, [a, b]) => sum + (x(a) - x(ring[0])) * (y(b) - y(ring[0])) - (x(b) - x(ring[0])) * (y(a) - y(ring[0])),
    0,
  );
  return (Math.abs(twice) / 2) * metres * metres * k;
}

/** Points a little inside of the corners and of the middles of the sides: those on a common border belong to neither. */
function probes(ring: Ring): Position[] {
  const corners = ring.slice(0, -1);
  const n = corners.length || 1;
  const centre: Position = [corners.reduce((s, p) => s + x(p), 0) / n, corners.reduce((s, p) => s + y(p), 0) / n];
  const inward = (p: Position): Position => [x(p) + (x(centre) - x(p)) * 0.03, y(p) + (y(centre) - y(p)) * 0.03];
  const middles = segments(ring).map(([a, b]): Position => [(x(a) + x(b)) / 2, (y(a) + y(b)) / 2]);
  return [...corners, ...middles].map(inward).concat([centre]);
}

function overlaps(a: Position[][][], b: Position[][][]): boolean {
  const within = (ps: Position[][][], of: Position[][][]) =>
    ps.some(([outer]) =>
      probes(outer ?? []).some((p) =>
        of.some(([ring, ...holes]) => inRing(p, ring ?? []) && !holes.some((h) => inRing(p, h))),
      ),
    );
  return within(a, b) || within(b, a);
}

const MIN_AREA = 1;

/** Looks at an outline as a careful clerk would. */
export function check(g: Geometry | null, around: Around | undefined): Finding[] {
  if (!g) return [];
  if (g.type === 'Point') {
    return around?.parent && !contains(around.parent.geometry, g.coordinates)
      ? [{ code: 'outside', name: around.parent.name }]
      : [];
  }
  const mine = polygonsOf(g);
  const rings = mine.flat();
  if (rings.length === 0 || rings.some((r) => r.length < 4)) return [{ code: 'few' }];
  if (rings.some(crossesItself)) return [{ code: 'crossing' }];
  if (mine.some(([outer]) => areaOf(outer ?? []) < MIN_AREA)) return [{ code: 'tiny' }];
  const out: Finding[] = [];
  const parent = around?.parent;
  if (parent && polygonsOf(parent.geometry).length > 0) {
    const points = mine.flatMap(([outer]) => probes(outer ?? []));
    const inside = points.filter((p) => contains(parent.geometry, p)).length;
    if (inside < points.length) out.push({ code: inside === 0 ? 'outside' : 'partly_outside', name: parent.name });
  }
  for (const n of around?.neighbours ?? []) {
    if (overlaps(mine, polygonsOf(n.geometry))) out.push({ code: 'overlap', name: n.name });
  }
  return out;
}

/** "126.5501, 43.8302" a line, as people copy it from elsewhere; null when a line is not understood. */
export function parsePoints(text: string): Position[] | null {
  const out: Position[] = [];
  for (const line of text.split(/\n|;|；/)) {
    if (line.trim() === '') continue;
    const parts = line
      .trim()
      .split(/[\s,，]+/)
      .map(Number);
    const [lon, lat] = parts;
    if (parts.length !== 2 || lon === undefined || lat === undefined) return null;
    if (!(Math.abs(lon) <= 180) || !(Math.abs(lat) <= 90)) return null;
    out.push([lon, lat]);
  }
  return out;
}

export const printPoints = (g: Geometry | null): string => {
  const points = g?.type === 'Point' ? [g.coordinates] : (polygonsOf(g)[0]?.[0]?.slice(0, -1) ?? []);
  return points.map((p) => `${x(p).toFixed(6)}, ${y(p).toFixed(6)}`).join('\n');
};

/** One point is a point; three and more are an outline. */
export function geometryOf(points: Position[]): Geometry | null {
  const first = points[0];
  if (!first) return null;
  if (points.length === 1) return { type: 'Point', coordinates: first };
  return { type: 'Polygon', coordinates: [[...points, first]] };
}

/** Drawn polygons as what is stored: one is a Polygon, several a MultiPolygon. */
export function joined(polygons: Polygon[]): Polygon | MultiPolygon | null {
  const [one] = polygons;
  if (!one) return null;
  return polygons.length === 1 ? one : { type: 'MultiPolygon', coordinates: polygons.map((p) => p.coordinates) };
}

import type { Mode } from '../../app/theme';
import { INK } from './mapStyle';
import type { PlaceWindow } from './outbreak';
import { shown } from './outbreak';
import { radiusOf } from './timeWindow';

/** What a mark on the map says: its size, how it was found, and which share is confirmed. */
export type Mark = {
  id: string;
  name: string;
  name_en: string;
  lon: number;
  lat: number;
  r: number;
  core: number;
  icon: string;
};

/** Inside the outline, as in the marks of the tables. */
const INNER = 0.78;

/**
 * A mark has the area of its number. Outline: solid when any of them was found in the
 * community, dotted when all were found under control. Inside: ● confirmed, ○ asymptomatic,
 * or a dot of the confirmed share within the ring.
 */
export function markOf(p: PlaceWindow, found: 'all' | 'community', peak: number): Mark | undefined {
  const n = shown(p, found);
  if (n <= 0 || p.lon === null || p.lat === null) return undefined;
  const r = radiusOf(n, peak);
  const classed = p.confirmed !== null && p.asymptomatic !== null && p.infections > 0;
  const share = classed ? Math.min(1, (p.confirmed ?? 0) / p.infections) : 0;
  const core = share > 0 ? Math.max(1.5, (r - 2.5) * (share === 1 ? 1 : INNER) * Math.sqrt(share)) : 0;
  const ring = classed && share < 1;
  return {
    id: p.id,
    name: p.name,
    name_en: p.name_en,
    lon: p.lon,
    lat: p.lat,
    r,
    core,
    icon: iconName(r, p.community > 0, ring),
  };
}

export function iconName(r: number, community: boolean, ring: boolean): string {
  return `ring-${r}-${community ? 'solid' : 'dotted'}-${ring ? 'open' : 'plain'}`;
}

/** Draws the outline that a name stands for, at twice the size for sharp screens. */
export function drawIcon(name: string, mode: Mode): ImageData | undefined {
  const m = /^ring-(\d+)-(solid|dotted)-(open|plain)$/.exec(name);
  if (!m) return undefined;
  const r = Number(m[1]);
  const size = (r + 2) * 2 * 2;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const c = canvas.getContext('2d');
  if (!c) return undefined;
  c.strokeStyle = INK[mode].mark;
  c.lineCap = 'round';
  c.translate(size / 2, size / 2);
  c.lineWidth = 2.4;
  if (m[2] === 'dotted') {
    const around = 2 * Math.PI * r * 2;
    const dots = Math.max(8, Math.round(around / 9));
    c.setLineDash([0.01, around / dots]);
  }
  c.beginPath();
  c.arc(0, 0, r * 2, 0, 2 * Math.PI);
  c.stroke();
  if (m[3] === 'open') {
    c.setLineDash([]);
    c.lineWidth = 2.6;
    c.beginPath();
    c.arc(0, 0, Math.max(2, (r - 2.5) * 2), 0, 2 * Math.PI);
    c.stroke();
  }
  return c.getImageData(0, 0, size, size);
}

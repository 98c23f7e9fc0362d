/** The frame around points, for places whose outline is not known. */
export function boundsOf(marks: { lon: number; lat: number }[]): [number, number, number, number] | undefined {
  if (marks.length === 0) return undefined;
  const lons = marks.map((m) => m.lon);
  const lats = marks.map((m) => m.lat);
  const pad = 0.005;
  return [Math.min(...lons) - pad, Math.min(...lats) - pad, Math.max(...lons) + pad, Math.max(...lats) + pad];
}

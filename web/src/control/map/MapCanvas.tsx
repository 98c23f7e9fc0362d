import type { Feature, FeatureCollection, Point } from 'geojson';
import * as maplibregl from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { apiUrl } from '../../api/client';
import type { Lang } from '../../api/types';
import type { Mode } from '../../app/theme';
import { type Camera, type Layer, MAP_LEVELS, type MapLevel } from './mapState';
import { lineWidth, MARKS, mapStyle, PLACES } from './mapStyle';
import { drawIcon, type Mark } from './marks';

maplibregl.setWorkerUrl(workerUrl);

export type Bounds = [west: number, south: number, east: number, north: number];
export type Shown = { id: string; name: string; nameEn: string; x: number; y: number };

type Props = {
  mode: Mode;
  lang: Lang;
  level: MapLevel;
  layers: readonly Layer[];
  /** The shade of each place of the level that has one, 1 to 5. */
  shades: Map<string, number>;
  marks: Mark[];
  selected?: string;
  /** The place that is looked at as a whole: outlined, whatever its level. */
  outlined?: string;
  /** Where to look at first; later moves are the person's own. */
  camera?: Camera;
  bounds?: Bounds;
  interactive?: boolean;
  label: string;
  onCamera?: (camera: Camera) => void;
  /** The zoom at which the bounds are seen whole. */
  onWhole?: (zoom: number) => void;
  onPick?: (id: string | undefined) => void;
  onPoint?: (place: Shown | undefined) => void;
};

const FIT = { padding: 28, maxZoom: 17.5, animate: false };

function create(container: HTMLElement, props: Props, texts: Record<string, string>): maplibregl.Map {
  const { mode, lang, camera, bounds, interactive = true } = props;
  const map = new maplibregl.Map({
    container,
    style: mapStyle(mode, lang, `${window.location.origin}${apiUrl('/tiles')}/{z}/{x}/{y}.mvt`),
    center: camera ? [camera.lng, camera.lat] : [105, 36],
    zoom: camera?.zoom ?? 3,
    bounds: camera ? undefined : bounds,
    fitBoundsOptions: FIT,
    interactive,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    rollEnabled: false,
    fadeDuration: 0,
    maxZoom: 20,
    locale: texts,
  });
  map.touchZoomRotate?.disableRotation();
  map.keyboard?.disableRotation();
  if (interactive) {
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-right');
    map.addControl(new maplibregl.ScaleControl({ maxWidth: 96 }), 'bottom-right');
  }
  return map;
}

function cameraOf(map: maplibregl.Map): Camera {
  const { lng, lat } = map.getCenter();
  return { lng, lat, zoom: map.getZoom() };
}

/** The place under a point of the screen: a mark first, then an area of the level. */
function placeAt(map: maplibregl.Map, point: maplibregl.Point, level: MapLevel): Shown | undefined {
  const layers = ['mark-body', `dot-${level}`, `shade-${level}`].filter((id) => map.getLayer(id));
  const hit = map.queryRenderedFeatures(point, { layers })[0];
  if (!hit) return undefined;
  const { id, name, name_en } = hit.properties as { id?: string; name?: string; name_en?: string };
  return id ? { id, name: name ?? '', nameEn: name_en ?? '', x: point.x, y: point.y } : undefined;
}

function dataOf(marks: Mark[]): FeatureCollection<Point> {
  const features = marks.map(
    ({ lon, lat, ...properties }): Feature<Point> => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [lon, lat] },
      properties,
    }),
  );
  return { type: 'FeatureCollection', features };
}

/** Shows what belongs to a level: its areas, the lines above it, its names. */
function showLevel(map: maplibregl.Map, level: MapLevel, layers: readonly Layer[]) {
  const show = (id: string, on: boolean) => map.setLayoutProperty(id, 'visibility', on ? 'visible' : 'none');
  const rank = MAP_LEVELS.indexOf(level);
  for (const l of MAP_LEVELS) {
    show(`shade-${l}`, l === level);
    show(`dot-${l}`, l === level);
    show(`line-${l}`, MAP_LEVELS.indexOf(l) <= rank);
    map.setPaintProperty(`line-${l}`, 'line-width', lineWidth(l, level));
  }
  for (const id of ['mark-body', 'mark-core', 'mark-ring', 'mark-sel']) show(id, layers.includes('marks'));
  show('label-level', layers.includes('labels'));
  show('label-mark', layers.includes('labels') && layers.includes('marks'));
}

/** Places with a mark are named beside the mark, so their other label is left out. */
function showLabels(map: maplibregl.Map, level: MapLevel, layers: readonly Layer[], marks: Mark[]) {
  const ofLevel: maplibregl.FilterSpecification = ['==', ['get', 'level'], level];
  const marked = layers.includes('marks') ? marks.map((m) => m.id) : [];
  const free: maplibregl.FilterSpecification = ['!', ['in', ['get', 'id'], ['literal', marked]]];
  map.setFilter('label-level', ['all', ofLevel, free] as maplibregl.FilterSpecification);
}

/** The map itself: it draws what it is given and says what was pointed at. It is made anew for another ground or language. */
export default function MapCanvas(props: Props) {
  const { level, layers, shades, marks, selected, outlined, bounds, label, mode } = props;
  const { t } = useTranslation('map');
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [map, setMap] = useState<maplibregl.Map | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the map is made once; the effects below keep it up to date
  useEffect(() => {
    if (!box.current) return;
    const made = create(box.current, latest.current, {
      'NavigationControl.ZoomIn': t('zoomIn'),
      'NavigationControl.ZoomOut': t('zoomOut'),
      'Map.Title': label,
      'ScaleControl.Meters': t('metres'),
      'ScaleControl.Kilometers': t('kilometres'),
    });
    made.on('load', () => setMap(made));
    // Says that all that is to be seen is drawn, for tests and for pictures of the page.
    made.on('idle', () => box.current?.setAttribute('data-idle', 'true'));
    made.on('dataloading', () => box.current?.removeAttribute('data-idle'));
    made.setMissingStyleImageResolver((id) => {
      const image = drawIcon(id, mode);
      if (image && !made.hasImage(id)) made.addImage(id, image, { pixelRatio: 2 });
    });
    made.on('moveend', (e) => {
      // Only what a person did belongs in the address, not the first fit.
      if ((e as { originalEvent?: Event }).originalEvent) latest.current.onCamera?.(cameraOf(made));
    });
    made.on('click', (e) => latest.current.onPick?.(placeAt(made, e.point, latest.current.level)?.id));
    made.on('mousemove', (e) => {
      const place = placeAt(made, e.point, latest.current.level);
      made.getCanvas().style.cursor = place ? 'pointer' : '';
      latest.current.onPoint?.(place);
    });
    made.on('mouseout', () => latest.current.onPoint?.(undefined));
    return () => made.remove();
  }, []);

  const corners = bounds?.join();
  const free = props.camera === undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: bounds are compared by their values
  useEffect(() => {
    if (!map || !bounds) return;
    const whole = map.cameraForBounds(bounds, FIT);
    if (whole?.zoom !== undefined) latest.current.onWhole?.(whole.zoom);
    if (free) map.fitBounds(bounds, FIT);
  }, [map, corners, free]);

  useEffect(() => {
    if (map) showLevel(map, level, layers);
  }, [map, level, layers]);

  const on = layers.includes('shade');
  useEffect(() => {
    if (!map) return;
    for (const sourceLayer of MAP_LEVELS) {
      const target = { source: PLACES, sourceLayer };
      map.removeFeatureState(target);
      if (on && sourceLayer === level) for (const [id, k] of shades) map.setFeatureState({ ...target, id }, { k });
      for (const id of [outlined, selected]) if (id) map.setFeatureState({ ...target, id }, { sel: true });
    }
  }, [map, level, shades, on, selected, outlined]);

  useEffect(() => {
    if (map) void (map.getSource(MARKS) as maplibregl.GeoJSONSource).setData(dataOf(marks));
  }, [map, marks]);
  useEffect(() => {
    if (map) showLabels(map, level, layers, marks);
  }, [map, level, layers, marks]);
  useEffect(() => {
    map?.setFilter('mark-sel', ['==', ['get', 'id'], selected ?? '']);
  }, [map, selected]);

  return <div ref={box} className="ac-map-canvas" data-ready={map !== null || undefined} />;
}

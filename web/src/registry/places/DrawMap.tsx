import type { Feature, FeatureCollection, Geometry, Polygon, Position } from 'geojson';
import * as maplibregl from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type GeoJSONStoreFeatures,
  type SnapToCustom,
  TerraDraw,
  TerraDrawModeUndoRedo,
  TerraDrawPointMode,
  TerraDrawPolygonMode,
  TerraDrawSelectMode,
} from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import { apiUrl } from '../../api/client';
import type { Lang } from '../../api/types';
import type { Mode } from '../../app/theme';
import { MAP_LEVELS } from '../../control/map/mapState';
import { INK, mapStyle } from '../../control/map/mapStyle';
import { joined, polygonsOf } from './outline';
import type { Around } from './types';

maplibregl.setWorkerUrl(workerUrl);

export type Tool = 'select' | 'polygon' | 'point';
/** What the page asks of the map. */
export type DrawHandle = {
  /** Takes back the last corner while drawing; false when nothing is being drawn. */
  undoCorner: () => boolean;
  /** Stops drawing a shape that is not finished. */
  cancel: () => void;
  fit: (g: Geometry) => void;
};

type Props = {
  ref: Ref<DrawHandle>;
  mode: Mode;
  lang: Lang;
  tool: Tool;
  geometry: Geometry | null;
  around: Around | undefined;
  bounds: [number, number, number, number] | null;
  label: string;
  onChange: (g: Geometry | null) => void;
  onFinished: () => void;
};

const SNAP_PIXELS = 10;
const PRECISION = 9;
const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

function surroundings(around: Around | undefined): { parent: FeatureCollection; others: FeatureCollection } {
  const feature = (geometry: Geometry, name: string): Feature => ({ type: 'Feature', geometry, properties: { name } });
  return {
    parent: collection(around?.parent ? [feature(around.parent.geometry, around.parent.name)] : []),
    others: collection((around?.neighbours ?? []).map((n) => feature(n.geometry, n.name))),
  };
}

/** Everything the map is drawn on: our own tiles quietly, the parent dashed, the neighbours filled. */
function ground(map: maplibregl.Map, mode: Mode, around: Around | undefined) {
  const ink = INK[mode];
  const { parent, others } = surroundings(around);
  for (const level of MAP_LEVELS) {
    map.setLayoutProperty(
      `shade-${level}`,
      'visibility',
      level === 'compound' || level === 'building' ? 'visible' : 'none',
    );
    map.setLayoutProperty(`line-${level}`, 'visibility', 'visible');
  }
  map.setLayoutProperty('label-level', 'visibility', 'visible');
  map.setFilter('label-level', ['in', ['get', 'level'], ['literal', ['street', 'compound', 'building', 'unit']]]);
  map.addSource('draw-parent', { type: 'geojson', data: parent });
  map.addSource('draw-others', { type: 'geojson', data: others });
  map.addLayer({
    id: 'draw-others',
    type: 'fill',
    source: 'draw-others',
    paint: { 'fill-color': ink.line, 'fill-opacity': 0.25, 'fill-outline-color': ink.text },
  });
  map.addLayer({
    id: 'draw-parent',
    type: 'line',
    source: 'draw-parent',
    paint: { 'line-color': ink.text, 'line-width': 1.5, 'line-dasharray': [4, 3] },
  });
}

/** Corners of the neighbours and of the parent draw the pointer to themselves. */
function snapTo(around: () => Around | undefined): SnapToCustom {
  return (event, { project }) => {
    const at = around();
    const all = [...(at?.neighbours ?? []), ...(at?.parent ? [at.parent] : [])].flatMap((o) =>
      polygonsOf(o.geometry).flat(2),
    );
    let best: Position | undefined;
    let nearest = SNAP_PIXELS;
    for (const p of all) {
      const { x, y } = project(p[0] ?? 0, p[1] ?? 0);
      const distance = Math.hypot(x - event.containerX, y - event.containerY);
      if (distance < nearest) {
        nearest = distance;
        best = [Number((p[0] ?? 0).toFixed(PRECISION)), Number((p[1] ?? 0).toFixed(PRECISION))];
      }
    }
    return best;
  };
}

function makeDraw(map: maplibregl.Map, mode: Mode, around: () => Around | undefined): TerraDraw {
  const accent = INK[mode].accent as `#${string}`;
  const ink = INK[mode].text as `#${string}`;
  const shape = { fillColor: accent, fillOpacity: 0.25, outlineColor: accent, outlineWidth: 2.5 } as const;
  const snapping = { toCoordinate: true, toCustom: snapTo(around) };
  return new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: PRECISION }),
    undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
    modes: [
      new TerraDrawPolygonMode({
        snapping,
        styles: {
          ...shape,
          closingPointColor: accent,
          closingPointWidth: 6,
          closingPointOutlineColor: ink,
          snappingPointColor: ink,
        },
      }),
      new TerraDrawPointMode({
        styles: { pointColor: accent, pointWidth: 7, pointOutlineColor: ink, pointOutlineWidth: 1 },
      }),
      new TerraDrawSelectMode({
        flags: {
          polygon: {
            feature: {
              draggable: true,
              selfIntersectable: true,
              coordinates: { midpoints: true, draggable: true, deletable: true, snappable: snapping },
            },
          },
          point: { feature: { draggable: true } },
        },
        styles: {
          selectedPolygonColor: accent,
          selectedPolygonFillOpacity: 0.3,
          selectedPolygonOutlineColor: accent,
          selectedPolygonOutlineWidth: 2.5,
          selectionPointColor: '#ffffff',
          selectionPointOutlineColor: accent,
          selectionPointOutlineWidth: 2,
          selectionPointWidth: 6,
          midPointColor: accent,
          midPointWidth: 4,
          midPointOutlineColor: '#ffffff',
        },
      }),
    ],
  });
}

const rounded = (p: Position): Position => [
  Number((p[0] ?? 0).toFixed(PRECISION)),
  Number((p[1] ?? 0).toFixed(PRECISION)),
];

function featuresOf(g: Geometry | null): GeoJSONStoreFeatures[] {
  if (g?.type === 'Point') {
    return [
      {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: rounded(g.coordinates) },
        properties: { mode: 'point' },
      },
    ];
  }
  return polygonsOf(g).map((coordinates) => ({
    type: 'Feature',
    geometry: { type: 'Polygon', coordinates: coordinates.map((ring) => ring.map(rounded)) },
    properties: { mode: 'polygon' },
  }));
}

/** Finished shapes only: no helper points, and no shape that is still being drawn. */
function geometryIn(draw: TerraDraw): Geometry | null {
  const own = draw
    .getSnapshot()
    .filter(
      (f) => (f.properties.mode === 'polygon' || f.properties.mode === 'point') && !f.properties.currentlyDrawing,
    );
  const point = own.find((f) => f.geometry.type === 'Point' && f.properties.mode === 'point');
  const polygons = own.map((f) => f.geometry).filter((g): g is Polygon => g.type === 'Polygon');
  return joined(polygons) ?? (point ? (point.geometry as Geometry) : null);
}

const same = (a: Geometry | null, b: Geometry | null) => JSON.stringify(a) === JSON.stringify(b);

/** The map on which a place is drawn. What is drawn goes up as GeoJSON; what comes down is shown. */
export default function DrawMap({
  ref,
  mode,
  lang,
  tool,
  geometry,
  around,
  bounds,
  label,
  onChange,
  onFinished,
}: Props) {
  const { t } = useTranslation('map');
  const box = useRef<HTMLDivElement>(null);
  const [draw, setDraw] = useState<TerraDraw | null>(null);
  const map = useRef<maplibregl.Map | null>(null);
  const latest = useRef({ around, onChange, onFinished, geometry, tool });
  latest.current = { around, onChange, onFinished, geometry, tool };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the map is made once for a ground and a language
  useEffect(() => {
    if (!box.current) return;
    const made = new maplibregl.Map({
      container: box.current,
      style: mapStyle(mode, lang, `${window.location.origin}${apiUrl('/tiles')}/{z}/{x}/{y}.mvt`),
      ...(bounds
        ? { bounds, fitBoundsOptions: { padding: 48, maxZoom: 18 } }
        : { center: [105, 36] as [number, number], zoom: 3 }),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      maxZoom: 21,
      locale: {
        'NavigationControl.ZoomIn': t('zoomIn'),
        'NavigationControl.ZoomOut': t('zoomOut'),
        'Map.Title': label,
        'ScaleControl.Meters': t('metres'),
        'ScaleControl.Kilometers': t('kilometres'),
      },
    });
    map.current = made;
    made.touchZoomRotate.disableRotation();
    made.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-right');
    made.addControl(new maplibregl.ScaleControl({ maxWidth: 96 }), 'bottom-right');
    made.on('idle', () => box.current?.setAttribute('data-idle', 'true'));
    let started: TerraDraw | null = null;
    made.on('load', () => {
      ground(made, mode, latest.current.around);
      started = makeDraw(made, mode, () => latest.current.around);
      started.start();
      started.on('finish', () => {
        const now = started && geometryIn(started);
        if (!now || same(now, latest.current.geometry)) return;
        latest.current.onChange(now);
        latest.current.onFinished();
      });
      setDraw(started);
    });
    return () => {
      started?.stop();
      made.remove();
      map.current = null;
      setDraw(null);
    };
  }, []);

  useEffect(() => {
    const { parent, others } = surroundings(around);
    if (!draw || !map.current) return;
    void (map.current.getSource('draw-parent') as maplibregl.GeoJSONSource | undefined)?.setData(parent);
    void (map.current.getSource('draw-others') as maplibregl.GeoJSONSource | undefined)?.setData(others);
  }, [draw, around]);

  // What the page holds is shown, unless it just came from here.
  useEffect(() => {
    if (!draw) return;
    if (!same(geometryIn(draw), geometry)) {
      if (latest.current.tool === 'select') draw.setMode('static');
      draw.clear();
      draw.addFeatures(featuresOf(geometry));
    }
    choose(draw, latest.current.tool);
  }, [draw, geometry]);

  useEffect(() => {
    if (draw) choose(draw, tool);
  }, [draw, tool]);

  useImperativeHandle(
    ref,
    () => ({
      undoCorner: () => (draw?.getModeState() === 'drawing' ? draw.undo() : false),
      cancel: () => {
        if (draw?.getModeState() !== 'drawing') return;
        draw.setMode('static');
        draw.setMode(latest.current.tool === 'point' ? 'point' : 'polygon');
      },
      fit: (g: Geometry) => {
        const points = g.type === 'Point' ? [g.coordinates] : polygonsOf(g).flat(2);
        const box = new maplibregl.LngLatBounds();
        for (const p of points) box.extend([p[0] ?? 0, p[1] ?? 0]);
        if (points.length > 0) map.current?.fitBounds(box, { padding: 80, maxZoom: 18.5, animate: false });
      },
    }),
    [draw],
  );
  return <div ref={box} className="ac-draw-canvas" data-ready={draw !== null || undefined} />;
}

/** Takes up a tool. With the tool for reshaping, the corners are there at once, without a click. */
function choose(draw: TerraDraw, tool: Tool) {
  if (tool === 'polygon' || tool === 'point') draw.setMode(tool);
  else {
    draw.setMode('select');
    const first = draw.getSnapshot().find((f) => f.properties.mode === 'polygon' || f.properties.mode === 'point');
    if (first?.id !== undefined) draw.selectFeature(first.id);
  }
}

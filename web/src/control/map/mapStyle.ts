import type {
  ExpressionSpecification,
  LayerSpecification,
  StyleSpecification,
  SymbolLayerSpecification,
} from 'maplibre-gl';
import type { Lang } from '../../api/types';
import type { Mode } from '../../app/theme';
import { MAP_LEVELS, type MapLevel } from './mapState';

/**
 * Colours of the map. Shades are one hue of even steps, darker (on dark ground: lighter)
 * for more; marks are ink, as in every table, because their shape is what speaks.
 */
export const INK = {
  light: {
    ground: '#f0f3f5',
    area: '#ffffff',
    line: '#9aa5ad',
    faint: '#d5dbdf',
    text: '#16202a',
    halo: '#ffffff',
    mark: '#16202a',
    body: 'rgba(255,255,255,0.62)',
    accent: '#0b6e6e',
    shades: ['#d7e9e7', '#a9d0cd', '#72b3ae', '#3d9290', '#0b6e6e'],
  },
  dark: {
    ground: '#0c1113',
    area: '#182125',
    line: '#4c5a62',
    faint: '#2a353b',
    text: '#e6ecef',
    halo: '#10171a',
    mark: '#f2f6f8',
    body: 'rgba(12,17,19,0.55)',
    accent: '#4fb8b0',
    shades: ['#1d3b3a', '#245755', '#2d7773', '#3b9a94', '#63c9c0'],
  },
} as const;

export const PLACES = 'places';
export const MARKS = 'marks';

const FONT = ['system-ui', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'sans-serif'];

/** The shade of an area by its feature state `k`, 0 for none to 5. */
function shade(mode: Mode): ExpressionSpecification {
  const { shades, area } = INK[mode];
  const steps = shades.flatMap((colour, i) => [i + 1, colour]);
  return ['match', ['coalesce', ['feature-state', 'k'], 0], ...steps, area] as unknown as ExpressionSpecification;
}

const chosen: ExpressionSpecification = ['boolean', ['feature-state', 'sel'], false];

function areaLayers(level: MapLevel, mode: Mode): LayerSpecification[] {
  const ink = INK[mode];
  const common = { source: PLACES, 'source-layer': level };
  const polygon: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon'];
  return [
    {
      id: `shade-${level}`,
      type: 'fill',
      ...common,
      filter: polygon,
      layout: { visibility: 'none' },
      paint: { 'fill-color': shade(mode), 'fill-opacity': 0.92 },
    },
    {
      id: `dot-${level}`,
      type: 'circle',
      ...common,
      filter: ['!', polygon],
      layout: { visibility: 'none' },
      paint: {
        'circle-radius': 3,
        'circle-color': shade(mode),
        'circle-stroke-color': ink.line,
        'circle-stroke-width': 1,
      },
    },
  ];
}

function lineLayer(level: MapLevel, mode: Mode): LayerSpecification {
  const ink = INK[mode];
  return {
    id: `line-${level}`,
    type: 'line',
    source: PLACES,
    'source-layer': level,
    filter: ['==', ['geometry-type'], 'Polygon'],
    layout: { visibility: 'none', 'line-join': 'round' },
    paint: {
      'line-color': ['case', chosen, ink.accent, ink.line],
      'line-width': ['case', chosen, 3, 0.8],
    },
  };
}

const nameOf = (lang: Lang): ExpressionSpecification =>
  lang === 'en'
    ? ['case', ['!=', ['coalesce', ['get', 'name_en'], ''], ''], ['get', 'name_en'], ['get', 'name']]
    : ['get', 'name'];
const LABEL_SIZE = 12;

/** Names of the level's places; those with a mark are named beside it, clear of its outline. */
function labelLayers(mode: Mode, lang: Lang): LayerSpecification[] {
  const ink = INK[mode];
  const layout = {
    'text-field': nameOf(lang),
    'text-font': FONT,
    'text-size': LABEL_SIZE,
    'text-max-width': 7,
    'text-variable-anchor': ['top', 'bottom', 'left', 'right'],
    'text-justify': 'auto',
    'text-padding': 3,
  } satisfies SymbolLayerSpecification['layout'];
  const paint = { 'text-color': ink.text, 'text-halo-color': ink.halo, 'text-halo-width': 1.4 };
  return [
    {
      id: 'label-level',
      type: 'symbol',
      source: PLACES,
      'source-layer': 'place_label',
      layout: { ...layout, visibility: 'none', 'text-radial-offset': 0.4 },
      paint,
    },
    {
      id: 'label-mark',
      type: 'symbol',
      source: MARKS,
      layout: {
        ...layout,
        visibility: 'none',
        'text-radial-offset': ['/', ['+', ['get', 'r'], 4], LABEL_SIZE],
        'symbol-sort-key': ['-', 0, ['get', 'r']],
      },
      paint,
    },
  ];
}

function markLayers(mode: Mode): LayerSpecification[] {
  const ink = INK[mode];
  const order: ExpressionSpecification = ['-', 0, ['get', 'r']];
  return [
    {
      id: 'mark-body',
      type: 'circle',
      source: MARKS,
      layout: { 'circle-sort-key': order },
      paint: { 'circle-radius': ['get', 'r'], 'circle-color': ink.body },
    },
    {
      id: 'mark-core',
      type: 'circle',
      source: MARKS,
      filter: ['>', ['get', 'core'], 0],
      layout: { 'circle-sort-key': order },
      paint: { 'circle-radius': ['get', 'core'], 'circle-color': ink.mark },
    },
    {
      id: 'mark-ring',
      type: 'symbol',
      source: MARKS,
      layout: {
        'icon-image': ['get', 'icon'],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': order,
      },
    },
    {
      id: 'mark-sel',
      type: 'circle',
      source: MARKS,
      filter: ['==', ['get', 'id'], ''],
      paint: {
        'circle-radius': ['+', ['get', 'r'], 3],
        'circle-color': 'transparent',
        'circle-stroke-color': ink.accent,
        'circle-stroke-width': 3,
      },
    },
  ];
}

/**
 * The whole style: our own tiles and nothing else. There is no glyph address, so the
 * library draws every letter from the fonts of the device.
 */
export function mapStyle(mode: Mode, lang: Lang, tiles: string): StyleSpecification {
  return {
    version: 8,
    sources: {
      [PLACES]: { type: 'vector', tiles: [tiles], minzoom: 0, maxzoom: 16, promoteId: 'id' },
      [MARKS]: { type: 'geojson', data: { type: 'FeatureCollection', features: [] }, promoteId: 'id' },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': INK[mode].ground } },
      {
        id: 'land',
        type: 'fill',
        source: PLACES,
        'source-layer': 'district',
        filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'fill-color': INK[mode].area },
      },
      ...MAP_LEVELS.flatMap((level) => areaLayers(level, mode)),
      ...[...MAP_LEVELS].reverse().map((level) => lineLayer(level, mode)),
      ...markLayers(mode),
      ...labelLayers(mode, lang),
    ],
  };
}

/** Line widths: the level that is looked at is plain, what lies above it is bolder. */
export function lineWidth(level: MapLevel, active: MapLevel): ExpressionSpecification {
  const above = MAP_LEVELS.indexOf(active) - MAP_LEVELS.indexOf(level);
  return ['case', chosen, 3, above === 0 ? 0.8 : above === 1 ? 1.4 : 1.8];
}

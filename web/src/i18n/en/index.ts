import accounts from './accounts';
import app from './app';
import audit from './audit';
import cases from './cases';
import clearance from './clearance';
import imports from './imports';
import incident from './incident';
import map from './map';
import overview from './overview';
import packs from './packs';
import places from './places';
import problem from './problem';
import shared from './shared';
import views from './views';
import words from './words';

export default {
  accounts,
  app,
  audit,
  cases,
  clearance,
  imports,
  incident,
  map,
  overview,
  packs,
  places,
  problem,
  shared,
  views,
  words,
};

import accounts from './accounts';
import addresses from './addresses';
import app from './app';
import audit from './audit';
import bulk from './bulk';
import cases from './cases';
import clearance from './clearance';
import duplicates from './duplicates';
import imports from './imports';
import incident from './incident';
import map from './map';
import overview from './overview';
import packs from './packs';
import people from './people';
import places from './places';
import privacy from './privacy';
import problem from './problem';
import shared from './shared';
import views from './views';
import words from './words';

export default {
  accounts,
  addresses,
  app,
  audit,
  bulk,
  cases,
  clearance,
  duplicates,
  imports,
  incident,
  map,
  overview,
  packs,
  people,
  places,
  privacy,
  problem,
  shared,
  views,
  words,
};

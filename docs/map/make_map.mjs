// Draws the world for the home page: once, by hand, when the projection or the countries change.
//
//   npm install world-atlas@2.0.2 d3-geo@3.1.1 topojson-client@3.1.0
//   node docs/map/make_map.mjs
//
// The shapes are Natural Earth's (public domain), as world-atlas packs them; the projection is Equal Earth, in which
// no country looks larger than it is. The land has no boundaries inside. Writes ssc_platform/static/site/world.svg and
// fixtures/map/places.json: where the dot of each country or area of fixtures/taxonomy/countries.json stands.

import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { geoArea, geoEqualEarth, geoPath } from "d3-geo";
import { feature } from "topojson-client";

const WIDTH = 960;
const HEIGHT = 400;
const require = createRequire(process.cwd() + "/");
const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const atlas = (name) => read(require.resolve(`world-atlas/${name}`));

// South of 58° there is no one to ask or to answer.
const outline = { type: "MultiPoint", coordinates: [[-180, 0], [180, 0], [0, 83], [0, -57]] };
const projection = geoEqualEarth().fitExtent([[2, 2], [WIDTH - 2, HEIGHT - 2]], outline);
const land = feature(atlas("land-110m.json"), "land");
const shapes = (land.features ?? [land]).flatMap(({ geometry }) =>
  geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates]);
const inhabited = shapes.filter((rings) => rings[0].some(([, latitude]) => latitude > -57));
const path = geoPath(projection).digits(1)({ type: "MultiPolygon", coordinates: inhabited });
writeFileSync(
  root + "ssc_platform/static/site/world.svg",
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}"><path fill="#8a9a93" fill-opacity=".38" d="${path}"/></svg>\n`,
);

// A country's dot stands in the middle of its largest part.
const largest = ({ type, coordinates }) => {
  const parts = (type === "MultiPolygon" ? coordinates : [coordinates]).map((one) => ({ type: "Polygon", coordinates: one }));
  return parts.reduce((best, one) => (geoArea(one) > geoArea(best) ? one : best));
};
const middles = new Map();
for (const { id, geometry } of feature(atlas("countries-10m.json"), "countries").features) {
  const part = largest(geometry);
  const known = middles.get(id);
  if (id && (!known || geoArea(part) > known.area)) {
    middles.set(id, { area: geoArea(part), place: geoPath(projection).centroid(part) });
  }
}
const countries = read(root + "fixtures/taxonomy/countries.json").rows;
const round = (number) => Math.round(number * 10) / 10;
const rows = countries.flatMap(({ code, m49 }) => {
  const found = middles.get(m49);
  return found ? [{ country: code, x: round(found.place[0]), y: round(found.place[1]) }] : [];
});
const source = "Natural Earth, public domain, as packed by world-atlas 2.0.2; Equal Earth projection.";
mkdirSync(root + "fixtures/map", { recursive: true });
writeFileSync(
  root + "fixtures/map/places.json",
  `{"source": ${JSON.stringify(source)}, "width": ${WIDTH}, "height": ${HEIGHT}, "rows": [\n` +
    rows.map((row) => " " + JSON.stringify(row)).join(",\n") + "\n]}\n",
);
const missing = countries.filter(({ m49 }) => !middles.has(m49)).map(({ code }) => code);
console.log(`${rows.length} places; without one: ${missing.join(" ") || "none"}`);

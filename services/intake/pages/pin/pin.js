// The map on the report page, loaded when somebody opens it: the district's communities and one pin. No tiles.
import * as L from "leaflet";

var root = document.documentElement;

function colour(name) {
  return getComputedStyle(root).getPropertyValue(name).trim();
}

function named(name) {
  var span = document.createElement("span");
  span.textContent = name;
  return span;
}

function drawGround(map, areas, names) {
  var ground = L.featureGroup().addTo(map);
  var look = { color: colour("--line-strong"), weight: 1.5, fillColor: colour("--surface"), fillOpacity: 1, interactive: false };
  areas.forEach(function (area) {
    var shape = L.polygon(area.rings, look).addTo(ground);
    L.tooltip({ permanent: true, direction: "center", className: "place-name" })
      .setLatLng(shape.getBounds().getCenter()).setContent(named(area.name)).addTo(names);
  });
  return ground;
}

/** Draws the map into `box`; `onPin(latitude, longitude)` is told every tap. Returns `show(latitude, longitude)`. */
window.whistlePin = function (box, areas, onPin) {
  var map = L.map(box, { preferCanvas: true, attributionControl: false, zoomSnap: 0.5 });
  var names = L.layerGroup();
  map.fitBounds(drawGround(map, areas, names).getBounds());
  var wide = map.getZoom();
  var pin = null;
  function showNames() {
    if (map.getZoom() >= wide + 1) names.addTo(map);
    else names.remove();
  }
  function show(latitude, longitude) {
    var look = { radius: 11, weight: 5, color: colour("--red"), fillColor: colour("--surface"), fillOpacity: 1, interactive: false };
    if (!pin) pin = L.circleMarker([latitude, longitude], look).addTo(map);
    pin.setLatLng([latitude, longitude]).bringToFront();
    map.setView([latitude, longitude], Math.max(map.getZoom(), wide + 2), { animate: false });
  }
  map.on("zoomend", showNames);
  map.on("click", function (event) {
    show(event.latlng.lat, event.latlng.lng);
    onPin(event.latlng.lat, event.latlng.lng);
  });
  return show;
};

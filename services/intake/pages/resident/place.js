// Where it is: the phone's own location or a pin on the map, told back as the community it lies in.

function byId(id) { return document.getElementById(id); }

function inside(ring, latitude, longitude) {
  var found = false;
  for (var i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    if ((ring[i][0] > latitude) !== (ring[j][0] > latitude)
      && longitude < (ring[j][1] - ring[i][1]) * (latitude - ring[i][0]) / (ring[j][0] - ring[i][0]) + ring[i][1]) found = !found;
  }
  return found;
}

function areaAt(places, latitude, longitude) {
  return places.areas.filter(function (area) {
    return area.rings.some(function (rings) { return inside(rings[0], latitude, longitude); });
  })[0];
}

export function preparePlace(form, fetchPlaces) {
  var told = byId("pin-told");
  var show = null;
  var asked = false;
  function place(latitude, longitude) {
    fetchPlaces(function (places) {
      var area = places && areaAt(places, latitude, longitude);
      if (places && !area) { told.textContent = told.getAttribute("data-outside"); return; }
      form.elements.latitude.value = latitude.toFixed(7);
      form.elements.longitude.value = longitude.toFixed(7);
      told.textContent = told.getAttribute("data-set") + (area ? area.name : latitude.toFixed(5) + ", " + longitude.toFixed(5));
      byId("place-mistake").hidden = true;
    });
  }
  function locate() {
    told.textContent = told.getAttribute("data-looking");
    navigator.geolocation.getCurrentPosition(function (found) {
      place(found.coords.latitude, found.coords.longitude);
      if (show) show(found.coords.latitude, found.coords.longitude);
    }, function () { told.textContent = told.getAttribute("data-denied"); }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  }
  function openMap() {
    byId("map-box").hidden = !byId("map-box").hidden;
    byId("open-map").setAttribute("aria-expanded", String(!byId("map-box").hidden));
    if (asked) return;
    asked = true;
    fetchPlaces(function (places) {
      if (!places) { asked = false; told.textContent = told.getAttribute("data-denied"); return; }
      draw(byId("map"), places, place, function (drawn) { show = drawn; });
    });
  }
  byId("pin-tools").hidden = false;
  byId("locate").hidden = !navigator.geolocation;
  byId("locate").onclick = locate;
  byId("open-map").onclick = openMap;
}

function draw(box, places, place, then) {
  var style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = box.getAttribute("data-style");
  var script = document.createElement("script");
  script.src = box.getAttribute("data-script");
  style.onload = function () { document.head.appendChild(script); };
  script.onload = function () { then(window.whistlePin(box, places.areas, place)); };
  document.head.appendChild(style);
}

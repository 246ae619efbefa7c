// Requests by XMLHttpRequest, random keys, and what this phone remembers: all there is in old web views.

/** Sends `body`; calls `then(status, document)`; status 0 means that nothing came back. */
export function ask(method, address, headers, body, then) {
  var request = new XMLHttpRequest();
  request.open(method, address);
  request.timeout = 30000;
  Object.keys(headers).forEach(function (name) { request.setRequestHeader(name, headers[name]); });
  request.onload = function () {
    var told = {};
    try { told = JSON.parse(request.responseText); } catch (error) { told = {}; }
    then(request.status, told);
  };
  request.onerror = request.ontimeout = function () { then(0, {}); };
  request.send(body);
}

/** A key nobody else has. */
export function newKey() {
  var bytes = new Uint8Array(16);
  (window.crypto || window.msCrypto).getRandomValues(bytes);
  return "phone-" + Array.prototype.map.call(bytes, function (byte) { return ("0" + byte.toString(16)).slice(-2); }).join("");
}

var MINE = "whistle.mine";

/** Reports sent from this phone, newest first. */
export function mine() {
  try { return JSON.parse(localStorage.getItem(MINE)) || []; } catch (error) { return []; }
}

/** Remembers a report; a phone that keeps nothing is no error. */
export function remember(number, code) {
  try { localStorage.setItem(MINE, JSON.stringify([{ number: number, code: code }].concat(mine()).slice(0, 10))); } catch (error) { return; }
}

export function forgetMine() {
  try { localStorage.removeItem(MINE); } catch (error) { return; }
}

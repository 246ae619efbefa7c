// The report page: checks, keeps, sends, and shows the receipt in place.
import { ask, newKey, remember } from "./asking.js";
import { keep } from "./keeping.js";
import { smaller } from "./photos.js";
import { preparePlace } from "./place.js";
import { sendKept } from "./sending.js";

var PHOTOS_MAX = 3;
var AGAIN_MILLISECONDS = 20000;
var PHONE = /^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})$/;

function byId(id) { return document.getElementById(id); }

function mistaken(field, isWrong) {
  byId(field + "-mistake").hidden = !isWrong;
  if (isWrong) byId(field + "-mistake").textContent = byId(field + "-mistake").getAttribute("data-told");
  var input = byId(field);
  if (!input) return;
  if (isWrong) { input.setAttribute("aria-invalid", "true"); input.setAttribute("aria-describedby", field + "-mistake"); } else input.removeAttribute("aria-invalid");
}

function formOf(elements) {
  var form = { channel: "one_key", text: elements.text.value.trim() };
  if (elements.latitude.value) form.point = { longitude: Number(elements.longitude.value), latitude: Number(elements.latitude.value), crs: "wgs84" };
  if (elements.community.value) form.community = elements.community.value;
  if (elements.address.value.trim()) form.address = elements.address.value.trim();
  var phone = elements.phone.value.replace(/\s/g, "");
  if (phone) form.contact = { phone: phone, reply_channel: elements.reply.value || "none" };
  return form;
}

function firstMistake(form) {
  var wrong = {
    text: !form.text,
    place: !form.point && !form.community && !form.address,
    phone: Boolean(form.contact) && !PHONE.test(form.contact.phone)
  };
  Object.keys(wrong).forEach(function (field) { mistaken(field, wrong[field]); });
  if (wrong.text) return "text";
  if (wrong.place) return "community";
  return wrong.phone ? "phone" : "";
}

function showPhotos(photos) {
  var list = byId("photos");
  list.textContent = "";
  photos.forEach(function (photo, index) {
    var line = document.createElement("li");
    var picture = document.createElement("img");
    picture.alt = String(index + 1);
    picture.src = URL.createObjectURL(photo);
    var remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = list.getAttribute("data-remove");
    remove.onclick = function () { photos.splice(index, 1); showPhotos(photos); };
    line.appendChild(picture);
    line.appendChild(remove);
    list.appendChild(line);
  });
}

function choosePhotos(input, photos) {
  Array.prototype.slice.call(input.files, 0, PHOTOS_MAX - photos.length).forEach(function (file) {
    smaller(file, function (photo) { if (photos.length < PHOTOS_MAX) photos.push(photo); showPhotos(photos); });
  });
  if (window.FormData && input.value) input.value = "";
}

function showReceipt(told) {
  var sent = byId("sent");
  sent.querySelector("[data-number]").textContent = told.number;
  sent.querySelector("[data-code]").textContent = told.tracking_code;
  sent.querySelector("[data-track]").href = "/track#" + told.tracking_code;
  var advice = told.advice && (told.advice[document.documentElement.lang.slice(0, 2)] || told.advice.zh);
  sent.querySelector("[data-advice]").hidden = !advice;
  sent.querySelector("[data-advice]").textContent = advice || "";
  byId("report").hidden = true;
  byId("kept").hidden = true;
  sent.hidden = false;
  sent.focus();
  byId("copy").hidden = !navigator.clipboard;
  byId("copy").onclick = function () {
    navigator.clipboard.writeText(told.tracking_code).then(function () { byId("copy").textContent = byId("copy").getAttribute("data-copied"); });
  };
}

function tell(which) {
  var kept = byId("kept");
  kept.textContent = kept.getAttribute("data-" + which);
  kept.hidden = false;
  kept.focus();
}

function sendAll(form, current) {
  sendKept(function (item, status, told) {
    if (status === 201) { remember(told.number, told.tracking_code); showReceipt(told); return; }
    if (status === 0) { tell("kept"); return; }
    if (status === 409 || status === 429 || status >= 500) { tell("busy"); return; }
    tell("refused");
    // The server says in the person's language what is wrong with it.
    if (item.key === current) form.submit();
  }, function () { ready(byId("send")); });
}

function ready(send) {
  if (!send.getAttribute("data-usual")) send.setAttribute("data-usual", send.textContent);
  send.textContent = send.getAttribute("data-usual");
  send.disabled = false;
}

function submitted(form, photos) {
  var said = formOf(form.elements);
  var wrong = firstMistake(said);
  if (wrong) { byId(wrong).focus(); return; }
  var send = byId("send");
  send.disabled = true;
  send.textContent = send.getAttribute("data-sending");
  var key = form.elements.key.value;
  keep({ key: key, form: said, photos: photos.slice(), attachments: [] }, function () { sendAll(form, key); });
}

export function prepareReport() {
  var form = byId("report");
  var photos = [];
  var places = null;
  if (!window.Uint8Array || !URL.createObjectURL) return;
  if (!form.elements.key.value) form.elements.key.value = newKey();
  preparePlace(form, function (then) {
    if (places) { then(places); return; }
    ask("GET", byId("map").getAttribute("data-places"), {}, null, function (status, told) {
      places = status === 200 ? told : null;
      then(places);
    });
  });
  form.className += " scripted";
  form.elements.text.oninput = function () { mistaken("text", false); };
  form.elements.phone.oninput = function () { mistaken("phone", false); };
  form.elements.community.onchange = form.elements.address.oninput = function () { byId("place-mistake").hidden = true; };
  byId("photo").onchange = function () { choosePhotos(byId("photo"), photos); };
  ready(byId("send"));
  form.onsubmit = function (event) { event.preventDefault(); submitted(form, photos); };
  window.addEventListener("online", function () { sendAll(form, ""); });
  setInterval(function () { if (!byId("kept").hidden) sendAll(form, ""); }, AGAIN_MILLISECONDS);
  sendAll(form, "");
}

// Sends what is kept, one after another: pictures first, then the report under its key. Safe to repeat at any time.
import { ask } from "./asking.js";
import { forget, keep, kept } from "./keeping.js";

var REPORTS = "/api/v1/reports";
var PICTURES = "/api/v1/attachments";
var under_way = false;

function passing(status) {
  return status === 0 || status === 409 || status === 429 || status >= 500;
}

function attach(item, then) {
  var picture = item.photos[item.attachments.length];
  if (!picture) { then(200, {}); return; }
  ask("POST", PICTURES, { "Content-Type": "image/jpeg" }, picture, function (status, told) {
    if (passing(status)) { then(status, told); return; }
    if (status === 201) item.attachments.push(told.attachment_id);
    // A picture that cannot be taken must not hold up the report.
    else item.photos.splice(item.attachments.length, 1);
    keep(item, function () { attach(item, then); });
  });
}

function report(item, then) {
  var form = JSON.parse(JSON.stringify(item.form));
  if (item.attachments.length) form.attachments = item.attachments;
  var headers = { "Content-Type": "application/json", "Idempotency-Key": item.key };
  ask("POST", REPORTS, headers, JSON.stringify(form), function (status, told) {
    if (status === 422 && lapsed(told) && !item.again) {
      // The key was asked first, so no report was made of it yet: pictures that lapsed may be sent anew.
      item.attachments = [];
      item.again = true;
      keep(item, function () { sendOne(item, then); });
      return;
    }
    then(status, told);
  });
}

function lapsed(told) {
  return (told.errors || []).some(function (error) { return error.field === "attachments"; });
}

function sendOne(item, then) {
  attach(item, function (status, told) {
    if (passing(status)) then(status, told);
    else report(item, then);
  });
}

/** Sends everything kept; calls `told(item, status, document)` for each, and `done()` at the end. */
export function sendKept(told, done) {
  if (under_way) return;
  under_way = true;
  kept(function (items) {
    function next() {
      var item = items.shift();
      if (!item) { under_way = false; done(); return; }
      sendOne(item, function (status, document) {
        if (passing(status)) { told(item, status, document); next(); return; }
        forget(item.key, function () { told(item, status, document); next(); });
      });
    }
    next();
  });
}

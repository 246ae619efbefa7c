// The tracking page: takes the code from behind the `#`, lists this phone's reports, makes photos small.
import { ask, forgetMine, mine } from "./asking.js";
import { smaller } from "./photos.js";

function byId(id) { return document.getElementById(id); }

function showCode(code) {
  byId("by-code").elements.code.value = code;
  byId("by-code").submit();
}

function showMine() {
  var list = byId("mine").querySelector("ul");
  mine().forEach(function (one) {
    var line = document.createElement("li");
    var open = document.createElement("button");
    open.type = "button";
    open.textContent = one.number;
    open.onclick = function () { showCode(one.code); };
    line.appendChild(open);
    list.appendChild(line);
  });
  byId("mine").hidden = !mine().length;
  byId("forget").onclick = function () { forgetMine(); byId("mine").hidden = true; };
}

function sendSmall(form) {
  var input = form.elements.photo;
  if (!input.files || !input.files[0]) { form.submit(); return; }
  smaller(input.files[0], function (photo) {
    ask("POST", "/api/v1/attachments", { "Content-Type": "image/jpeg" }, photo, function (status, told) {
      if (status === 201) {
        var hidden = document.createElement("input");
        hidden.type = "hidden";
        hidden.name = "attachment";
        hidden.value = told.attachment_id;
        form.appendChild(hidden);
        input.disabled = true;
      }
      form.submit();
    });
  });
}

export function prepareTrack() {
  var code = location.hash.slice(1);
  if (byId("by-code")) {
    showMine();
    if (code) { history.replaceState(null, "", location.pathname); showCode(decodeURIComponent(code)); }
  }
  if (byId("add")) byId("add").onsubmit = function (event) { event.preventDefault(); sendSmall(byId("add")); };
}

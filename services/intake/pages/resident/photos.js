// Makes photos small before they are sent: drawn at no more than 1600 px, which also leaves behind where they were taken.

var SIDE_MAX = 1600;
var QUALITY = 0.85;

/** Calls `then(blob)` with a smaller JPEG, or with the file itself where this phone cannot draw it. */
export function smaller(file, then) {
  var picture = new Image();
  var address = URL.createObjectURL(file);
  picture.onerror = function () { URL.revokeObjectURL(address); then(file); };
  picture.onload = function () {
    var scale = Math.min(1, SIDE_MAX / Math.max(picture.naturalWidth, picture.naturalHeight));
    var canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(picture.naturalHeight * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(address);
    if (!canvas.toBlob) { then(file); return; }
    canvas.toBlob(function (blob) { then(blob || file); }, "image/jpeg", QUALITY);
  };
  picture.src = address;
}

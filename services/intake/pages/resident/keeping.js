// Keeps reports on the phone until they are sent: IndexedDB where there is one, else for as long as the page lives.

var memory = {};

function open(then) {
  var request;
  try { request = indexedDB.open("whistle", 1); } catch (error) { then(null); return; }
  request.onupgradeneeded = function () { request.result.createObjectStore("kept", { keyPath: "key" }); };
  request.onsuccess = function () { then(request.result); };
  request.onerror = function () { then(null); };
}

function within(mode, work, then) {
  open(function (database) {
    if (!database) { then(null); return; }
    var doing = database.transaction("kept", mode);
    var asked = work(doing.objectStore("kept"));
    doing.oncomplete = function () { database.close(); then(asked.result); };
    doing.onerror = doing.onabort = function () { database.close(); then(null); };
  });
}

export function keep(item, then) {
  memory[item.key] = item;
  within("readwrite", function (store) { return store.put(item); }, then);
}

export function forget(key, then) {
  delete memory[key];
  within("readwrite", function (store) { return store.delete(key); }, then);
}

export function kept(then) {
  within("readonly", function (store) { return store.getAll(); }, function (stored) {
    (stored || []).forEach(function (item) { memory[item.key] = memory[item.key] || item; });
    then(Object.keys(memory).map(function (key) { return memory[key]; }));
  });
}
